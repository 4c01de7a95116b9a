"""Records and ontology never drift apart: every column is mapped or excluded, every mapping and term has its use."""

from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef

from kg.rdf import DEFAULT_BASE, read_mapping
from kg.records import PROVENANCE, RELEASE, columns

ONTOLOGY = Path(__file__).parents[2] / "ontology"
TERMS, MAP = DEFAULT_BASE + "ontology#", DEFAULT_BASE + "mapping#"
REFERENCES = {None, "entity", "record", "field", "scheme", "web"}


def parsed(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(ONTOLOGY / name, format="turtle")
    return graph


@pytest.fixture(scope="module")
def terms() -> Graph:
    return parsed("kg.ttl")


def test_every_column_is_mapped_or_excluded() -> None:
    """Each column of each table of a release stands in mapping.ttl: a property, a part in an edge, or a reason."""
    mapping = read_mapping()
    for row in RELEASE:
        table = mapping[row.table]
        if table.excluded:
            continue
        have = {c.name: c for c in table.columns}
        for column in columns(row):
            assert column.name in have, f"{row.table}.{column.name} is in kg/records.py but not in ontology/mapping.ttl"
            c = have[column.name]
            in_edge = any(column.name in (e.source, e.target) for e in table.edges)
            assert bool(c.excluded) != bool(c.property or in_edge), f"{row.table}.{column.name}"
            assert table.classes or not c.property, f"{row.table}: a property needs a class"
    assert {c.name for c in mapping["provenance"].columns} == {c.name for c in PROVENANCE}


def test_every_mapping_names_an_existing_column() -> None:
    """No table, column, condition or edge of mapping.ttl is about something that is not in kg.records."""
    rows = {row.table: row for row in RELEASE}
    mapping = read_mapping()
    assert set(mapping) == {*rows, "provenance"}
    provenance = {c.name for c in PROVENANCE}
    for name, row in rows.items():
        table = mapping[name]
        known = {c.name for c in columns(row)}
        assert {c.name for c in table.columns} <= known | (provenance if name == "record" else set()), name
        languages = {c.language_column for c in table.columns if c.language_column}
        whens = {w.column for e in table.edges for w in e.when} | {w.column for w, _ in table.class_when}
        ends = {x for e in table.edges for x in (e.source, e.target)}
        assert languages | whens | {w.column for w in table.omit_when} <= known, name
        assert ends <= known | {"row"} | ({"field"} if name == "in_field" else set()), name
        assert {c.reference for c in table.columns} <= REFERENCES, name
        assert {c.shape for c in table.columns} <= {None, "date", "year"}, name
        assert len({c.name for c in table.columns}) == len(table.columns), name


def test_every_exclusion_has_its_reason_in_both_languages() -> None:
    """A reason is a sentence in Japanese and one in English."""
    graph = parsed("mapping.ttl")
    reasons = set(graph.objects(None, URIRef(MAP + "excluded")))
    assert reasons == set(graph.subjects(RDF.type, URIRef(MAP + "Reason")))
    for reason in reasons:
        assert {o.language for o in graph.objects(reason, RDFS.comment) if isinstance(o, Literal)} == {"ja", "en"}


def own(graph: Graph) -> set[str]:
    return {
        str(term)
        for triple in graph
        for term in triple
        if isinstance(term, URIRef) and str(term).startswith((TERMS, MAP)) and str(term) not in (TERMS, MAP)
    }


def test_every_coined_term_is_defined_and_used(terms: Graph) -> None:
    """kg.ttl defines exactly the terms that the mapping and the schemes use."""
    used = own(parsed("mapping.ttl", *(f"fields/{p.name}" for p in sorted((ONTOLOGY / "fields").glob("*.ttl")))))
    defined = {str(s) for s in terms.subjects(RDF.type) if str(s).startswith((TERMS, MAP))}
    assert used - defined == set()
    assert defined - used == set()


def test_every_coined_term_is_explained_in_both_languages(terms: Graph) -> None:
    """A label and a comment in Japanese and in English, no two terms called alike."""
    labels: list[tuple[str, str]] = []
    for term in sorted({s for s in terms.subjects(RDF.type) if str(s).startswith((TERMS, MAP))}):
        for kind in (RDFS.label, RDFS.comment):
            found = [o for o in terms.objects(term, kind) if isinstance(o, Literal)]
            assert sorted(str(o.language) for o in found) == ["en", "ja"], term
            assert all(str(o).strip() for o in found), term
        space = MAP if str(term).startswith(MAP) else TERMS
        kind_of_term = str(terms.value(term, RDF.type))
        labels += [(space + kind_of_term, str(o)) for o in terms.objects(term, RDFS.label)]
    assert len(labels) == len(set(labels))


def test_reused_properties_come_from_the_vocabularies_that_are_named() -> None:
    """Nothing is mapped to a namespace that mapping.ttl does not declare."""
    declared = [str(n) for _, n in parsed("mapping.ttl").namespaces()]
    for table in read_mapping().values():
        for name in [c.property for c in table.columns] + [e.property for e in table.edges] + list(table.classes):
            assert name is None or any(name.startswith(n) for n in declared), name
