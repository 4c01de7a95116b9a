"""A release reads as plain, valid N-Quads that say what its tables say, to the letter, and nothing more."""

import gzip
import io
import random
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rdflib import RDF, BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS, XSD

from kg import records as r
from kg.errors import FixSetup
from kg.rdf import (
    DEFAULT_BASE,
    check_base,
    date_term,
    literal,
    open_tables,
    output,
    read_mapping,
    segment,
    web_term,
    write_nquads,
)
from ontology import fields

pytestmark = pytest.mark.filterwarnings("ignore:Dataset.*is deprecated:DeprecationWarning")
"""rdflib warns of its own calls when it parses N-Quads."""

BASE = "https://data.example.ac.jp/kg/"
ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
KG = "ontology#"

P1, P2, W1, R1, O1, T1 = "P0000000000000001", "P0000000000000002", "W0000000000000001", "R0000000000000001", "O1", "T1"
MAIL = "mailto:hana@example.ac.jp"
RECORD = "cinii:item:1390000000000000001"

ROWS: list[r.Row] = [
    r.Record(id=RECORD, kind="work", about=W1, url="https://cir.nii.ac.jp/crid/1390000000000000001", created="2024-05-01"),
    r.Person(id=P1, name_ja="青木 花", name_kana="アオキ ハナ", name_en="Hana Aoki", profile=True),
    r.Person(id=P2, name_ja="辺土名 陸"),
    r.Organization(id=O1, name_ja="架空大学", name_en="Imaginary University"),
    r.Work(id=W1, type="article", title_ja="津波避難の研究", year=2020, date="2020-04", refereed=True, issue=""),
    r.Project(id=R1, award_number="19K00001", title_ja="防災の課題", direct_cost=1000000, start_fiscal_year=2019),
    r.Identifier(subject=W1, kind="work", scheme="doi", value="10.1234/a<b>"),
    r.Identifier(subject=W1, kind="work", scheme="doi", value="10.1234/book", relation="part_of"),
    r.TextUnit(
        record=RECORD, subject=W1, subject_kind="work", field="dc:subject[0]", role="keyword", lang="ja", text="津波",
        text_hash="0" * 64,
    ),
    *(
        r.Assertion(
            subject=W1, subject_kind="work", predicate="has_topic", object=T1, label="津波", lang="ja", record=RECORD,
            field="dc:subject[0]", start=0, end=2, text_hash="0" * 64, confidence=0.5, status=status, producer=status,
            settings_hash="0" * 64,
        )
        for status in ("accepted", "proposed", "rejected")
    ),
    r.Link(subject=P1, kind="person", url="https://example.ac.jp/a b?q=<x>"),
    r.Link(subject=P1, kind="person", url=MAIL),
    r.Authored(work=W1, path="creator[0]", person=P1, position=1, name_as_written="青木花"),
    r.Authored(work=W1, path="creator[1]", position=2, name_as_written="名のみ"),
    r.MemberOf(project=R1, path="member[0]", person=P1, role="principal_investigator"),
    r.OutputOf(work=W1, project=R1),
    r.WorkRelation(work=W1, other="W2", kind="cited_by"),
    r.InField(subject=R1, subject_kind="project", scheme="kaken-section", notation="25030", basis="project_section"),
    r.InField(
        subject=P1, subject_kind="person", scheme="researchmap-area", notation="A25030", label="x", basis="researchmap_area"
    ),
    r.InField(
        subject=W1, subject_kind="work", scheme="ndc", label="519 公害", lang="ja", basis="subject_heading"
    ),
    r.Collaborated(a=P1, b=P2, works=1, projects=0, first_year=2020, last_year=2020),
    r.SearchDocument(
        id=P1, row=0, kind="person", title="青木 花", tokens_ja="", tokens_en="", names="", text_hash="0", tokenizer="t"
    ),
]  # fmt: skip
CLAIMS = {c.table for c in r.LAKE} - {"record", "person", "organization", "work", "venue", "project"}


def arrow_table(rows: list[r.Row]) -> pa.Table:
    kind = type(rows[0])
    columns = [pa.field(c.name, ARROW[c.type], nullable=c.nullable) for c in r.columns(kind)]
    values = [asdict(row) for row in rows]
    if kind.table in CLAIMS:
        columns += [pa.field(c.name, pa.string()) for c in r.PROVENANCE]
        known = {
            "source": "cinii",
            "source_record": RECORD,
            "content_hash": "0" * 64,
            "retrieved": "2026-01-01T00:00:00Z",
        }
        values = [v | known for v in values]
    return pa.Table.from_pylist(values, schema=pa.schema(columns))


def write_tables(rows: list[r.Row], folder: Path) -> Path:
    for kind in r.RELEASE:
        if of_kind := [row for row in rows if type(row) is kind]:
            (folder / kind.table).mkdir(parents=True)
            pq.write_table(arrow_table(of_kind), folder / kind.table / "part-0.parquet")
    return folder


def exported(path: Path, base: str = DEFAULT_BASE, release: str = "r1") -> bytes:
    out = io.BytesIO()
    with open_tables(path) as tables:
        write_nquads(tables, out, base=base, release=release)
    return out.getvalue()


def parse(quads: bytes) -> Dataset:
    graph = Dataset(default_union=True)
    graph.parse(data=quads.decode("utf-8"), format="nquads")
    return graph


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(ROWS, tmp_path_factory.mktemp("release") / "tables")


@pytest.fixture(scope="module")
def quads(folder: Path) -> bytes:
    return exported(folder)


@pytest.fixture(scope="module")
def graph(quads: bytes) -> Dataset:
    return parse(quads)


def iri(rest: str) -> URIRef:
    return URIRef(DEFAULT_BASE + rest)


def graphs_of(graph: Dataset, triple: tuple[URIRef | None, URIRef, URIRef | Literal | None]) -> set[str]:
    return {str(g) for *_, g in graph.quads((*triple, None))}


def test_every_line_is_one_quad_without_blank_nodes(quads: bytes, graph: Dataset) -> None:
    """As many distinct lines as quads; nothing is a blank node."""
    lines = quads.decode("utf-8").splitlines()
    found = list(graph.quads((None, None, None, None)))
    assert len(set(lines)) == len(found)
    assert all(line.endswith(" .") for line in lines)
    assert not any(isinstance(term, BNode) for quad in found for term in quad)


def test_counts_agree_with_the_tables(graph: Dataset) -> None:
    """Each table with a class has as many nodes of it as rows that are exported; edges as many as rows that say them."""
    mapping = read_mapping()
    nodes = {name: len({s for s, *_ in graph.quads((None, RDF.type, URIRef(c), None))})
             for name, t in mapping.items() for c in t.classes}  # fmt: skip
    for kind in (r.Record, r.Person, r.Organization, r.Work, r.Project, r.Identifier, r.TextUnit, r.Link, r.Authored,
                 r.MemberOf, r.InField, r.Collaborated):  # fmt: skip
        rows = [row for row in ROWS if type(row) is kind and getattr(row, "url", None) != MAIL]
        assert nodes[kind.table] == len(rows), kind.table
    assert nodes["assertion"] == 2
    assert set(graph.objects(iri(f"id/{W1}"), DCTERMS.creator)) == {iri(f"id/{P1}")}
    assert set(graph.objects(iri(f"id/{R1}"), iri(KG + "principalInvestigator"))) == {iri(f"id/{P1}")}
    assert (iri("id/W2"), URIRef("http://purl.org/spar/cito/cites"), iri(f"id/{W1}")) in graph


def test_values_are_those_of_the_tables(graph: Dataset) -> None:
    """Languages, years, dates, numbers and truth values carry their types; empty text says nothing."""
    assert set(graph.objects(iri(f"id/{P1}"), FOAF.name)) == {
        Literal("青木 花", "ja"), Literal("アオキ ハナ", "ja-Kana"), Literal("Hana Aoki", "en"),
    }  # fmt: skip
    work = iri(f"id/{W1}")
    assert list(graph.objects(work, DCTERMS.issued)) == [Literal("2020-04", datatype=XSD.gYearMonth)]
    assert list(graph.objects(work, iri(KG + "refereed"))) == [Literal(True)]
    assert list(graph.objects(work, URIRef("http://prismstandard.org/namespaces/basic/2.0/number"))) == []
    assert list(graph.objects(iri(f"id/{R1}"), iri(KG + "directCost"))) == [Literal(1000000)]


def test_each_graph_holds_its_own(graph: Dataset) -> None:
    """Claims lie in the graph of their source, merged things in entities, joint work in derived."""
    assert graphs_of(graph, (iri(f"id/{W1}"), DCTERMS.creator, None)) == {DEFAULT_BASE + "graph/source/cinii"}
    assert graphs_of(graph, (iri(f"id/{P1}"), FOAF.name, None)) == {DEFAULT_BASE + "graph/entities"}
    assert graphs_of(graph, (iri(f"id/{P1}"), iri(KG + "collaboratedWith"), None)) == {DEFAULT_BASE + "graph/derived"}


def test_what_is_proposed_stays_apart(quads: bytes, graph: Dataset) -> None:
    """Proposed assertions lie in their own graph, make no plain triple, and rejected ones are not written. The default
    graph holds the description of the release only."""
    status = iri(KG + "assertionStatus")
    assert graphs_of(graph, (None, status, Literal("proposed"))) == {DEFAULT_BASE + "graph/proposed"}
    assert graphs_of(graph, (None, status, Literal("accepted"))) == {DEFAULT_BASE + "graph/accepted"}
    assert graphs_of(graph, (None, status, Literal("rejected"))) == set()
    assert graphs_of(graph, (iri(f"id/{W1}"), iri(KG + "hasTopic"), None)) == {DEFAULT_BASE + "graph/accepted"}
    in_default = [line for line in quads.decode().splitlines() if line.startswith(f"<{DEFAULT_BASE}release/")]
    assert len(in_default) == 2
    assert all("graph/" in line for line in quads.decode().splitlines() if line not in in_default)


def test_fields_are_linked_by_what_the_scheme_knows(graph: Dataset) -> None:
    """A section by its code, a researchmap area by its code to its own id, an unknown heading by its label."""
    in_field = iri(KG + "inField")
    assert set(graph.objects(iri(f"id/{R1}"), in_field)) == {iri("field/kaken-section:25030")}
    assert set(graph.objects(iri(f"id/{P1}"), in_field)) == {iri("field/researchmap-area:防災工学")}
    assert set(graph.objects(iri(f"id/{W1}"), in_field)) == {iri("field/ndc:=519%20公害")}


def test_nothing_personal_or_internal_is_written(quads: bytes) -> None:
    """No mail address even where a source links to one; no search index."""
    text = quads.decode()
    assert "mailto" not in text
    assert "hana@" not in text
    assert "search_document" not in text


def test_identifier_of_a_container_is_not_the_works_own(graph: Dataset) -> None:
    """prism:doi is said for the work's own DOI only."""
    doi = URIRef("http://prismstandard.org/namespaces/basic/2.0/doi")
    assert list(graph.objects(iri(f"id/{W1}"), doi)) == [Literal("10.1234/a<b>")]


def test_same_release_same_bytes(tmp_path: Path, quads: bytes) -> None:
    """The order of rows and parts and the kind of storage make no difference."""
    shuffled = list(ROWS)
    random.Random(4).shuffle(shuffled)
    again = write_tables(shuffled, tmp_path / "tables")
    assert exported(again) == quads
    file = tmp_path / "graph's.duckdb"
    with duckdb.connect(str(file)) as made:
        for folder in sorted(again.iterdir()):
            made.execute(f"CREATE TABLE {folder.name} AS FROM read_parquet('{folder}/*.parquet')")
    assert exported(file) == quads


def test_base_replaces_the_default_everywhere(folder: Path, quads: bytes) -> None:
    """With another base no IRI of the default base is left, and nothing else changes."""
    other = exported(folder, base=BASE)
    assert DEFAULT_BASE.encode() not in other
    assert other.replace(BASE.encode(), DEFAULT_BASE.encode()) == quads


@pytest.mark.parametrize("base", ["", "kg", "https://example.org/kg", "ftp://x/", "https://a b/", "https://x/<y>/"])
def test_a_base_that_cannot_be_one_is_refused(base: str) -> None:
    """The error names the setting and says what it should look like."""
    with pytest.raises(FixSetup, match="base_iri"):
        check_base(base)


def nasty(count: int) -> list[str]:
    """Strings that break careless writers, the same every time. Fewer control characters than letters."""
    rng = random.Random(20)
    pieces = ['"', "\\", "\n", "\r", "\t", "\x00", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\u200f", "\ufeff", "'''", '"""',
              " .\n<a> <b> <c> .", "\\u0041", "^^<x>", "@ja", "<", ">", "{", "}", "日本語", "𠮷", "👩‍🔬", "é", "e\u0301", "ﾊﾝｶｸ", "%00",
              "\ufffd", "\ufdd0", "\U0010ffff", "\ue000", " ", "　", "a"]  # fmt: skip
    return ["".join(rng.choices(pieces, k=rng.randint(1, 12))) for _ in range(count)]


def test_a_thousand_nasty_strings_survive(tmp_path: Path) -> None:
    """Titles, language tags, ids and URLs of any characters come back to the letter, and the output stays valid."""
    strings = nasty(1000)
    rows: list[r.Row] = [r.Work(id=f"W{i:04}", type="misc", title_other=s) for i, s in enumerate(strings)]
    rows += [r.PersonName(person=f"P{i:04}", name=f"{i}{s}", lang=s) for i, s in enumerate(strings)] + [
        r.Link(subject=s, kind="work", url=f"https://example.org/{s}", role=str(i)) for i, s in enumerate(strings)
    ]
    graph = parse(exported(write_tables(rows, tmp_path / "tables")))
    title = URIRef(str(DCTERMS.title))
    for i, s in enumerate(strings):
        assert [str(o) for o in graph.objects(iri(f"id/W{i:04}"), title)] == [s]
    names = {
        str(o) for *_, o, _ in graph.quads((None, URIRef("http://www.w3.org/2000/01/rdf-schema#label"), None, None))
    }
    assert names == {f"{i}{s}" for i, s in enumerate(strings)}
    links = {s for s, *_ in graph.quads((None, iri(KG + "linkRole"), None, None))}
    assert len(links) == len(strings)


def test_iris_never_hold_what_they_may_not() -> None:
    """Segments and web pages are free of the characters that IRIs exclude; different ids stay different."""
    strings = sorted(set(nasty(1000)))
    parts = [segment(s) for s in strings]
    assert len(set(parts)) == len(strings)
    forbidden = set('<>"{}|^`\\ ') | {chr(c) for c in range(0x21)}
    for s in strings:
        assert not forbidden & set(segment(s))
        assert "/" not in segment(f"{s}/")
        page = web_term(f"https://example.org/{s}")
        assert page is not None
        assert not forbidden & set(page[1:-1])


def test_web_pages_that_are_none_become_text() -> None:
    """A broken address keeps its letters as a literal; mail and telephone never appear."""
    assert web_term("www.example.org") == '"www.example.org"'
    assert web_term("https://例え.jp/道?q=100%") == "<https://例え.jp/道?q=100%25>"
    assert web_term(" MAILTO:a@example.org") is None
    assert web_term("tel:+81") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2020", "gYear"), ("2020-04", "gYearMonth"), ("2020-02-29", "date"), ("2026-01-16T00:19:41Z", "dateTime"),
     ("2021-02-29", None), ("2020-13", None), ("0000", None), ("9999年", None), ("2020-01-01T25:00:00Z", None)],
)  # fmt: skip
def test_dates_are_typed_only_when_they_are_dates(text: str, kind: str | None) -> None:
    """A day that does not exist stays text."""
    assert date_term(text) == literal(text, datatype=str(XSD[kind]) if kind else None)


def test_curated_fields_have_the_same_iris(tmp_path: Path) -> None:
    """A field of the release has the IRI that the Turtle files give it, with its labels and broader fields."""
    tables = fields.read()
    for name in ("field", "field_label", "broader", "field_match"):
        (tmp_path / "tables" / name).mkdir(parents=True)
        pq.write_table(getattr(tables, name), tmp_path / "tables" / name / "part-0.parquet")
    graph = parse(exported(tmp_path / "tables"))
    curated = Graph()
    for path in sorted(fields.FOLDER.glob("*.ttl")):
        curated.parse(path, format="turtle")
    for prop in (SKOS.prefLabel, SKOS.altLabel, SKOS.broader, SKOS.closeMatch):
        concepts = set(curated.subjects(RDF.type, SKOS.Concept))
        wanted = {(s, o) for s, o in curated.subject_objects(prop) if s in concepts}
        if prop == SKOS.closeMatch:
            wanted |= {(o, s) for s, o in wanted}
        assert {(s, o) for s, o in graph.subject_objects(prop)} == wanted, prop


def test_a_table_without_its_key_is_refused(tmp_path: Path) -> None:
    """A release that an older version built is named with the way out."""
    (tmp_path / "tables" / "work").mkdir(parents=True)
    pq.write_table(pa.table({"type": ["misc"]}), tmp_path / "tables" / "work" / "part-0.parquet")
    with pytest.raises(FixSetup, match="work of this release has no column id"):
        exported(tmp_path / "tables")


def stopped_half_way(path: Path) -> None:
    with output(path) as file:
        file.write(b"half")
        raise ValueError("stop")


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    """An interrupted export leaves no file; a compressed one has no time in it."""
    with pytest.raises(ValueError, match="stop"):
        stopped_half_way(tmp_path / "a.nq")
    assert list(tmp_path.iterdir()) == []
    for name in ("a.nq.gz", "b.nq.gz"):
        with output(tmp_path / name) as file:
            file.write(b"whole")
    assert gzip.decompress((tmp_path / "a.nq.gz").read_bytes()) == b"whole"
    assert (tmp_path / "a.nq.gz").read_bytes() == (tmp_path / "b.nq.gz").read_bytes()
