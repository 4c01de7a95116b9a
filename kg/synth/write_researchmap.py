"""How does researchmap tell of the community? One API v2 root a line: profile, works, projects, posts, areas.

Co-authors are names without identifier, as at the source; the owner is known by permalink.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.synth import marks
from kg.synth.voice import NOTE_JA, Voice, scramble
from kg.synth.world import (
    BOOK,
    CONFERENCE,
    DISSERTATION,
    EN_ONLY,
    JA_ONLY,
    MALFORMED,
    MEMBER_RM,
    MEMBER_RM_KEYED,
    OTHERS,
    REFEREED,
    RIGHT,
    RM_KEYED,
    RM_LISTED,
    THIS_YEAR,
)
from kg.synth.write_cinii import project_award

API = "https://api.researchmap.jp/"
_OWNER_ROLES = ("principal_investigator", "coinvestigator", "coinvestigator_not_use_grants", "others")


def item_id(authorship: int) -> str:
    """`rm:id` of a work on its author's page."""
    return str(50_000_000 + authorship)


def project_item_id(membership: int) -> str:
    """`rm:id` of a project on its member's page."""
    return str(40_000_000 + membership)


def profiles(voice: Voice, begin: int, end: int) -> Iterator[bytes]:
    """One line a person with a profile."""
    for person in range(begin, end):
        if voice.world.people.has_rm[person]:
            yield _profile(voice, person).encode()


def _profile(voice: Voice, person: int) -> str:
    link = marks.permalink(person)
    (family, given), kana, latin = voice.kanji(person), voice.kana(person), voice.latin(person)
    at = voice.organizations[voice.now[person]]
    department, job = voice.department(person, at.number), voice.title_at(person, THIS_YEAR)
    papers, books, talks = _works(voice, person, link)
    graph = [
        _section("research_areas", _areas(voice, person, link)),
        _section("research_interests", _interests(voice, person, link)),
        _section("published_papers", papers),
        _section("books_etc", books),
        _section("presentations", talks),
        _section("research_projects", _projects(voice, person, link)),
        _section("research_experience", _posts(voice, person, link)),
        _section("awards", _awards(voice, person, link)),
    ]
    return (
        f'{{"@context":"https://researchmap.jp/contexts/researchers.jsonld","@id":"{API}{link}","@type":"researchers",'
        f'"permalink":"{link}","rm:user_id":"{marks.rm_user(person)}","rm:created":"2019-05-07T03:12:45Z","rm:modified":"2026-09-30T01:02:03Z",'
        f'"family_name":{{"ja":"{family}","en":"{latin[0]}","ja-Kana":"{kana[0]}"}},'
        f'"given_name":{{"ja":"{given}","en":"{latin[1]}","ja-Kana":"{kana[1]}"}},'
        f'"affiliations":[{{"affiliation":{{"ja":"{at.ja}","en":"{at.en}"}},"rm:institution_code":"{at.rm}",'
        f'"section":{{"ja":"{department[0]}","en":"{department[1]}"}},"job":{{"ja":"{job[0]}","en":"{job[1]}"}}}}],'
        f'"profile":{{"ja":"{NOTE_JA}"}},"identifiers":{{{_identifiers(voice, person)}}},"@graph":[{",".join(g for g in graph if g)}]}}'
    )


def _identifiers(voice: Voice, person: int) -> str:
    p, out = voice.world.people, []
    state = int(p.rm_erad[person])
    if state == RIGHT:
        out.append(f'"erad_id":["{marks.erad(person)}"]')
    elif state == MALFORMED:
        out.append(f'"erad_id":["{marks.erad(person)[:-1]}"]')
    elif state == OTHERS:
        out.append(f'"erad_id":["{marks.erad(int(p.rm_erad_other[person]))}"]')
    if p.rm_orcid[person]:
        out.append(f'"orc_id":["{marks.orcid(person)}"]')
    return ",".join(out)


def _section(name: str, items: list[str]) -> str:
    return f'{{"@type":"{name}","items":[{",".join(items)}]}}' if items else ""


def _head(section: str, link: str, person: int, number: str) -> str:
    address, user = f"{API}{link}/{section}", marks.rm_user(person)
    return (
        f'"@id":"{address}/{number}","@type":"{section}","@reverse":"{address}","rm:id":"{number}","rm:user_id":"{user}",'
        f'"display":"disclosed","major_achievement":false,"rm:creator_id":"{user}","rm:creator_type":"myself",'
        f'"rm:created":"2023-04-19T10:57:24Z","rm:modifier_id":"{user}","rm:modifier_type":"myself","rm:modified":"2026-03-05T23:05:34Z"'
    )


def _works(voice: Voice, person: int, link: str) -> tuple[list[str], list[str], list[str]]:
    w, (offsets, authorships) = voice.world.works, voice.world.works_of
    papers: list[str] = []
    books: list[str] = []
    talks: list[str] = []
    for a in authorships[offsets[person] : offsets[person + 1]].tolist():
        lists = int(w.author_lists[a])
        if lists & RM_LISTED:
            number = int(w.offsets.searchsorted(a, side="right")) - 1
            kind = int(w.type[number])
            keyed = bool(lists & RM_KEYED)
            target = books if kind == BOOK else talks if kind == CONFERENCE and not keyed else papers
            target.append(_work(voice, person, link, a, number, kind, keyed))
    return papers, books, talks


def _work(voice: Voice, person: int, link: str, a: int, number: int, kind: int, keyed: bool) -> str:
    w = voice.world.works
    language, field, year, flags = (
        int(w.language[number]),
        int(w.field[number]),
        int(w.year[number]),
        int(w.flags[number]),
    )
    words = voice.work(number, field)
    x = scramble(voice.world.seed, 31, a)
    tongues = ("en",) if language == EN_ONLY else ("ja",) if language == JA_ONLY or x % 3 == 0 else ("ja", "en")
    if tongues == ("en",) and x >> 4 & 15 == 0:
        tongues = ("ja",)  # English text under the Japanese key, as often at the source
    title = ",".join(
        f'"{t}":"{words.title_en if language == EN_ONLY or t == "en" else words.title_ja}"' for t in tongues
    )
    lo, hi = int(w.offsets[number]), int(w.offsets[number + 1])
    people = w.author[lo:hi].tolist()
    authors = ",".join(
        f'"{t}":['
        + ",".join(f'{{"name":"{_name(voice, p, t == "en" or language == EN_ONLY, x)}"}}' for p in people)
        + "]"
        for t in tongues
    )
    date = voice.date(number, year, flags)
    dated = f',"publication_date":"{date}"' if date else ""
    if kind == BOOK:
        return (
            f'{{{_head("books_etc", link, person, item_id(a))},"book_title":{{{title}}},"authors":{{{authors}}},'
            f'"publisher":{{"ja":"架空書房"}}{dated},"languages":["{"eng" if language == EN_ONLY else "jpn"}"],'
            f'"book_type":"scholarly_book","book_owner_role":"{"single_work" if len(people) == 1 else "joint_work"}"}}'
        )
    journal = voice.journals[field][scramble(voice.world.seed, 21, number) % 3]
    name = ",".join(f'"{t}":"{journal[0] if t == "ja" and language != EN_ONLY else journal[1]}"' for t in tongues)
    if kind == CONFERENCE and not keyed:
        return (
            f'{{{_head("presentations", link, person, item_id(a))},"presentation_title":{{{title}}},"presenters":{{{authors}}},'
            f'"event":{{{name}}}{dated},"invited":false,"languages":["{"eng" if language == EN_ONLY else "jpn"}"],'
            f'"presentation_type":"oral_presentation"}}'
        )
    doi = marks.doi(number)
    identifiers = f',"identifiers":{{"doi":["{doi}"],"issn":["{journal[2]}"]}}' if keyed else ""
    see = f',"see_also":[{{"label":"doi","@id":"https://doi.org/{doi}","is_downloadable":false}}]' if keyed else ""
    sort = (
        "doctoral_thesis"
        if kind == DISSERTATION
        else "international_conference_proceedings"
        if kind == CONFERENCE
        else "scientific_journal"
    )
    lead = ',"published_paper_owner_roles":["lead"]' if people[0] == person and len(people) > 1 else ""
    return (
        f'{{{_head("published_papers", link, person, item_id(a))},"paper_title":{{{title}}},"authors":{{{authors}}}{lead}{dated},'
        f'"publication_name":{{{name}}},"volume":"{year - 1979}","languages":["{"eng" if language == EN_ONLY else "jpn"}"],'
        f'"referee":{"true" if flags & REFEREED else "false"},"published_paper_type":"{sort}","rm:is_open_access":false{identifiers}{see}}}'
    )


def _name(voice: Voice, person: int, english: bool, x: int) -> str:
    if english:
        family, given = voice.latin(person)
        return (f"{given} {family}", f"{family} {given}", f"{given[0]}. {family}")[x % 3]
    return ("" if x & 8 else " ").join(voice.kanji(person))


def _areas(voice: Voice, person: int, link: str) -> list[str]:
    if not voice.world.people.rm_area[person]:
        return []
    out = []
    for k, index in enumerate(i for i in (voice.field1[person], voice.field2[person]) if i >= 0):
        f = voice.lexicon.fields[index]
        out.append(
            f'{{{_head("research_areas", link, person, str(30_000_000 + 2 * person + k))},"discipline_number":"{f.rm_discipline_code}",'
            f'"item_number":"{f.rm_area_code}","discipline":{{"ja":"{f.rm_discipline_ja}","en":"{f.rm_discipline_en}"}},'
            f'"research_field":{{"ja":"{f.rm_area_label}","en":"{f.rm_area_label_en}"}}}}'
        )
    return out


def _interests(voice: Voice, person: int, link: str) -> list[str]:
    """Keywords of the main field; for some people also its very name, which is evidence of the field."""
    f, x = voice.lexicon.fields[voice.field1[person]], scramble(voice.world.seed, 32, person)
    words = [(f.keywords_ja[(x + k) % 5], f.keywords_en[(x + k) % 5]) for k in range(2 + x % 2)]
    if voice.world.people.rm_interest[person]:
        ja = [label for label in f.interest_labels if label != f.rm_area_label_en]
        words.append((ja[x // 16 % len(ja)], ""))
    return [
        f"{{{_head('research_interests', link, person, str(20_000_000 + 4 * person + k))},"
        f'"keyword":{{"ja":"{ja}"' + (f',"en":"{en}"' if en and x >> k & 1 else "") + "}}"
        for k, (ja, en) in enumerate(words)
    ]


def _projects(voice: Voice, person: int, link: str) -> list[str]:
    p, (offsets, memberships), out = voice.world.projects, voice.world.projects_of, []
    for m in memberships[offsets[person] : offsets[person + 1]].tolist():
        flags = int(p.member_flags[m])
        if not flags & MEMBER_RM:
            continue
        project = int(p.offsets.searchsorted(m, side="right")) - 1
        words, award = voice.project(project, int(p.field[project])), project_award(voice, project)
        category, start, years = (
            voice.lexicon.categories[int(p.category[project])],
            int(p.start[project]),
            int(p.years[project]),
        )
        at = voice.organizations[int(p.org[project])]
        team = ",".join(
            f'{{"name":"{" ".join(voice.kanji(x))}"}}'
            for x in p.member[p.offsets[project] : p.offsets[project + 1]].tolist()
        )
        keyed = ""
        if flags & MEMBER_RM_KEYED:
            keyed = (
                f',"identifiers":{{"grant_number":["{award}"],"national_grant_number":["JP{award}"]}},'
                f'"see_also":[{{"@id":"https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-{award}","label":"kaken"}}]'
            )
        english = f',"en":"{words.title_en}"' if p.english[project] else ""
        direct = category.direct_cost
        out.append(
            f'{{{_head("research_projects", link, person, project_item_id(m))},"research_project_title":{{"ja":"{words.title_ja}"{english}}},'
            f'"investigators":{{"ja":[{team}]}},"offer_organization":{{"ja":"日本学術振興会","en":"Japan Society for the Promotion of Science"}},'
            f'"system_name":{{"ja":"科学研究費助成事業","en":"Grants-in-Aid for Scientific Research"}},"category":{{"ja":"{category.ja}","en":"{category.en}"}},'
            f'"institution_name":{{"ja":"{at.ja}","en":"{at.en}"}},"from_date":"{start}-04","to_date":"{start + years}-03",'
            f'"research_project_owner_role":"{_OWNER_ROLES[int(p.role[m])]}","overall_grant_amount":{{"total_cost":"{direct * 13 // 10}",'
            f'"direct_cost":"{direct}","indirect_cost":"{direct * 3 // 10}"}}{keyed}}}'
        )
    return out


def _posts(voice: Voice, person: int, link: str) -> list[str]:
    p, out = voice.world.people, []
    orgs, since = p.seg_org[person].tolist(), p.seg_from[person].tolist()
    last = max(k for k, o in enumerate(orgs) if o >= 0)
    for k in range(last, -1, -1):
        at = voice.organizations[orgs[k]]
        department, job = voice.department(person, orgs[k]), voice.title_at(person, since[k])
        until = "9999" if k == last else f"{since[k + 1]}-03"
        out.append(
            f'{{{_head("research_experience", link, person, str(10_000_000 + 4 * person + k))},"from_date":"{since[k]}-04","to_date":"{until}",'
            f'"rm:institution_code":"{at.rm}","affiliation":{{"ja":"{at.ja}","en":"{at.en}"}},"section":{{"ja":"{department[0]}","en":"{department[1]}"}},'
            f'"job":{{"ja":"{job[0]}","en":"{job[1]}"}},"address_country":"JPN"}}'
        )
    return out


def _awards(voice: Voice, person: int, link: str) -> list[str]:
    x = scramble(voice.world.seed, 33, person)
    if x % 5:
        return []
    year = min(THIS_YEAR, voice.start[person] + 2 + (x >> 8) % 10)
    name = " ".join(voice.kanji(person))
    return [
        f'{{{_head("awards", link, person, str(60_000_000 + person))},"award_name":{{"ja":"架空学会奨励賞","en":"Fictional Society Encouragement Prize"}},'
        f'"winners":{{"ja":[{{"name":"{name}"}}]}},"association":{{"ja":"架空学会"}},"award_date":"{year}-0{1 + x % 9}"}}'
    ]
