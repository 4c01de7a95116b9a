"""How do KAKEN and NRID tell of the community? Project XML as search gives it, researchers as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from kg.synth import marks
from kg.synth.lexicon import ResearchField
from kg.synth.voice import NOTE_EN, NOTE_JA, Organization, Voice, scramble
from kg.synth.world import (
    BOOK,
    CHUKUBUN,
    CONFERENCE,
    DISSERTATION,
    EN_ONLY,
    HAS_DOI,
    IN_CINII,
    LARGE,
    MALFORMED,
    OTHERS,
    PRODUCT,
    PRODUCT_KEYED,
    RIGHT,
    ROLES,
    RYOIKI,
    SAIMOKU,
    SECTION,
    THIS_YEAR,
)
from kg.synth.write_cinii import project_award

_KEI = {"総合系": "review", "人文社会系": "humanities", "理工系": "science", "生物系": "biology"}
_PRODUCT_TYPES = ("journal_article", "presentation", "book", "journal_article")


def project_id(voice: Voice, project: int) -> str:
    """`grantAward/@id`."""
    return f"KAKENHI-PROJECT-{project_award(voice, project)}"


def product_id(work: int) -> str:
    """`product/@id` of a work."""
    return f"PRODUCT-{90_000_000 + work}"


def project_file(awards: list[str]) -> bytes:
    """A search answer around its awards."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f"<!-- {NOTE_JA} / {NOTE_EN} -->\n<grantAwards>\n<totalResults>{len(awards)}</totalResults>\n"
        f"<startIndex>1</startIndex>\n<itemsPerPage>500</itemsPerPage>\n{''.join(awards)}</grantAwards>\n"
    ).encode()


def grant_awards(voice: Voice, begin: int, end: int, outputs: dict[int, list[int]]) -> Iterator[str]:
    """One `grantAward` a project. `outputs` holds the works that each project reports."""
    for project in range(begin, end):
        yield _grant_award(voice, project, outputs.get(project, []))


def _grant_award(voice: Voice, project: int, works: list[int]) -> str:
    p = voice.world.projects
    award, field = project_award(voice, project), int(p.field[project])
    words = voice.project(project, field)
    start, years = int(p.start[project]), int(p.years[project])
    category = voice.lexicon.categories[int(p.category[project])]
    at = voice.organizations[int(p.org[project])]
    section_ja, section_en = _section(voice, project, field)
    lo, hi = int(p.offsets[project]), int(p.offsets[project + 1])
    english = bool(p.english[project])
    people = range(lo, hi)
    last = start + years - 1
    status = "project_closed" if last < THIS_YEAR - 1 else "granted"
    keywords = "".join(
        f'<keyword sequence="{i}">{voice.keyword(k, True)}</keyword>' for i, k in enumerate(words.keywords, 1)
    )
    direct = category.direct_cost
    cost = f"<directCost>{direct}</directCost><indirectCost>{direct * 3 // 10}</indirectCost><totalCost>{direct * 13 // 10}</totalCost>"
    dates = (
        f"<startDate>{start}-04-01</startDate><endDate>{start + years}-03-31</endDate>"
        if project % 2
        else f'<startFiscalYear>{start}</startFiscalYear><endFiscalYear estimated="false" nondisclosure="false">{last}</endFiscalYear>'
    )
    members_en = "".join(_member(voice, m, m - lo + 1, start, False) for m in people) if english else ""
    en = (
        f'<summary xml:lang="en"><title>{words.title_en}</title><awardNumber awardNumber="{award}" sequence="1"/>'
        f'<category path="000{category.nii_code}" niiCode="{category.nii_code}">{category.en}</category>{section_en}'
        f'<institution niiCode="{at.nii}" sequence="1">{at.en}</institution><agency niiCode="kakenhi">Grants-in-Aid for Scientific Research</agency>'
        f'{members_en}<projectStatus fiscalYear="{last}" statusCode="{status}"/>'
        f'<paragraphList sequence="2" parentId="{award}seika" type="outline_of_research_achievement"><paragraph sequence="1">{voice.abstract(words, False)}</paragraph></paragraphList>'
        f'<overallAwardAmount planned="false" sequence="1" caption="Budget Amount">{cost}</overallAwardAmount></summary>\n'
        if english
        else ""
    )
    return (
        f'<grantAward id="KAKENHI-PROJECT-{award}" recordSet="kakenhi" projectType="project" awardNumber="{award}">\n'
        f'<identifier type="nationalAwardNumber"><normalizedValue>JP{award}</normalizedValue></identifier>'
        f"<created>{start}-05-10T00:00:00Z</created><modified>2026-01-16T00:19:41Z</modified>"
        f"<urlList><url>https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-{award}/</url></urlList>\n"
        f'<summary xml:lang="ja"><title>{words.title_ja}</title><awardNumber awardNumber="{award}" sequence="1"/>'
        f'<category path="000{category.nii_code}" niiCode="{category.nii_code}">{category.ja}</category>{section_ja}'
        f'<institution niiCode="{at.nii}" sequence="1">{at.ja}</institution><agency niiCode="kakenhi">科学研究費助成事業</agency>'
        f"{''.join(_member(voice, m, m - lo + 1, start, True) for m in people)}"
        f'<projectStatus fiscalYear="{last}" statusCode="{status}"/><keywordList>{keywords}</keywordList>'
        f'<paragraphList sequence="1" parentId="{award}{start}" type="outline_of_research_initial"><paragraph sequence="1">{voice.abstract(words, True)}（{NOTE_JA}）</paragraph></paragraphList>'
        f'<periodOfAward searchStartFiscalYear="{start}" searchEndFiscalYear="{last}">{dates}</periodOfAward>'
        f'<overallAwardAmount planned="false" sequence="1" caption="配分額">{cost}</overallAwardAmount></summary>\n'
        f"{en}{_budget(award, start, years, direct)}{_products(voice, award, last, works)}</grantAward>\n"
    )


def _section(voice: Voice, project: int, field: int) -> tuple[str, str]:
    f, how = voice.lexicon.fields[field], int(voice.world.projects.section[project])
    code = 9000 + field
    if how == SECTION:
        return tuple(  # type: ignore[return-value]  # two strings
            f'<review_section sequence="1" niiCode="{code}" tableType="review_section">{text}</review_section>'
            for text in (f"小区分{f.code}:{f.label_ja}", f"Basic Section {f.code}:{f.label_en}")
        )
    if how == CHUKUBUN:
        ja, en = voice.lexicon.chukubun[f.chukubun[0]]
        return (
            f'<review_section sequence="1" niiCode="{code}" tableType="review_section">中区分{f.chukubun[0]}:{ja}</review_section>',
            f'<review_section sequence="1" niiCode="{code}" tableType="review_section">Medium-sized Section {f.chukubun[0]}:{en}</review_section>',
        )
    if how == SAIMOKU:
        return "".join(_old_fields(f, field)), ""
    if how == RYOIKI:
        return (
            f'<review_section sequence="1" niiCode="{code}" tableType="review_section_ryoiki">{f.old[0]}</review_section>',
            "",
        )
    return "", ""


def _old_fields(f: ResearchField, field: int) -> Iterator[str]:
    path = ""
    for level, name in enumerate(f.old):
        path += f"{900_000 + level * 1000 + field:06d}"
        yield f'<field sequence="1" path="{path}" niiCode="{900_000 + level * 1000 + field}" fieldTable="saimoku">{name}</field>'


def number_of(voice: Voice, membership: int) -> str:
    """The researcher number that stands at a membership, '' for none."""
    p = voice.world.projects
    state, person = int(p.member_flags[membership]) & 3, int(p.member[membership])
    if state == RIGHT:
        return marks.erad(person)
    if state == MALFORMED:
        return marks.erad(person)[:-1]
    return marks.erad(p.member_other[membership]) if state == OTHERS else ""


def _bits_at(voice: Voice, person: int, year: int) -> int:
    return 16 if voice.former[person] >= 0 and year < int(voice.world.people.changed[person]) else 0


def _member(voice: Voice, m: int, sequence: int, year: int, japanese: bool) -> str:
    p = voice.world.projects
    person, number = int(p.member[m]), number_of(voice, m)
    bits = _bits_at(voice, person, year)
    code = f' eradCode="{number}"' if number else ""
    enriched = f'<enriched><researcherNumber type="erad">{number}</researcherNumber></enriched>' if number else ""
    if japanese:
        (family, given), kana = voice.kanji(person, bits), voice.kana(person, bits)
        at, department, job = _post(voice, person, year)
        place = (
            f"<institution>{at.ja}</institution><department>{department[0]}</department><jobTitle>{job[0]}</jobTitle>"
        )
        where = f'{place}<affiliation sequence="1">{place}</affiliation>'
        name = f'<fullName>{family} {given}</fullName><familyName yomi="{kana[0]}">{family}</familyName><givenName yomi="{kana[1]}">{given}</givenName>'
    else:
        family, given = voice.latin(person, bits)
        where, name = (
            "",
            f"<fullName>{family} {given}</fullName><familyName>{family}</familyName><givenName>{given}</givenName>",
        )
    return (
        f'<member sequence="{sequence}"{code} role="{ROLES[int(p.role[m])]}">{where}'
        f'<personalName sequence="1">{name}</personalName>{enriched}</member>'
    )


def _post(voice: Voice, person: int, year: int) -> tuple[Organization, tuple[str, str], tuple[str, str]]:
    p = voice.world.people
    number = int(p.seg_org[person][max(0, int(((p.seg_from[person] <= year) & (p.seg_org[person] >= 0)).sum()) - 1)])
    return voice.organizations[number], voice.department(person, number), voice.title_at(person, year)


def _budget(award: str, start: int, years: int, direct: int) -> str:
    rows = []
    share = direct // years // 1000 * 1000
    for k in range(years):
        d = direct - share * (years - 1) if k == 0 else share
        rows.append(
            f'<awardAmount sequence="{k + 1}" fiscalYear="{start + k}" planned="false"><directCost>{d}</directCost>'
            f"<indirectCost>{d * 3 // 10}</indirectCost><totalCost>{d + d * 3 // 10}</totalCost></awardAmount>"
        )
    return f'<awardAmountList sequence="1" parentId="KAKENHI-PROJECT-{award}">{"".join(rows)}</awardAmountList>\n'


def _products(voice: Voice, award: str, last: int, works: list[int]) -> str:
    w, out = voice.world.works, []
    for sequence, work in enumerate(works, 1):
        flags, kind, field, year = int(w.flags[work]), int(w.type[work]), int(w.field[work]), int(w.year[work])
        english = int(w.language[work]) == EN_ONLY
        words = voice.work(work, field)
        people = w.author[w.offsets[work] : w.offsets[work + 1]].tolist()[: LARGE // 2]
        authors = (", " if english else "、").join(
            " ".join(voice.latin(q) if english else voice.kanji(q)) for q in people
        )
        doi = ""
        if flags & PRODUCT_KEYED:
            doi = f'<doi originalValue="{marks.doi(work)}" authenticated="true">{marks.doi(work)}</doi>'
        elif scramble(1, 41, work) % 3 == 0:
            doi = '<doi originalValue="なし" authenticated="false"/>'
        journal = voice.journals[field][scramble(voice.world.seed, 21, work) % 3]
        where = f"<journalTitle>{journal[1 if english else 0]}</journalTitle><volume>{year - 1979}</volume>"
        if kind == CONFERENCE:
            where = f"<organizer>{journal[1 if english else 0]}</organizer>"
        elif kind == BOOK:
            where = "<publisher>架空書房</publisher>"
        out.append(
            f'<product id="{product_id(work)}" type="{_PRODUCT_TYPES[kind]}" sequence="{sequence}" reviewed="{"true" if flags & 512 else "false"}" '
            f'acknowledgement="true" jointInternational="false"><parent id="{award}{last}jisseki"/>{doi}<author>{authors}</author>'
            f'<title>{words.title_en if english else words.title_ja}</title>{where}<year originalValue="{year}">{year}</year></product>'
        )
    return f"<productList>{''.join(out)}</productList>\n" if out else ""


def outputs_of(voice: Voice, begin: int, end: int, by_project: tuple[list[int], list[int]]) -> dict[int, list[int]]:
    """Works reported by the projects of a range."""
    offsets, works = by_project
    return {r: works[offsets[r] : offsets[r + 1]] for r in range(begin, end) if offsets[r + 1] > offsets[r]}


# --- NRID -----------------------------------------------------------------------------------------------------


def researchers(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """One line a person with an NRID page. Projects and products are those where KAKEN knows the person by number."""
    for person in range(begin, end):
        if voice.world.people.has_nrid[person]:
            yield _researcher(voice, person).encode()


def _researcher(voice: Voice, person: int) -> str:
    number = marks.erad(person)
    projects = _nrid_projects(voice, person)
    related = ",".join(f'{{"id:project:kakenhi":"{r}"}}' for r, _ in projects)
    kakenhi = ",".join(f'"{80_000_000 + m}"' for m in _memberships(voice, person)[:20])
    current, history = _posts(voice, person)
    former = _former_name(voice, person)
    return (
        f'{{"accn":"id:person:kakenhi**{70_000_000 + person}","id:person:erad":["{number}"],"recordSource":{{"id:person:kakenhi":[{kakenhi}],'
        f'"id:person:erad":["{number}"]}},"relation:relatedResource":[{related}],"name":{_name(voice, person, 0, THIS_YEAR - 1)},'
        f'"names":[{former}],"affiliations:current":[{current}],"affiliations:history":[{history}],'
        f'"work:project":[{",".join(text for _, text in projects)}],"work:product":[{",".join(_nrid_products(voice, person))}],"note":"{NOTE_JA}"}}'
    )


def _memberships(voice: Voice, person: int) -> list[int]:
    offsets, memberships = voice.world.projects_of
    flags = voice.world.projects.member_flags
    out: list[int] = memberships[offsets[person] : offsets[person + 1]].tolist()
    return [m for m in out if int(flags[m]) & 3 == RIGHT]


def _year(year: int) -> str:
    return f'{{"commonEra:year":{year},"month":4,"day":1}}'


def _name(voice: Voice, person: int, bits: int, until: int, sequence: str = "") -> str:
    family, given = voice.kanji(person, bits)
    kana, latin = voice.kana(person, bits), voice.latin(person, bits)
    forms = (("ja", family, given), ("ja-Kana", *kana), ("en", *latin))
    whole, families, givens = (
        ",".join(f'{{"text":"{text}","lang":"{lang}"}}' for lang, text in pairs)
        for pairs in (
            [(lang, f"{f} {g}") for lang, f, g in forms], [(lang, f) for lang, f, _ in forms], [(lang, g) for lang, _, g in forms],
        )
    )  # fmt: skip
    return (
        f'{{{sequence}"since":{_year(until)},"until":{_year(until)},"humanReadableValue":[{whole}],'
        f'"name:familyName":[{families}],"name:givenName":[{givens}]}}'
    )


def _former_name(voice: Voice, person: int) -> str:
    if voice.former[person] < 0:
        return ""
    return _name(voice, person, 16, int(voice.world.people.changed[person]) - 1, '"sequence":1,')


def _posts(voice: Voice, person: int) -> tuple[str, str]:
    p = voice.world.people
    orgs, since = p.seg_org[person].tolist(), p.seg_from[person].tolist()
    last = max(k for k, o in enumerate(orgs) if o >= 0)
    rows = []
    for sequence, k in enumerate(range(last, -1, -1), 1):
        at = voice.organizations[orgs[k]]
        department, job = voice.department(person, orgs[k]), voice.title_at(person, since[k])
        until = THIS_YEAR - 1 if k == last else since[k + 1]
        code = f'"id:institution:erad":"{at.erad}"' if k == last else f'"id:institution:mext":"{at.mext}"'
        # the current post is dated as NRID does it: since equals until
        begin = until if k == last else since[k]
        rows.append(
            f'{{"sequence":{sequence if k == last else sequence - 1},"since":{_year(begin)},"until":{_year(until)},'
            f'"affiliation:institution":{{"humanReadableValue":[{{"text":"{at.ja}","lang":"ja"}},{{"text":"{at.en}","lang":"en"}}],{code}}},'
            f'"affiliation:department":{{"humanReadableValue":[{{"text":"{department[0]}","lang":"ja"}}]}},'
            f'"affiliation:jobTitle":{{"humanReadableValue":[{{"text":"{job[0]}","lang":"ja"}}]}}}}'
        )
    return rows[0], ",".join(rows[1:])


def _nrid_projects(voice: Voice, person: int) -> list[tuple[str, str]]:
    p, out = voice.world.projects, []
    for m in _memberships(voice, person):
        project = int(p.offsets.searchsorted(m, side="right")) - 1
        words, ident = voice.project(project, int(p.field[project])), project_id(voice, project)
        start, years = int(p.start[project]), int(p.years[project])
        category, at = voice.lexicon.categories[int(p.category[project])], voice.organizations[int(p.org[project])]
        members = ",".join(
            _nrid_member(voice, x, x - int(p.offsets[project]) + 1, start)
            for x in range(int(p.offsets[project]), int(p.offsets[project + 1]))
        )
        keywords = ",".join(
            f'{{"humanReadableValue":[{{"text":"{voice.keyword(k, True)}","lang":"und"}}]}}' for k in words.keywords
        )
        english = f',{{"text":"{words.title_en}","lang":"en"}}' if p.english[project] else ""
        out.append((
            ident,
            f'{{"recordSource":{{"id:project:kakenhi":["{ident}"]}},"role":[{{"code:roleInProject:kakenhi":"{ROLES[int(p.role[m])]}"}}],'
            f'"keyword":[{keywords}],"since":{{"fiscal:year":{{"commonEra:year":"{start}","firstDate:month":4,"firstDate:day":1}}}},'
            f'"until":{{"fiscal:year":{{"commonEra:year":"{start + years - 1}"}}}},"title":[{{"humanReadableValue":[{{"text":"{words.title_ja}","lang":"ja"}}{english}]}}],'
            f'"category":[{{"humanReadableValue":[{{"lang":"ja","path":"000{category.nii_code}","niiCode":"{category.nii_code}","text":"{category.ja}"}}]}}],'
            f'{_nrid_section(voice, project)}"institution":[{{"humanReadableValue":[{{"lang":"ja","sequence":1,"niiCode":"{at.nii}","text":"{at.ja}"}}]}}],'
            f'"member":[{members}]}}',
        ))  # fmt: skip
    return out


def _nrid_section(voice: Voice, project: int) -> str:
    p = voice.world.projects
    field, how = int(p.field[project]), int(p.section[project])
    f = voice.lexicon.fields[field]
    if how == SECTION:
        text = f"小区分{f.code}:{f.label_ja}"
    elif how == CHUKUBUN:
        text = f"中区分{f.chukubun[0]}:{voice.lexicon.chukubun[f.chukubun[0]][0]}"
    elif how == SAIMOKU:
        levels, path = [], ""
        for level, name in enumerate(f.old):
            path += f"{900_000 + level * 1000 + field:06d}"
            levels.append(
                f'{{"humanReadableValue":[{{"lang":"ja","sequence":1,"path":"{path}","niiCode":"{900_000 + level * 1000 + field}",'
                f'"text":"{name}","fieldTable":"saimoku"}}]}}'
            )
        return f'"field":[{",".join(levels)}],'
    else:
        return ""
    return f'"review_section":[{{"humanReadableValue":[{{"lang":"ja","text":"{text}","niiCode":"{9000 + field}","tableType":"review_section","sequence":1}}]}}],'


def _nrid_member(voice: Voice, m: int, sequence: int, year: int) -> str:
    p = voice.world.projects
    person = int(p.member[m])
    family, given = voice.kanji(person, _bits_at(voice, person, year))
    at, department, job = _post(voice, person, year)
    # wrong numbers stay in the project's own record: a mention is wrong in one place only
    code = f'"id:person:erad":"{marks.erad(person)}",' if int(p.member_flags[m]) & 3 == RIGHT else ""
    return (
        f'{{"sequence":{sequence},"role":[{{"code:roleInProject:kakenhi":"{ROLES[int(p.role[m])]}"}}],{code}'
        f'"institution:name":[{{"text":"{at.ja}","lang":"ja"}}],"department:name":[{{"text":"{department[0]}","lang":"ja"}}],'
        f'"jobTitle":[{{"text":"{job[0]}","lang":"ja"}}],"person:name":[{{"text":"{family} {given}","lang":"ja"}}]}}'
    )


def _nrid_products(voice: Voice, person: int) -> Iterator[str]:
    """Reported works with a DOI in which CiNii knows the person by number: they add no evidence of their own."""
    w, (offsets, authorships) = voice.world.works, voice.world.works_of
    for a in authorships[offsets[person] : offsets[person + 1]].tolist():
        if int(w.author_id[a]) & 3 != RIGHT:
            continue
        work = int(w.offsets.searchsorted(a, side="right")) - 1
        flags = int(w.flags[work])
        if not (flags & PRODUCT_KEYED and flags & IN_CINII and flags & HAS_DOI and flags & PRODUCT):
            continue
        words, year = voice.work(work, int(w.field[work])), int(w.year[work])
        people = w.author[w.offsets[work] : w.offsets[work + 1]].tolist()[: LARGE // 2]
        names = "、".join(" ".join(voice.kanji(q)) for q in people)
        yield (
            f'{{"accn":["id:product:kakenhi**{90_000_000 + work}"],"recordSource":{{"id:product:kakenhi":["{90_000_000 + work}"]}},'
            f'"id:doi":[{{"value":"{marks.doi(work)}"}}],"relation:relatedResource":[{{"id:project:kakenhi":"{project_id(voice, int(w.project[work]))}"}}],'
            f'"resourceType":"{"Presentation" if int(w.type[work]) in (CONFERENCE, DISSERTATION) else "Journal Article"}",'
            f'"title:main":{{"text":"{words.title_ja}","lang":"ja"}},"date:publicationDate":{{"humanReadableValue":[{{"text":"{year}"}}],"commonEra:year":{year}}},'
            f'"creator:unparsed":[{{"text":"{names}","lang":"ja"}}]}}'
        )
