"""ORCID is read as it is: every sample loads, JSON and XML say the same, nothing private comes out, no field is silent."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kg.errors import BadRecord, NothingUsable
from kg.records import (
    Affiliation,
    Authored,
    Identifier,
    Link,
    MemberOf,
    Organization,
    OutputOf,
    Person,
    PersonName,
    Project,
    PublishedIn,
    Record,
    Row,
    Skipped,
    TextUnit,
    Venue,
    Work,
)
from kg.text import text_hash
from loaders import orcid
from loaders.base import Broken, Piece
from loaders.orcid.codes import person_identifiers, project_identifier, work_identifier
from loaders.paths import occurrences, xml_name
from tests.loaders.pieces import document, listed_fields, of, ref_of

ROOT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("KG_SAMPLES", ROOT.parent / "shared" / "data")) / "orcid"
USES = {"read", "private", "presentation", "duplicate", "no_scholarly_content"}
NO_HITS = {
    "live_rorcid/v3.0_search_200.json",
    "live_rorcid/v3.0_search_q_family-name_3Aiakovakis_20AND_20past-institution-affiliation-name_3ABoston_r_200.json",
}
"""Search answers that found nobody."""

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples in {SAMPLES}; set KG_SAMPLES")


# --- helpers -------------------------------------------------------------------------------------------------


def split(raw: bytes, name: str = "x") -> list[Piece | Broken]:
    return list(orcid.split(document(raw, name)))


def pieces(raw: bytes, name: str = "x") -> list[Piece]:
    return [p for p in split(raw, name) if isinstance(p, Piece)]


def the_piece(raw: bytes, name: str = "x") -> Piece:
    (piece,) = split(raw, name)
    assert isinstance(piece, Piece), piece
    return piece


def read(piece: Piece, raw: bytes | None = None) -> list[Row | Skipped]:
    return list(orcid.to_records(piece.raw if raw is None else raw, ref_of("orcid", piece), piece.context))


def read_value(value: Any, name: str = "x") -> list[Row | Skipped]:
    return read(the_piece(json.dumps(value).encode(), name))


def sample_files() -> list[str]:
    return sorted(str(p.relative_to(SAMPLES)) for p in SAMPLES.rglob("*") if p.is_file()) if SAMPLES.is_dir() else []


@cache
def sample_pieces() -> tuple[Piece, ...]:
    return tuple(p for name in sample_files() for p in pieces((SAMPLES / name).read_bytes(), name))


# --- changing one value at a time ----------------------------------------------------------------------------


def changed(value: Any) -> list[Any]:
    """Other values of the same kind; more than one, since a reader may rightly not care about some changes."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 86_400_000 * 400 if value > 10**9 else value + 11]
    text = str(value)
    if text.lower() == "public":
        return ["private"]
    found = [f"{text}x"]
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    if digits:
        for at in (digits[0], digits[min(3, len(digits) - 1)], digits[-1]):
            found.append(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])
    if text.startswith(("0000-", "/0000-", "http")):
        found.append("x")
    return [*found, "other", "grid.1.2", "10.13039/100000001", "41803", "orcid.org"]


def json_mutants(raw: bytes, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    value = json.loads(raw)
    for holder, key, path in _json_leaves(value, ""):
        leaf = holder[key]
        for other in changed(leaf) if path in wanted else ():
            if path in wanted:
                holder[key] = other
                yield path, json.dumps(value).encode()
        holder[key] = leaf


def _json_leaves(value: Any, path: str) -> list[tuple[Any, Any, str]]:
    found = []
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in steps:
        here = f"{path}[]" if isinstance(value, list) else f"{path}.{key}" if path else key
        if isinstance(inner, dict | list):
            found += _json_leaves(inner, here)
        elif inner is not None and inner != "":
            found.append((value, key, here))
    return found


def xml_mutants(raw: bytes, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    root = etree.fromstring(raw)
    for element in root.iter(etree.Element):
        path = _xml_path(element)
        for name, value in list(element.attrib.items()):
            place = f"{path}/@{xml_name(name, element.nsmap)}"
            for other in changed(value) if place in wanted else ():
                if place in wanted:
                    element.set(name, other)
                    yield place, etree.tostring(root)
            element.set(name, value)
        text = element.text
        if path in wanted and text and text.strip():
            for other in changed(text.strip()):
                if path in wanted:
                    element.text = other
                    yield path, etree.tostring(root)
            element.text = text


def _xml_path(element: Any) -> str:
    names = [xml_name(e.tag, e.nsmap) for e in (element, *element.iterancestors())]
    return "/" + "/".join(reversed(names))


def opened(piece: Piece) -> Piece:
    """The record with everything in it public: the samples of the schema are private throughout."""
    raw = re.sub(rb'(visibility"?\s*[=:]\s*")(?:private|limited)"', rb'\1public"', piece.raw, flags=re.I)
    return piece._replace(raw=raw)


def mutants(piece: Piece, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    """Copies of a record that differ in one value at one of the paths; `wanted` may shrink meanwhile."""
    return (xml_mutants if piece.raw.lstrip()[:1] == b"<" else json_mutants)(piece.raw, wanted)


def effect(before: list[Row | Skipped], piece: Piece, raw: bytes) -> set[str]:
    """Columns that change with a value: `table.column`. Skipped parts are no columns."""
    try:
        after = read(piece, raw)
    except BadRecord:
        return set()
    return _columns(before, after) if _rows(before) != _rows(after) else set()


def _rows(rows: list[Row | Skipped]) -> Counter[Row]:
    return Counter(r for r in rows if isinstance(r, Row))


def _columns(before: list[Row | Skipped], after: list[Row | Skipped]) -> set[str]:
    gone, come = _rows(before) - _rows(after), _rows(after) - _rows(before)
    found = set()
    for table in {r.table for r in (*gone, *come)}:
        old = sorted((r for r in gone if r.table == table), key=repr)
        new = sorted((r for r in come if r.table == table), key=repr)
        if len(old) != len(new):
            found.add(f"{table}.{(old or new)[0].key[0]}")
        else:
            for a, b in zip(old, new, strict=True):
                found |= {
                    f"{table}.{f.name}" for f in dataclasses.fields(a) if getattr(a, f.name) != getattr(b, f.name)
                }
    return found


def effects(among: set[tuple[str, str]], most: int = 1500) -> dict[tuple[str, str], set[str]]:
    """What values at each (form, path) change, tried on small records first until something does."""
    found: dict[tuple[str, str], set[str]] = {}
    for piece in sorted(map(opened, sample_pieces()), key=lambda p: len(p.raw)):
        here = {p for p in occurrences(piece.raw, piece.form, "orcid") if (piece.form, p) in among}
        wanted = {p for p in here if (piece.form, p) not in found}
        if not wanted:
            continue
        before = read(piece)
        tries: Counter[str] = Counter()
        for path, raw in mutants(piece, wanted):
            tries[path] += 1
            if columns := effect(before, piece, raw):
                found[piece.form, path] = columns
            if columns or tries[path] >= most:
                wanted.discard(path)
    return found


# --- every sample --------------------------------------------------------------------------------------------


@needs_samples
@pytest.mark.parametrize("name", sample_files())
def test_every_sample_loads_or_is_named_as_an_error(name: str) -> None:
    """Records give rows, with one Record each; error documents are broken with ORCID's code and message."""
    found = split((SAMPLES / name).read_bytes(), name)
    broken = [p for p in found if isinstance(p, Broken)]
    is_error = "error" in name or re.search(r"_[45]\d\d\.json$", name) is not None
    if name in NO_HITS:
        assert found == []
        return
    assert bool(broken) == (is_error or "bulk-work-err" in name)
    assert all(re.match(r"ORCID answered with error \d+ \(HTTP \d+\): \S", b.reason) for b in broken)
    assert len(found) > len(broken) or is_error
    for piece in (p for p in found if isinstance(p, Piece)):
        rows = read(piece)
        (record,) = of(Record, rows)
        assert record.id == f"orcid:{piece.form}:{piece.record_id}"
        keys = [(type(r), *(getattr(r, k) for k in r.key)) for r in rows if isinstance(r, Row)]
        assert len(keys) == len(set(keys)), "two rows with one key"


@needs_samples
def test_references_lead_somewhere() -> None:
    """Every local key that a row points to is a row of the same record."""
    for piece in sample_pieces():
        rows = read(piece)
        known = {r.id for r in rows if isinstance(r, Person | Work | Project | Organization | Venue)}
        for row in rows:
            if isinstance(row, Row):
                for column in ("person", "work", "project", "organization", "venue", "subject"):
                    target = getattr(row, column, None)
                    assert target is None or target in known, (piece.form, row)


@needs_samples
@pytest.mark.parametrize("version", ["2.0", "2.1", "3.0"])
def test_json_and_xml_twins_give_the_same_rows(version: str) -> None:
    """The same record in JSON and XML: the same rows, keys and paths included."""
    twins = []
    for kind in ("json", "xml"):
        name = f"conversion-lib_record_{version}.{kind}"
        piece = the_piece((SAMPLES / name).read_bytes(), name)
        rows = read(piece)
        twins.append(Counter(r for r in rows if isinstance(r, Row)))
        assert len(of(Work, rows)) > 15
    assert twins[0] == twins[1]


# --- field by field ------------------------------------------------------------------------------------------


@needs_samples
def test_an_employment_of_the_live_interface_in_json() -> None:
    name = "live_datacite/live_v3.0_0000-0001-7701-701X_employments_200.json"
    me = "orcid:employments:0000-0001-7701-701X"
    place = f"{me}#employment/4977986/organization"
    assert read(the_piece((SAMPLES / name).read_bytes(), name)) == [
        Record(
            id=me,
            kind="person",
            about=me,
            url="https://orcid.org/0000-0001-7701-701X",
            created="2017-11-28T09:34:50Z",
            modified="2017-11-28T09:34:50Z",
        ),
        Person(id=me, profile=True),
        Identifier(subject=me, kind="person", scheme="orcid", value="0000-0001-7701-701X"),
        Organization(
            id=place, name_en="University of Cambridge", country="GB", region="Cambridgeshire", city="Cambridge"
        ),
        Identifier(subject=place, kind="organization", scheme="ringgold", value="2152"),
        Affiliation(
            person=me,
            path="employment/4977986",
            kind="employment",
            organization=place,
            organization_en="University of Cambridge",
            department="Faculty of Modern and Medieval Languages",
            title="Senior Lecturer in Latin American Literature and Culture",
            start="2006",
            ongoing=True,
            observed="2017-11-28",
            asserted_by="self",
            asserted="2017-11-28",
            revised="2017-11-28",
        ),
    ]


@needs_samples
def test_a_work_of_the_live_interface_in_json() -> None:
    name = "live_rorcid/v3.0_0000-0002-0734-2199_work_40038622_200.json"
    work = "orcid:work:0000-0002-0734-2199/work/40038622"
    title = "Introducing an R package for luminescence dating analysis "
    citation = (
        "@article{Kreutzer:2012ty, author= {Kreutzer, Sebastian and Schmidt, Christoph and Fuchs, Margret C and"
        " Dietze, Michael and Fischer, Manfred and Fuchs, Markus}, title= {{Introducing an R package for luminescence"
        " dating analysis }}, journal= {Ancient TL}, year= {2012}, volume= {30}, number= {1}, pages= {1--8}}\n\n"
    )
    assert read(the_piece((SAMPLES / name).read_bytes(), name)) == [
        Record(
            id=work,
            kind="work",
            about=work,
            url="https://orcid.org/0000-0002-0734-2199",
            created="2017-12-29T10:41:14Z",
            modified="2018-05-21T09:48:55Z",
        ),
        Person(id=f"{work}#owner"),
        Identifier(subject=f"{work}#owner", kind="person", scheme="orcid", value="0000-0002-0734-2199"),
        unit(work, "work", "work/40038622/title/title", "title", title, "en"),
        unit(work, "work", "work/40038622/citation/bibtex", "note", citation),
        Work(
            id=work,
            type="article",
            title_en=title.strip(),
            year=2012,
            date="2012",
            language="en",
            volume="30",
            issue="1",
            first_page="1",
            last_page="8",
            source_type="journal-article",
            country="GB",
        ),
        Identifier(subject=work, kind="work", scheme="orcid_put_cd", value="40038622"),
        Venue(id=f"{work}#venue[0]", name_en="Ancient TL"),
        PublishedIn(work=work, venue=f"{work}#venue[0]"),
        Link(
            subject=work,
            kind="work",
            url="http://www.ecu.edu/cs-cas/physics/Ancient-Timeline/upload/ATL_30-1-Kreutzer.pdf",
        ),
        Authored(
            work=work,
            path="work/40038622/owner",
            person=f"{work}#owner",
            role="owner",
            asserted_by="self",
            asserted="2017-12-29",
            revised="2018-05-21",
        ),
    ]


@needs_samples
def test_a_work_of_a_bulk_answer_in_xml_beside_an_error() -> None:
    name = "orcid-model_v3.0_samples/bulk-work-err.xml"
    piece, error = split((SAMPLES / name).read_bytes(), name)
    assert isinstance(piece, Piece)
    assert isinstance(error, Broken)
    assert error.reason == "ORCID answered with error 9037 (HTTP 400): Please specify a work type."
    work = f"orcid:work:{piece.record_id}"
    title = "Current treatment of left main coronary artery disease # 1"
    assert read(piece) == [
        Record(
            id=work,
            kind="work",
            about=work,
            created="2017-02-16T22:06:56Z",
            modified="2017-02-16T22:06:56Z",
            data_sources="8888-8888-8888-8880",
        ),
        unit(work, "work", "work/156043/title/title", "title", title),
        Work(id=work, type="article", title_en=title, year=2015, date="2015-06-01", source_type="journal-article"),
        Identifier(subject=work, kind="work", scheme="doi", value="10.1016/j.crvasa.2015.05.007", url="http://extId/1"),
        Identifier(subject=work, kind="work", scheme="orcid_put_cd", value="156043"),
        Venue(id=f"{work}#venue[0]", name_en="Cor et Vasa"),
        PublishedIn(work=work, venue=f"{work}#venue[0]"),
    ]


def unit(subject: str, kind: Any, field: str, role: str, text: str, lang: str = "") -> TextUnit:
    return TextUnit(
        record=subject.partition("#")[0],
        subject=subject,
        subject_kind=kind,
        field=field,
        role=role,
        lang=lang,
        text=text,
        text_hash=text_hash(text),
    )


# --- who and whose -------------------------------------------------------------------------------------------

ID = "0000-0002-1825-0097"


def record(**members: Any) -> dict[str, Any]:
    return {"orcid-identifier": {"uri": f"https://orcid.org/{ID}", "path": ID, "host": "orcid.org"}, **members}


def test_japanese_names_stand_in_japanese_order() -> None:
    name = {
        "given-names": {"value": "花子"},
        "family-name": {"value": "試験"},
        "credit-name": {"value": "Hanako Shiken"},
        "visibility": "public",
    }
    rows = read_value(record(person={"name": name, "other-names": {"other-name": [{"content": "シケン ハナコ"}]}}))
    (person,) = of(Person, rows)
    assert (person.name_ja, person.name_en, person.name_kana) == ("試験 花子", "Hanako Shiken", "シケン ハナコ")
    assert [(n.name, n.kind) for n in of(PersonName, rows)] == [
        ("試験 花子", "preferred"),
        ("Hanako Shiken", "credit"),
        ("シケン ハナコ", "variant"),
    ]


def test_the_resolver_id_of_kaken_also_gives_the_researcher_number() -> None:
    url = "https://nrid.nii.ac.jp/nrid/1000080802743/"
    assert person_identifiers("Researcher Name Resolver ID", "1000080802743", url) == [
        ("nrid", "1000080802743"),
        ("erad", "80802743"),
    ]
    assert person_identifiers("KAKEN", "80802743", None) == [("erad", "80802743")]
    assert person_identifiers("KAKEN", "80802743", url) == [("nrid", "1000080802743"), ("erad", "80802743")]
    assert person_identifiers("Scopus Author ID", "not a number", None) == []


@pytest.mark.parametrize(
    ("kind", "value", "funder", "expected"),
    [
        ("grant_number", "JP19KK0341", None, ("award", "19KK0341", "self")),
        ("grant_number", "20H01234", None, ("award", "20H01234", "self")),
        ("grant_number", "17520001", "Japan Society for the Promotion of Science", ("award", "17520001", "self")),
        ("grant_number", "17520001", "日本学術振興会", ("award", "17520001", "self")),
        ("grant_number", "01GM1234", "Bundesministerium", ("grant", "bundesministerium:01GM1234", "self")),
        ("grant_number", "17520001", "National Science Foundation", ("grant", "nationalsciencefoundation:17520001", "self")),
        ("grant_number", "12345", None, ("grant", "12345", "related")),
        ("doi", "https://doi.org/10.1/G", None, None),
        ("doi", "https://doi.org/10.52926/JPMJCR1", None, ("doi", "10.52926/jpmjcr1", "self")),
    ],
)  # fmt: skip
def test_only_japanese_numbers_are_awards(kind: str, value: str, funder: str | None, expected: Any) -> None:
    """A number joins with other sources only where it is Japan's, or where the funder stands before it."""
    assert project_identifier(kind, value, funder, None) == expected


def test_opaque_numbers_and_books_around_chapters_join_nothing() -> None:
    assert work_identifier("source-work-id", "17", "self", True) == ("source_work_id", "17", "related")
    assert work_identifier("isbn", "9784000000000", "self", True) in (None, ("isbn", "9784000000000", "part_of"))
    assert work_identifier("ISBN", "978-4-06-519981-7", "SELF", True) == ("isbn", "9784065199817", "part_of")
    assert work_identifier("isbn", "978-4-06-519981-7", "self", False) == ("isbn", "9784065199817", "self")
    assert work_identifier("doi", "no doi", "self", False) is None


def group(*summaries: dict[str, Any], ids: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"external-ids": {"external-id": ids or []}, "work-summary": list(summaries)}


def summary(
    code: int, title: str, index: str = "0", ids: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "put-code": code,
        "path": f"/{ID}/work/{code}",
        "title": {"title": {"value": title}},
        "type": "journal-article",
        "display-index": index,
        "visibility": "public",
        "external-ids": {"external-id": ids or []},
        **more,
    }


def identifier(kind: str, value: str, relationship: str = "self") -> dict[str, Any]:
    return {"external-id-type": kind, "external-id-value": value, "external-id-relationship": relationship}


def works(*groups: dict[str, Any]) -> list[Row | Skipped]:
    return read_value({"group": list(groups), "path": f"/{ID}/works"})


def test_a_group_is_one_work_told_by_the_summary_that_orcid_shows() -> None:
    """The highest display-index speaks; the other gives its identifiers and its title where that differs."""
    rows = works(group(summary(10001, "Draft", "0"), summary(10002, "Final", "1", [identifier("doi", "10.1234/A")])))
    (work,) = of(Work, rows)
    assert (work.id, work.title_en) == (f"orcid:works:{ID}#work/10002", "Final")
    assert {(i.scheme, i.value) for i in of(Identifier, rows) if i.kind == "work"} == {
        ("doi", "10.1234/a"),
        ("orcid_put_cd", "10001"),
        ("orcid_put_cd", "10002"),
    }
    assert [t.text for t in of(TextUnit, rows)] == ["Final", "Draft"]
    (owner,) = of(Authored, rows)
    assert (owner.role, owner.person) == ("owner", f"orcid:works:{ID}")


def test_what_one_source_calls_part_of_something_else_joins_nothing() -> None:
    rows = works(
        group(
            summary(10001, "T", "1", [identifier("doi", "10.1234/a")]),
            summary(10002, "T", "0", [identifier("doi", "10.1234/a", "part-of")]),
        )
    )
    assert [i.relation for i in of(Identifier, rows) if i.scheme == "doi"] == ["part_of"]


def test_an_issn_is_the_journals_and_a_grant_is_a_project() -> None:
    ids = [identifier("issn", "0387-5911", "part-of"), identifier("grant_number", "JP19KK0341", "funded-by")]
    rows = works(group(summary(10001, "T", ids=ids, **{"journal-title": {"value": "試験学会誌"}})))
    (venue,) = of(Venue, rows)
    assert venue.name_ja == "試験学会誌"
    assert {(i.scheme, i.value, i.relation) for i in of(Identifier, rows) if i.subject == venue.id} == {
        ("issn", "0387-5911", "self")
    }
    (project,) = of(Project, rows)
    assert project.award_number == "19KK0341"
    assert [o.project for o in of(OutputOf, rows)] == [project.id]


def test_contributors_with_an_id_are_people_and_others_names() -> None:
    work = summary(10001, "T")
    work["contributors"] = {
        "contributor": [
            {
                "credit-name": {"value": "Owner"},
                "contributor-orcid": {"path": ID, "host": "orcid.org"},
                "contributor-attributes": {"contributor-role": "author", "contributor-sequence": "first"},
                "contributor-email": {"value": "nobody@example.org"},
            },
            {"credit-name": {"value": "Other"}, "contributor-orcid": {"path": "0000-0001-5109-3700"}},
            {
                "credit-name": {"value": "Strange"},
                "contributor-orcid": {"path": "0000-0001-5109-3700", "host": "sandbox.orcid.org"},
            },
            {"credit-name": {"value": "Nobody"}, "contributor-attributes": {"contributor-role": "editor"}},
        ]
    }
    rows = read_value(work)
    found = [(a.name_as_written, a.role, a.position, a.person is not None) for a in of(Authored, rows)]
    assert found == [
        ("Owner", "author", 1, True),
        ("Other", "author", 2, True),
        ("Strange", "author", 3, False),
        ("Nobody", "editor", 4, False),
        (None, "owner", None, True),
    ]
    assert {a.person for a in of(Authored, rows) if a.name_as_written in ("Owner", None)} == {
        f"orcid:work:{ID}/work/10001#owner"
    }
    assert "nobody@example.org" not in repr(rows)


def test_a_grant_has_its_funder_member_and_number() -> None:
    funding = {
        "put-code": 77777,
        "path": f"/{ID}/funding/77777",
        "title": {"title": {"value": "防災の研究"}, "translated-title": {"value": "Disasters", "language-code": "en"}},
        "type": "grant",
        "organization": {"name": "日本学術振興会", "address": {"country": "JP"}},
        "external-ids": {"external-id": [identifier("grant_number", "JP20H01234")]},
        "start-date": {"year": {"value": "2020"}, "month": {"value": "04"}, "day": None},
        "amount": {"value": "1,300,000", "currency-code": "JPY"},
        "contributors": {"contributor": [{"contributor-orcid": {"path": ID}, "contributor-attributes": {"contributor-role": "lead"}}]},
        "source": {"source-client-id": {"path": "APP-1", "host": "orcid.org"}, "source-name": {"value": "Funder Wizard"}},
    }  # fmt: skip
    rows = read_value(funding)
    (project,) = of(Project, rows)
    assert (project.award_number, project.title_ja, project.title_en) == ("20H01234", "防災の研究", "Disasters")
    assert (project.funder_ja, project.start, project.total_cost, project.currency) == (
        "日本学術振興会",
        "2020-04",
        1_300_000,
        "JPY",
    )
    (member,) = of(MemberOf, rows)
    assert (member.role, member.asserted_by) == ("principal_investigator", "Funder Wizard (APP-1)")


# --- what must not come out ----------------------------------------------------------------------------------


def test_what_is_not_public_never_becomes_a_row() -> None:
    """Limited and private items, in the spelling of either version, at every level; of e-mails nothing at all."""
    secret = "SECRET"
    hidden = {"visibility": "LIMITED", "put-code": 5, "path": f"/{ID}/x/5"}
    value = record(
        person={
            "name": {"given-names": {"value": secret}, "visibility": "private"},
            "other-names": {"other-name": [{"content": secret, **hidden}]},
            "keywords": {"keyword": [{"content": secret, **hidden}]},
            "biography": {"content": secret, "visibility": "limited"},
            "researcher-urls": {"researcher-url": [{"url": {"value": f"https://{secret}"}, **hidden}]},
            "addresses": {"address": [{"country": {"value": secret}, **hidden}]},
            "external-identifiers": {
                "external-identifier": [{"external-id-type": secret, "external-id-value": secret, **hidden}]
            },
            "emails": {"email": [{"email": f"{secret}@example.org", "visibility": "public"}]},
        },
        **{
            "activities-summary": {
                "employments": {"employment-summary": [{"organization": {"name": secret}, **hidden}]},
                "services": {"affiliation-group": [{"summaries": [{"service-summary": {"role-title": secret, **hidden}}]}]},
                "fundings": {"group": [{"funding-summary": [{"title": {"title": {"value": secret}}, **hidden}]}]},
                "works": {
                    "group": [
                        {
                            "external-ids": {"external-id": [identifier("doi", f"10.1234/{secret}")]},
                            "work-summary": [
                                {"title": {"title": {"value": secret}}, **hidden},
                                {"title": {"title": {"value": "Shown"}}, "visibility": "public"},
                            ],
                        }
                    ]
                },
            }
        },
    )  # fmt: skip
    rows = read_value(value)
    assert secret.lower() not in repr(rows).lower()
    assert [w.title_en for w in of(Work, rows)] == ["Shown"]
    assert sum(s.reason == "is not public" for s in of(Skipped, rows)) >= 9


def test_ids_of_test_registries_identify_nobody() -> None:
    value = {"orcid-identifier": {"path": ID, "host": "sandbox.orcid.org"}, "person": {}}
    piece = the_piece(json.dumps(value).encode())
    assert piece.record_id == f"sandbox.orcid.org/{ID}"
    assert of(Identifier, read(piece)) == []


def test_an_id_with_a_wrong_check_digit_identifies_nobody() -> None:
    rows = read_value({"orcid-identifier": {"path": "0000-0002-1825-0098"}, "person": {}})
    assert of(Identifier, rows) == []
    assert [s.reason for s in of(Skipped, rows)] == ["is no iD: wrong check digit"]


# --- documents -----------------------------------------------------------------------------------------------


def test_the_yearly_archive_gives_the_id_by_path() -> None:
    """`activities` members hold one activity each; the iD stands in the document, else in the member's name."""
    xml = (
        '<employment:employment xmlns:employment="http://www.orcid.org/ns/employment" '
        'xmlns:common="http://www.orcid.org/ns/common" put-code="123456" visibility="public"{path}>'
        "<common:organization><common:name>試験大学</common:name></common:organization></employment:employment>"
    )
    name = (
        f"ORCID_2026_10_activities_7.tar.gz!ORCID_2026_10_activities_7/097/{ID}/employments/{ID}_employments_123456.xml"
    )
    by_name = the_piece(xml.format(path="").encode(), name)
    by_path = the_piece(xml.format(path=f' path="/{ID}/employment/123456"').encode(), "x")
    assert by_name.record_id == by_path.record_id == f"{ID}/employment/123456"
    assert (by_name.context, by_path.context) == (ID, "")
    first, second = read(by_name), read(by_path)
    assert _rows(first) == _rows(second)
    assert [a.organization_ja for a in of(Affiliation, first)] == ["試験大学"]


def test_a_record_of_the_archive_is_cut_without_parsing() -> None:
    """A summary that is damaged further down still becomes a record of its owner, and is then refused as a whole."""
    raw = (
        f'<record:record path="/{ID}" xmlns:record="http://www.orcid.org/ns/record" xmlns:common="http://www.orcid.org/ns/common">'
        f"<common:orcid-identifier><common:uri>https://orcid.org/{ID}</common:uri><common:path>{ID}</common:path>"
        "<common:host>orcid.org</common:host></common:orcid-identifier><cut"
    ).encode()
    piece = the_piece(raw, f"097/{ID}.xml")
    assert (piece.form, piece.record_id, piece.raw) == ("record", ID, raw)
    with pytest.raises(BadRecord):
        read(piece)


def test_lines_of_any_form() -> None:
    """JSON Lines may mix records, works, hits and errors; a damaged line is broken, the others load."""
    lines = [
        json.dumps(record(person={})),
        json.dumps(summary(10001, "T")),
        '{"orcid-id": "0000-0001-5109-3700", "given-names": "A", "family-names": "B", "institution-name": ["U"]}',
        '{"response-code": 409, "error-code": 9018, "user-message": "locked"}',
        '{"orcid-identifier": ',
        '{"group": [], "path": "/0000-0001-5109-3700/fundings"}',
        '{"something": "else"}',
    ]
    found = split("\n".join(lines).encode() + b"\n")
    assert [(p.form if isinstance(p, Piece) else "-", p.path) for p in found] == [
        ("record", "line 1"),
        ("work", "line 2"),
        ("hit", "line 3"),
        ("-", "line 4"),
        ("-", "line 5"),
        ("fundings", "line 6"),
        ("-", "line 7"),
    ]
    hit = found[2]
    assert isinstance(hit, Piece)
    assert [a.organization_en for a in of(Affiliation, read(hit))] == ["U"]


def test_a_damaged_second_line_loses_only_itself() -> None:
    first = json.dumps(record(person={}))
    found = split(f"{first}\nxxxx\n{json.dumps(summary(10001, 'T'))}\n".encode())
    assert [p.form if isinstance(p, Piece) else p.path for p in found] == ["record", "line 2", "work"]


def test_a_first_line_longer_than_the_look_ahead() -> None:
    long = json.dumps(record(person={"biography": {"content": "x" * 1_500_000}}))
    found = split(f"{long}\n{json.dumps(summary(10001, 'T'))}\n".encode())
    assert [p.form for p in found if isinstance(p, Piece)] == ["record", "work"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   \n",
        b"name,orcid\nA,0000-0002-1825-0097\n",
        b'{"title": {"ja": "x"}, "creator": []}',
        b'<?xml version="1.0"?><records><rec/></records>',
        b"[1, 2",
        b"12",
        b'<n:notification xmlns:n="http://www.orcid.org/ns/notification"/>',
    ],
)
def test_what_is_not_orcids_is_refused_as_a_whole(raw: bytes) -> None:
    with pytest.raises(NothingUsable):
        split(raw)


# --- damage --------------------------------------------------------------------------------------------------


@needs_samples
def test_no_damage_raises_anything_but_what_is_announced() -> None:
    """Real records cut, with bytes changed, values replaced by wrong types, surrogates, depth: never a crash."""
    chance = random.Random(7)
    smallest: dict[tuple[str, bool], Piece] = {}
    for piece in sorted(sample_pieces(), key=lambda p: -len(p.raw)):
        if len(piece.raw) < 80_000:
            smallest[piece.form, piece.raw[:1] == b"<"] = piece
    chosen = list(smallest.values())
    outcomes: Counter[str] = Counter()
    for number in range(700):
        raw = _damaged(chosen[number % len(chosen)], number, chance)
        try:
            found = split(raw)
        except NothingUsable:
            outcomes["refused"] += 1
            continue
        for piece in found:
            if isinstance(piece, Broken):
                assert piece.reason
                outcomes["broken"] += 1
                continue
            try:
                rows = read(piece)
            except BadRecord:
                outcomes["bad"] += 1
            else:
                assert all(isinstance(r, Row | Skipped) for r in rows)
                repr(rows).encode("utf-8")
                outcomes["read"] += 1
    assert min(outcomes[o] for o in ("broken", "bad", "read")) > 20, outcomes


_WRONG: list[Any] = [
    None,
    [],
    {},
    0,
    -1,
    1.5,
    True,
    "",
    "\ud800",
    [None],
    [["x"]],
    {"value": []},
    {"value": {"value": 1}},
]


def _damaged(piece: Piece, number: int, chance: random.Random) -> bytes:
    raw = piece.raw
    match number % 5:
        case 0:
            return raw[: chance.randrange(len(raw))]
        case 1:
            at = chance.randrange(len(raw))
            return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        case 2 if raw[:1] != b"<":
            return b'{"orcid-identifier":' + b"[" * 500 + b"]" * 500 + b"}"
        case _ if raw[:1] == b"<":
            root = etree.fromstring(raw)
            elements = list(root.iter(etree.Element))
            for element in chance.sample(elements, min(3, len(elements))):
                element.text = chance.choice(["", "x", "９", "-1", "\u200b" * 3])
                element.attrib.clear()
                element[:] = [] if chance.random() < 0.5 else element[:1] * 1
            return etree.tostring(root)
        case _:
            value = json.loads(raw)
            holders = _holders(value)
            for holder, key in chance.sample(holders, min(3, len(holders))):
                holder[key] = chance.choice(_WRONG)
            return json.dumps(value).encode()


def _holders(value: Any) -> list[tuple[Any, Any]]:
    found = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(inner, dict | list):
            found += _holders(inner)
    return found


def test_every_wrong_type_is_named() -> None:
    """A value that is no text where text belongs is left out and said so; the rest of the record loads."""
    work = summary(10001, "T", **{"journal-title": ["x"], "url": {"value": {"a": 1}}, "publication-date": "2004"})
    rows = read_value(work)
    assert [w.title_en for w in of(Work, rows)] == ["T"]
    assert {s.path.rpartition("/")[2] for s in of(Skipped, rows)} == {"journal-title", "url", "publication-date"}


def test_lone_surrogates_are_replaced_and_named() -> None:
    raw = b'{"put-code": 10001, "path": "/0000-0002-1825-0097/work/10001", "type": "book", "title": {"title": {"value": "a\\ud800b"}}}'
    rows = read(the_piece(raw))
    assert [w.title_en for w in of(Work, rows)] == ["a\ufffdb"]
    assert any("surrogate" in s.reason for s in of(Skipped, rows))


# --- the fields list -----------------------------------------------------------------------------------------


@needs_samples
def test_fields_list_knows_every_field_of_the_samples() -> None:
    """≥ 85 % of all values are read, ≥ 95 % read or left out for a stated reason; uses and reasons are well-formed."""
    total: Counter[str] = Counter()
    for piece in sample_pieces():
        for path, times in occurrences(piece.raw, piece.form, "orcid").items():
            total[listed_fields("orcid").get((piece.form, path), ("unknown", ""))[0]] += times
    assert all(
        use in USES and note.strip() and "*" not in path for (_, path), (use, note) in listed_fields("orcid").items()
    )
    assert total["read"] / total.total() >= 0.85
    assert 1 - total["unknown"] / total.total() >= 0.99


@needs_samples
def test_what_the_fields_list_calls_read_is_read() -> None:
    """For each path called read, some other value at it changes rows; samples of the schema are made public first."""
    met: dict[str, set[str]] = defaultdict(set)
    for piece in sample_pieces():
        met[piece.form] |= set(occurrences(piece.raw, piece.form, "orcid"))
    claimed = {k for k, (use, _) in listed_fields("orcid").items() if use == "read" and k[1] in met[k[0]]}
    assert claimed - set(effects(claimed)) == set()


@needs_samples
def test_what_is_private_is_not_read() -> None:
    """No value at a path called private changes any row."""
    private = {k for k, (use, _) in listed_fields("orcid").items() if use == "private"}
    assert set(effects(private, most=6)) == set()
