"""How does CiNii Research tell of the community? Works, stubs, search answers, projects and researchers as JSON-LD.

Text goes into the JSON as it is: the tables hold no character that JSON would escape (`kg.synth.lexicon.read`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kg.synth import marks
from kg.synth.voice import NOTE_EN, NOTE_JA, Voice, Words, scramble
from kg.synth.world import (
    AFFILIATION_MISSING,
    AFFILIATION_SHIFT,
    AFFILIATION_WRONG,
    BOOK,
    CONFERENCE,
    DISSERTATION,
    EN_ONLY,
    FORM_BOTH,
    FORM_JA,
    FORM_LATIN,
    FORM_SHIFT,
    HAS_DOI,
    HAS_NAID,
    IN_CINII,
    JA_ONLY,
    LINKED,
    MALFORMED,
    OTHERS,
    RIGHT,
    ROLES,
    SEARCHED,
    STUB,
    THIS_YEAR,
    TYPE_NAMES,
    organization_at,
)

SITE = "https://cir.nii.ac.jp/crid/"
_CONTEXT = (
    '{"@vocab":"https://cir.nii.ac.jp/schema/1.0/","rdfs":"http://www.w3.org/2000/01/rdf-schema#",'
    '"dc":"http://purl.org/dc/elements/1.1/","dcterms":"http://purl.org/dc/terms/","foaf":"http://xmlns.com/foaf/0.1/",'
    '"prism":"http://prismstandard.org/namespaces/basic/2.0/","cinii":"http://ci.nii.ac.jp/ns/1.0/",'
    '"datacite":"https://schema.datacite.org/meta/kernel-4/","ndl":"http://ndl.go.jp/dcndl/terms/",'
    '"jpcoar":"https://github.com/JPCOAR/schema/blob/master/1.0/"}'
)
_SEARCH_CONTEXT = (
    '{"@vocab":"http://purl.org/rss/1.0/","rdf":"http://www.w3.org/1999/02/22-rdf-syntax-ns#",'
    '"rdfs":"http://www.w3.org/2000/01/rdf-schema#","dc":"http://purl.org/dc/elements/1.1/",'
    '"prism":"http://prismstandard.org/namespaces/basic/2.0/","ndl":"http://ndl.go.jp/dcndl/terms",'
    '"opensearch":"http://a9.com/-/spec/opensearch/1.1/","cir":"https://cir.nii.ac.jp/schema/1.0/","@language":"ja"}'
)
_JSON_TYPE = ("Article", "Article", "Book", "Dissertation")
_ITEM_TYPE = ("Article", "Article", "Book", "Doctoral Dissertation")
_RESOURCE = (
    "学術雑誌論文(journal article)",
    "会議発表論文(conference paper)",
    "図書(book)",
    "学位論文(doctoral thesis)",
)
PROJECT_SHARE = 5
"""One project in so many stands in the search answers of CiNii."""


def work_crid(kind: int, number: int) -> str:
    """CRID of a work's full record."""
    return marks.crid(TYPE_NAMES[kind], number)


def articles(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """One line a work that CiNii holds, as its single record."""
    w = voice.world.works
    flags, kinds, languages = w.flags[begin:end].tolist(), w.type[begin:end].tolist(), w.language[begin:end].tolist()
    years, fields, projects = w.year[begin:end].tolist(), w.field[begin:end].tolist(), w.project[begin:end].tolist()
    offsets = w.offsets[begin : end + 1].tolist()
    first, last = offsets[0], offsets[-1]
    authors, ids = w.author[first:last].tolist(), w.author_id[first:last].tolist()
    places = organization_at(
        voice.world.people, w.author[first:last], w.year[begin:end].repeat(_sizes(offsets))
    ).tolist()
    for i, flag in enumerate(flags):
        if flag & IN_CINII:
            number, lo, hi = begin + i, offsets[i], offsets[i + 1]
            creators = ",".join(
                _creator(
                    voice,
                    number,
                    k,
                    lo + k,
                    authors[lo - first + k],
                    ids[lo - first + k],
                    places[lo - first + k],
                    years[i],
                )
                for k in range(hi - lo)
            )
            yield _record(voice, number, kinds[i], languages[i], flag, years[i], fields[i], projects[i], creators,
                          authors[lo - first], places[lo - first])  # fmt: skip


def _sizes(offsets: list[int]) -> list[int]:
    return [b - a for a, b in pairwise(offsets)]


def _record(
    voice: Voice, number: int, kind: int, language: int, flags: int, year: int, field: int, project: int, creators: str,
    lead: int, place: int,
) -> bytes:  # fmt: skip
    words = voice.work(number, field)
    x = scramble(voice.world.seed, 21, number)
    crid = work_crid(kind, number)
    titles = "" if language == EN_ONLY else f'{{"@language":"ja","@value":"{words.title_ja}"}}'
    if language != JA_ONLY:
        tag = "ja" if language == EN_ONLY and x % 10 == 0 else "en"
        titles += f'{"," if titles else ""}{{"@language":"{tag}","@value":"{words.title_en}"}}'
    abstract = ""
    if x >> 8 & 7 < 5 and kind != BOOK:
        notes = [f'{{"@language":"{tag}","@value":"{voice.abstract(words, tag == "ja")}"}}'
                 for tag in (("ja", "en") if language == 0 and x >> 12 & 1 else ("en",) if language == EN_ONLY else ("ja",))]  # fmt: skip
        abstract = f'"description":[{{"type":"abstract","notation":[{",".join(notes)}]}}],'
    topics = ",".join(
        f'{{"@id":"https://cir.nii.ac.jp/all?q={k}","dc:title":"{k}"}}'
        for k in (voice.keyword(pair, language != EN_ONLY) for pair in words.keywords)
    )
    identifiers = _identifiers(number, kind, flags)
    sources = f'{{"@type":"JALC","@value":"oai:synth.example:{number}"}}'
    if flags & HAS_NAID:
        sources += f',{{"@type":"CIA","@value":"{marks.naid(number)}"}}'
    link = _project_link(voice, project) if flags & LINKED else ""
    text = (
        f'{{"@context":{_CONTEXT},"@id":"{SITE}{crid}.json","@type":"{_JSON_TYPE[kind]}",'
        f'"productIdentifier":[{identifiers}],"resourceType":"{_RESOURCE[kind]}","dc:title":[{titles}],'
        f'"dc:language":"{"en" if language == EN_ONLY else "ja"}",{abstract}"creator":[{creators}],'
        f"{_published(voice, number, kind, flags, year, field, lead, place, x)}"
        f'"foaf:topic":[{topics}],"cinii:note":[{{"@language":"ja","@value":"{NOTE_JA}"}}],{link}'
        f'"url":[{{"@id":"https://synth.example/works/{number}"}}],'
        f'"dataSourceIdentifier":[{sources}]}}'
    )
    return text.encode()


def _identifiers(number: int, kind: int, flags: int) -> str:
    out = []
    if flags & HAS_DOI:
        out.append(("DOI", marks.doi(number)))
    if flags & HAS_NAID:
        out.append(("NAID", marks.naid(number)))
    if kind == BOOK:
        out += [("NCID", marks.ncid(number)), ("ISBN", marks.isbn(number))]
    return ",".join(f'{{"identifier":{{"@type":"{t}","@value":"{v}"}}}}' for t, v in out)


def _published(
    voice: Voice, number: int, kind: int, flags: int, year: int, field: int, lead: int, place: int, x: int
) -> str:
    date = voice.date(number, year, flags)
    if kind == BOOK:
        return (
            f'"dcterms:publisher":[{{"dc:publisher":"架空書房","publicationPlace":"架空京","prism:publicationDate":"{date}"}}],'
            f'"dc:date":"{date}","cinii:size":"22cm","dcterms:extent":"{120 + x % 400}p",'
        )
    if kind == DISSERTATION:
        place_ = voice.organizations[place]
        return (
            f'"ndl:dissertationNumber":"架空甲第{number}号","ndl:degreeName":"博士（架空）","ndl:dateGranted":"{date}",'
            f'"degreeAwardInstitution":{{"institutionIdentifier":[{{"@type":"KAKEN","@value":"{place_.nii}"}}],'
            f'"jpcoar:degreeGrantorName":[{{"@language":"ja","@value":"{place_.ja}"}},{{"@language":"en","@value":"{place_.en}"}}]}},'
        )
    journal = voice.journals[field][x % 3]
    meeting = f'"jpcoar:conferenceName":"{journal[0]}講演会",' if kind == CONFERENCE else ""
    page = 1 + x % 900
    return (
        f'"publication":{{"publicationIdentifier":[{{"@type":"PISSN","@value":"{journal[2]}"}},{{"@type":"EISSN","@value":"{journal[3]}"}}],'
        f'"prism:publicationName":[{{"@language":"ja","@value":"{journal[0]}"}},{{"@language":"en","@value":"{journal[1]}"}}],'
        f'"dc:publisher":[{{"@language":"ja","@value":"架空学術出版会"}},{{"@language":"en","@value":"Fictional Academic Press"}}],'
        f'"prism:publicationDate":"{date}","prism:volume":"{1 + (year - 1980)}","prism:number":"{1 + x % 6}",'
        f'"prism:startingPage":"{page}","prism:endingPage":"{page + 4 + x % 12}"}},{meeting}'
    )


def _project_link(voice: Voice, project: int) -> str:
    number = project_award(voice, project)
    title = voice.project(project, int(voice.world.projects.field[project])).title_ja
    return (
        f'"project":[{{"@id":"{SITE}{marks.crid("project", project)}","@type":"Project",'
        f'"projectIdentifier":[{{"@type":"KAKEN","@value":"{number}"}},{{"@type":"JGN","@value":"JP{number}"}}],'
        f'"notation":[{{"@language":"ja","@value":"{title}"}}]}}],'
    )


def project_award(voice: Voice, project: int) -> str:
    """Award number of a project."""
    p = voice.world.projects
    return marks.award(
        f"{int(p.start[project]) % 100:02d}", voice.lexicon.categories[int(p.category[project])].letter, project
    )


def _creator(
    voice: Voice, work: int, position: int, mention: int, person: int, bits: int, place: int, year: int
) -> str:
    state, form = bits & 3, bits >> FORM_SHIFT & 3
    node, number = marks.crid("creator", work * 200 + position), ""
    if state == RIGHT:
        node, number = marks.crid("researcher", person), marks.nrid(marks.erad(person))
    elif state == OTHERS:
        other = voice.world.works.author_other[mention]
        node, number = marks.crid("researcher", other), marks.nrid(marks.erad(other))
    elif state == MALFORMED:
        number = marks.nrid(marks.erad(person))[:-1]
    identifier = f'"personIdentifier":[{{"@type":"NRID","@value":"{number}"}}],' if number else ""
    return (
        f'{{"@id":"{SITE}{node}","@type":"Researcher",{identifier}"foaf:name":[{names(voice, person, bits, mention)}]'
        f"{_affiliation(voice, person, bits, mention, place, form)}}}"
    )


def names(voice: Voice, person: int, bits: int, mention: int) -> str:
    """`foaf:name` values of one creator, in the forms that the mention is written in."""
    form, x = bits >> FORM_SHIFT & 3, scramble(voice.world.seed, 22, mention)
    if form in (FORM_BOTH, FORM_LATIN):
        family, given = voice.latin(person, bits)
        latin = (f"{family.upper()} {given}", f"{family} {given}", f"{given} {family}")[x % 3]
        english = f'{{"@language":"en","@value":"{latin}"}}'
        if form == FORM_LATIN:
            return english
    family, given = voice.kanji(person, bits)
    if form == FORM_JA:
        return f'{{"@language":"ja","@value":"{family}{"" if x % 5 == 0 else " "}{given}"}}'
    if form != FORM_BOTH:
        return f'{{"@value":"{family},{given}"}}'
    kana = ""
    if x >> 8 & 7 == 0:
        read = voice.kana(person, bits)
        kana = f',{{"@language":"ja-Kana","@value":"{read[0]} {read[1]}"}}'
    return f'{{"@language":"ja","@value":"{family} {given}"}},{english}{kana}'


def _affiliation(voice: Voice, person: int, bits: int, mention: int, place: int, form: int) -> str:
    how = bits >> AFFILIATION_SHIFT & 3
    if how == AFFILIATION_MISSING:
        return ""
    if how == AFFILIATION_WRONG:
        place = (place + 1 + scramble(voice.world.seed, 23, mention) % (len(voice.organizations) - 1)) % len(
            voice.organizations
        )
    at, department = voice.organizations[place], voice.department(person, place)
    ja = f'{{"@language":"ja","@value":"{at.ja}{department[0]}"}}'
    en = f'{{"@language":"en","@value":"{department[1]}, {at.en}"}}'
    value = en if form == FORM_LATIN else f"{ja},{en}" if form == FORM_BOTH else ja
    return f',"jpcoar:affiliationName":[{value}]'


# --- search answers -------------------------------------------------------------------------------------------


def search_items(voice: Voice, begin: int, end: int) -> Iterator[str]:
    """Items of works found by search: the same CRID with bare names, and stubs made from cited references."""
    w = voice.world.works
    for number, flag in enumerate(w.flags[begin:end].tolist(), begin):
        if not flag & (STUB | SEARCHED):
            continue
        kind, year, words = int(w.type[number]), int(w.year[number]), voice.work(number, int(w.field[number]))
        language = int(w.language[number])
        title = words.title_en if language == EN_ONLY else words.title_ja
        lo, hi = int(w.offsets[number]), int(w.offsets[number + 1])
        people, ids = w.author[lo:hi].tolist(), w.author_id[lo:hi].tolist()
        if flag & SEARCHED:
            creators = ",".join(f'"{bare_name(voice, p, b, " ")}"' for p, b in zip(people, ids, strict=True))
            yield _item(work_crid(kind, number), _ITEM_TYPE[kind], title, f"[{creators}]", voice.date(number, year, flag),
                        _item_identifiers(number, kind, flag), words, voice)  # fmt: skip
        if flag & STUB:
            yield _item(marks.crid("stub", number), _ITEM_TYPE[kind], title.replace("：", " "),
                        f'"{bare_name(voice, people[0], ids[0], "")}"', str(year), "", None, voice)  # fmt: skip


def bare_name(voice: Voice, person: int, bits: int, gap: str) -> str:
    """A creator as a bare string."""
    if bits >> FORM_SHIFT & 3 == FORM_LATIN:
        return " ".join(voice.latin(person, bits))
    return gap.join(voice.kanji(person, bits))


def _item_identifiers(number: int, kind: int, flags: int) -> str:
    out = []
    if flags & HAS_DOI:
        out.append(f'{{"@type":"cir:DOI","@value":"{marks.doi(number)}"}}')
    if flags & HAS_NAID:
        out.append(f'{{"@type":"cir:NAID","@value":"{marks.naid(number)}"}}')
    if kind == BOOK:
        out.append(f'{{"@type":"cir:NCID","@value":"{marks.ncid(number)}"}}')
    return ",".join(out)


def _item(
    crid: str, kind: str, title: str, creators: str, date: str, identifiers: str, words: Words | None, voice: Voice
) -> str:
    subjects = ""
    if words:
        subjects = ',"dc:subject":[' + ",".join(f'"{voice.keyword(k, True)}"' for k in words.keywords) + "]"
    ids = f',"dc:identifier":[{identifiers}]' if identifiers else ""
    return (
        f'{{"@id":"{SITE}{crid}","@type":"item","title":"{title}","rdfs:seeAlso":{{"@id":"{SITE}{crid}.json"}},'
        f'"link":{{"@id":"{SITE}{crid}"}},"dc:creator":{creators},"dc:publisher":"架空学術出版会","dc:type":"{kind}",'
        f'"prism:publicationDate":"{date}"{ids}{subjects}}}'
    )


def project_items(voice: Voice, begin: int, end: int) -> Iterator[str]:
    """Items of every fifth project; members are bare names."""
    p = voice.world.projects
    for number in range(begin, end):
        if number % PROJECT_SHARE:
            continue
        award = project_award(voice, number)
        words = voice.project(number, int(p.field[number]))
        leader = " ".join(voice.kanji(int(p.member[p.offsets[number]])))
        page = f"https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-{award}/"
        subjects = ",".join(f'"{voice.keyword(k, True)}"' for k in words.keywords)
        yield (
            f'{{"@id":"{SITE}{marks.crid("project", number)}","@type":"item","title":"{words.title_ja}",'
            f'"link":{{"@id":"{SITE}{marks.crid("project", number)}"}},"dc:creator":["{leader}"],"dc:type":"Project",'
            f'"description":"{voice.abstract(words, True)}","dc:identifier":[{{"@type":"cir:KAKEN","@value":"{award}"}},'
            f'{{"@type":"cir:JGN","@value":"JP{award}"}},{{"@type":"cir:URI","@value":"{page}"}}],'
            f'"dc:subject":[{subjects}],"dc:source":[{{"@id":"{page}","dc:title":"KAKEN"}}]}}'
        )


def search_answer(items: list[str], query: str, page: int) -> bytes:
    """A search answer around its items."""
    address = f"https://cir.nii.ac.jp/opensearch/v2/{query}?format=json&q=synth&start={page}"
    head = (
        f'{{"@context":{_SEARCH_CONTEXT},"@id":"{address}","@type":"channel","title":"CiNii Research {query} - synth ({NOTE_EN})",'
        f'"description":"CiNii Research {query} - synth","link":{{"@id":"{address}"}},"dc:date":"2026-10-01T09:00:00.000+09:00",'
        f'"opensearch:totalResults":{len(items)},"opensearch:startIndex":1,"opensearch:itemsPerPage":{len(items)},"items":[\n'
    )
    return (head + ",\n".join(items) + "\n]}\n").encode()


# --- researchers ----------------------------------------------------------------------------------------------


def researchers(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """One line a person whom CiNii shows as a researcher, with the identifiers it knows."""
    p = voice.world.people
    offsets, memberships = voice.world.projects_of
    projects = voice.world.projects
    for person in (begin + i for i, has in enumerate(p.has_cinii[begin:end].tolist()) if has):
        number = marks.erad(person)
        ids = [("NRID", marks.nrid(number)), ("KAKEN_RESEARCHERS", number)]
        if p.cinii_rm[person]:
            ids.append(("RESEARCHMAP", marks.permalink(person)))
        if p.cinii_orcid[person]:
            ids.append(("ORCID", marks.orcid(person)))
        identifiers = ",".join(f'{{"@type":"{t}","@value":"{v}"}}' for t, v in ids)
        listed = []
        for m in memberships[offsets[person] : offsets[person + 1]].tolist():
            if projects.member_flags[m] & 3 == RIGHT:
                project = int(projects.offsets.searchsorted(m, side="right")) - 1
                award = project_award(voice, project)
                title = voice.project(project, int(projects.field[project])).title_ja
                listed.append(
                    f'{{"@id":"{SITE}{marks.crid("project", project)}","@type":"Project","role":"{ROLES[int(projects.role[m])]}",'
                    f'"projectIdentifier":[{{"@type":"KAKEN","@value":"{award}"}}],"notation":[{{"@language":"ja","@value":"{title}"}}]}}'
                )
        family, given = voice.kanji(person)
        kana, latin = voice.kana(person), voice.latin(person)
        at = voice.organizations[voice.now[person]]
        department, title_ = voice.department(person, at.number), voice.title_at(person, THIS_YEAR)
        yield (
            f'{{"@context":{_CONTEXT},"@id":"{SITE}{marks.crid("researcher", person)}.json","@type":"Researcher",'
            f'"personIdentifier":[{identifiers}],"foaf:Person":[{{"foaf:name":[{{"@language":"ja","@value":"{family} {given}"}},'
            f'{{"@language":"ja-Kana","@value":"{kana[0]} {kana[1]}"}},{{"@language":"en","@value":"{latin[0]} {latin[1]}"}}],'
            f'"foaf:familyName":[{{"@language":"ja","@value":"{family}"}},{{"@language":"en","@value":"{latin[0]}"}}],'
            f'"foaf:givenName":[{{"@language":"ja","@value":"{given}"}},{{"@language":"en","@value":"{latin[1]}"}}]}}],'
            f'"career":[{{"institution":{{"institutionIdentifier":[{{"@type":"KAKEN","@value":"{at.nii}"}}],'
            f'"notation":[{{"@language":"ja","@value":"{at.ja}"}},{{"@language":"en","@value":"{at.en}"}}]}},'
            f'"department":{{"notation":[{{"@language":"ja","@value":"{department[0]}"}}]}},'
            f'"jobTitle":{{"notation":[{{"@language":"ja","@value":"{title_[0]}"}}]}},"since":"{since(voice, person)}-04-01"}}],'
            f'"cinii:note":[{{"@language":"ja","@value":"{NOTE_JA}"}}],"project":[{",".join(listed)}],'
            f'"dataSourceIdentifier":[{{"@type":"KAKEN","@value":"{number}"}}]}}'
        ).encode()


def since(voice: Voice, person: int) -> int:
    """First year in the current institution."""
    p = voice.world.people
    return int(p.seg_from[person][int((p.seg_org[person] >= 0).sum()) - 1])
