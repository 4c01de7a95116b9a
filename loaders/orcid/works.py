"""What did the owner write, make or publish?

One Work for each group: ORCID puts the same work as told by several sources into one group. The summary that ORCID
shows (highest `display-index`, else the first) speaks for it; the others give their identifiers, and their titles
where they differ. A full work also has its contributors, its abstract and its citation.
"""

from __future__ import annotations

import re

from kg.records import (
    Authored,
    Identifier,
    OutputOf,
    Person,
    PersonName,
    Project,
    PublishedIn,
    Venue,
    Work,
)
from kg.text import language_of
from loaders.orcid.codes import CONTAINED, project_identifier, relation, spelled, work_identifier, work_role, work_type
from loaders.orcid.sheet import Sheet, by_language
from loaders.orcid.tree import EMPTY, Node


def read_works(sheet: Sheet, section: Node) -> None:
    """Rows of all works of a `works` section."""
    sheet.seen(section, "works")
    index = 0
    for group in sheet.items(section, "group", "works"):
        _read_group(sheet, group, index)
        index += 1
    for name in ("work-summary", "work"):
        for item in sheet.items(section, name, "works"):
            read_work(sheet, item, index=index)
            index += 1


def _read_group(sheet: Sheet, group: Node, index: int) -> None:
    summaries = list(sheet.items(group, "work-summary", f"works[{index}]"))
    shown = [s for s in summaries if sheet.public(s, f"works[{index}]")]
    if not shown:
        return
    sheet.seen(group, f"works[{index}]")
    if len(shown) > 1:
        shown.sort(key=_display, reverse=True)
    # Identifiers of the group are those of all its summaries; they are shown only where all of these are.
    shared = sheet.child(group, "external-ids", f"works[{index}]") if len(shown) == len(summaries) else EMPTY
    read_work(sheet, shown[0], index=index, others=shown[1:], shared=shared)


def _display(summary: Node) -> int:
    value = summary.get("display-index")
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value.strip()):
        return int(value)
    return value if isinstance(value, int) else 0


def read_work(
    sheet: Sheet,
    work: Node,
    *,
    index: int = 0,
    key: str | None = None,
    others: list[Node] | None = None,
    shared: Node = EMPTY,
) -> None:
    """Rows of one work, summary or full; `key` where the work is what the record is about."""
    path = sheet.path(work, "work", index)
    if not sheet.public(work, path):
        return
    subject = key or sheet.key(path)
    kind = work_type(given := sheet.text(work, "type", path))
    told = sheet.told(work, path)
    names = sheet.child(work, "title", path)
    language = sheet.text(work, "language-code", path)
    titles = _titles(sheet, names, subject, path, language or "")
    date = sheet.date(work, "publication-date", path)
    cited = _citation(sheet, work, subject, path)
    country = work.get("country")
    public_country = not isinstance(country, dict) or sheet.public(country, f"{path}/country")
    sheet.rows.append(
        Work(
            id=subject,
            type=kind,
            title_ja=titles.get("ja"),
            title_en=titles.get("en"),
            title_other=titles.get("other"),
            year=int(date[:4]) if date else None,
            date=date,
            language=language,
            country=sheet.text(work, "country", path) if public_country else None,
            source_type=spelled(given),
            publisher=cited.get("publisher"),
            volume=cited.get("volume"),
            issue=cited.get("number"),
            first_page=cited.get("first_page"),
            last_page=cited.get("last_page"),
        )
    )
    issns = _identifiers(sheet, work, subject, kind, path, others or [], shared)
    _venue(sheet, work, subject, path, issns)
    abstract = sheet.exact(work, "short-description", path)
    if abstract:
        sheet.write(subject, "work", f"{path}/short-description", "abstract", abstract)
    sheet.link(subject, "work", sheet.text(work, "url", path))
    for page in work.get("more-urls", ()):
        sheet.link(subject, "work", page)
    _other_titles(sheet, others or [], subject, titles, index)
    _contributors(sheet, work, subject, path)
    if sheet.owner:
        sheet.rows.append(
            Authored(
                work=subject,
                path=f"{path}/owner",
                person=sheet.owner,
                role="owner",
                asserted_by=told.asserted_by,
                asserted=told.asserted,
                revised=told.revised,
            )
        )


def _titles(sheet: Sheet, names: Node, subject: str, path: str, language: str) -> dict[str, str]:
    """Title by language, and a TextUnit for each form; `language` is what the work says of itself."""
    here = f"{path}/title"
    found: dict[str, str] = {}
    title = sheet.exact(names, "title", here)
    if title:
        found[_slot(title, language)] = title.strip()
        sheet.write(subject, "work", f"{here}/title", "title", title, language)
    subtitle = sheet.exact(names, "subtitle", here)
    if subtitle:
        sheet.write(subject, "work", f"{here}/subtitle", "title", subtitle, language)
    translated = sheet.exact(names, "translated-title", here)
    if translated:
        lang = sheet.text(sheet.child(names, "translated-title", here), "language-code", here) or ""
        found.setdefault(_slot(translated, lang), translated.strip())
        sheet.write(subject, "work", f"{here}/translated-title", "title", translated, lang)
    return found


def _slot(title: str, lang: str) -> str:
    language = language_of(title, lang.replace("_", "-"))
    return language if language in ("ja", "en") else "other"


def _other_titles(sheet: Sheet, others: list[Node], subject: str, titles: dict[str, str], index: int) -> None:
    known = set(titles.values())
    for number, other in enumerate(others):
        path = sheet.path(other, "work", index)
        title = sheet.exact(sheet.child(other, "title", path), "title", f"{path}/title")
        if title and title.strip() not in known:
            known.add(title.strip())
            sheet.write(subject, "work", f"{path}/title/title[{number + 1}]", "title", title)


def _external_ids(sheet: Sheet, section: Node, path: str) -> list[tuple[Node, str, str, str | None]]:
    found = []
    for item in sheet.items(section, "external-id", f"{path}/external-ids"):
        kind = sheet.text(item, "external-id-type", path)
        value = sheet.text(item, "external-id-value", path)
        if kind and value:
            found.append((item, kind, value, sheet.text(item, "external-id-relationship", path)))
        else:
            sheet.skip(f"{path}/external-ids", "an identifier has no type or no value")
    return found


def _identifiers(
    sheet: Sheet, work: Node, subject: str, kind: str, path: str, others: list[Node], shared: Node
) -> tuple[str, ...]:
    """Identifier rows of a work; back come the ISSNs, which are its venue's."""
    found_ids: dict[tuple[str, str], tuple[str, str | None]] = {}
    issns: dict[str, None] = {}
    contained = kind in CONTAINED
    own = sheet.child(work, "external-ids", path)
    for section in (own, shared, *(sheet.child(o, "external-ids", path) for o in others)):
        if not section:
            continue
        for item, word, value, given in _external_ids(sheet, section, path):
            if relation(given) == "funded_by":
                _funded_by(sheet, subject, word, value, path)
                continue
            found = work_identifier(word, value, given, contained)
            normal = sheet.text(item, "external-id-normalized", path)
            settled = work_identifier(word, normal, given, contained) if normal and normal != value else None
            if found is None and settled is None:
                sheet.skip(f"{path}/external-ids/{word}", f"is no {word}", value)
            url = sheet.text(item, "external-id-url", path)
            for scheme, code, how in filter(None, dict.fromkeys((found, settled))):
                if scheme == "issn" and section is not shared:
                    issns[code] = None
                before, page = found_ids.get((scheme, code), ("self", None))
                # Sources of one group may differ: what one of them calls part of something else joins nothing.
                found_ids[scheme, code] = (how if before == "self" else before, page or url)
    rows = [
        Identifier(subject=subject, kind="work", scheme=scheme, value=code, relation=how, url=page)
        for (scheme, code), (how, page) in found_ids.items()
    ]
    for summary in (work, *others):
        number = sheet.text(summary, "put-code", path)
        # Numbers this small stand only in examples; real ones began in the hundred thousands.
        if number and number.isdigit() and len(number) > 4:
            rows.append(Identifier(subject=subject, kind="work", scheme="orcid_put_cd", value=number))
    sheet.rows.extend(rows)
    return tuple(issns)


def _funded_by(sheet: Sheet, subject: str, kind: str, value: str, path: str) -> None:
    """A bare Project for the grant that paid for a work."""
    scheme, code, how = project_identifier(kind, value, None, None) or (None, None, None)
    if scheme is None or code is None or how is None:
        sheet.skip(f"{path}/external-ids/{kind}", f"is no {kind}", value)
        return
    project = sheet.key(f"{path}/funded-by[{scheme}:{code}]")
    if project in sheet.funded:
        return
    sheet.funded.add(project)
    sheet.rows.append(Project(id=project, award_number=code if scheme == "award" else value.strip()))
    sheet.identify(project, "project", scheme, code, how)
    sheet.rows.append(OutputOf(work=subject, project=project))


def _venue(sheet: Sheet, work: Node, subject: str, path: str, issns: tuple[str, ...]) -> None:
    name = sheet.text(work, "journal-title", path)
    if not name:
        return
    key, new = sheet.venue(name, issns)
    if new:
        ja, en = by_language(name)
        sheet.rows.append(Venue(id=key, name_ja=ja, name_en=en))
        for issn in issns:
            sheet.identify(key, "venue", "issn", issn)
    sheet.rows.append(PublishedIn(work=subject, venue=key))


def _contributors(sheet: Sheet, work: Node, subject: str, path: str) -> None:
    section = sheet.child(work, "contributors", path)
    for index, item in enumerate(sheet.items(section, "contributor", f"{path}/contributors")):
        here = f"{path}/contributors[{index}]"
        attributes = sheet.child(item, "contributor-attributes", here)
        credit = item.get("credit-name")
        public = not isinstance(credit, dict) or sheet.public(credit, f"{here}/credit-name")
        name = sheet.text(item, "credit-name", here) if public else None
        given = sheet.text(attributes, "contributor-role", here)
        roles = (spelled(sheet.text(attributes, "contributor-sequence", here)), spelled(given))
        person = _mention(sheet, item, name, here)
        if name is None and person is None:
            continue
        sheet.rows.append(
            Authored(
                work=subject,
                path=here,
                person=person,
                position=index + 1,
                role=work_role(given),
                roles="; ".join(r for r in roles if r) or None,
                name_as_written=name,
            )
        )


def _mention(sheet: Sheet, item: Node, name: str | None, path: str) -> str | None:
    """Local key of a contributor who is known by an iD: the owner's own, or a new mention."""
    code = sheet.orcid_of(sheet.child(item, "contributor-orcid", path), f"{path}/contributor-orcid")
    if code is None:
        return None
    if code == sheet.orcid and sheet.owner:
        return sheet.owner
    key = sheet.key(path)
    ja, en = by_language(name)
    sheet.rows.append(Person(id=key, name_ja=ja, name_en=en))
    if name:
        sheet.rows.append(PersonName(person=key, name=name, kind="as_written"))
    sheet.identify(key, "person", "orcid", code)
    return key


_BIBTEX = re.compile(
    r"\b(volume|number|pages|publisher)\s*=\s*(?:\{([^{}]{1,200})\}|\"([^\"]{1,200})\"|(\d{1,9}))", re.I
)


def _citation(sheet: Sheet, work: Node, subject: str, path: str) -> dict[str, str]:
    """Keeps the citation as a note; of BibTeX also volume, number, pages and publisher."""
    node = sheet.child(work, "citation", path)
    text = sheet.exact(node, "citation-value", f"{path}/citation") if node else None
    if not text:
        return {}
    kind = sheet.text(node, "citation-type", f"{path}/citation") or "unspecified"
    sheet.write(subject, "work", f"{path}/citation/{kind[:40]}", "note", text)
    if kind.lower() != "bibtex":
        return {}
    found = {m[1].lower(): (m[2] or m[3] or m[4] or "").strip() for m in _BIBTEX.finditer(text[:20_000])}
    pages = re.fullmatch(r"(\w+)\s*[-–—]+\s*(\w+)", found.pop("pages", ""))
    if pages:
        found["first_page"], found["last_page"] = pages.groups()
    return {name: value for name, value in found.items() if value}
