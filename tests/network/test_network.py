"""A release leaves as a plain graph that other programs read: the right people, joint items and years, and valid files."""

from __future__ import annotations

import gzip
import io
import itertools
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from lxml import etree

from kg.cli import cli
from kg.network import WHAT, Network, Wanted, open_network, write_gexf, write_graphml, write_parquet
from kg.network.markup import escape
from kg.people import PeopleQuery, everybody, find

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
GEXF = "{http://gexf.net/1.3}"


@pytest.fixture(scope="module")
def release(small_country):
    return small_country.release


def rows(release, wanted: Wanted) -> tuple[dict[str, dict], dict[tuple[str, str], dict]]:
    """Nodes by id and edges by their ends, read from the tables."""
    with open_network(release, wanted) as network:
        nodes = [r for b in network.nodes.batches() for r in b.to_pylist()]
        edges = [r for b in network.edges.batches() for r in b.to_pylist()]
        assert (len(nodes), len(edges)) == (network.nodes.rows, network.edges.rows)
    return {n["id"]: n for n in nodes}, {(e["source"], e["target"]): e for e in edges}


def graphml_of(data: bytes) -> tuple[dict[str, dict], dict[tuple[str, str], dict]]:
    """A GraphML document read by its rules: every `data` has a declared key of the right owner, and its type holds."""
    root = etree.fromstring(data)
    assert root.tag == GRAPHML + "graphml"
    order = [etree.QName(x).localname for x in root]
    assert order == sorted(order, key=["desc", "key", "graph"].index), "desc, keys, graph: the order of the schema"
    cast = {"string": str, "int": int, "long": int, "double": float, "boolean": {"true": True, "false": False}.get}
    keys = {
        k.get("id"): (k.get("for"), k.get("attr.name"), cast[k.get("attr.type")]) for k in root.iter(GRAPHML + "key")
    }
    graph = root.find(GRAPHML + "graph")
    assert graph.get("edgedefault") == "undirected"

    def said(x) -> dict:
        owner = etree.QName(x).localname
        assert all(keys[d.get("key")][0] == owner for d in x)
        return {keys[d.get("key")][1]: keys[d.get("key")][2](d.text or "") for d in x}

    nodes = {n.get("id"): {"id": n.get("id"), **said(n)} for n in graph.iter(GRAPHML + "node")}
    edges = {(e.get("source"), e.get("target")): said(e) for e in graph.iter(GRAPHML + "edge")}
    assert all(a in nodes and b in nodes for a, b in edges)
    return nodes, edges


def gexf_of(data: bytes) -> tuple[dict[str, dict], dict[tuple[str, str], dict]]:
    """A GEXF document read by its rules."""
    root = etree.fromstring(data)
    assert (root.tag, root.get("version")) == (GEXF + "gexf", "1.3")
    assert [etree.QName(x).localname for x in root] == ["meta", "graph"]
    graph = root.find(GEXF + "graph")
    assert [etree.QName(x).localname for x in graph] == ["attributes", "attributes", "nodes", "edges"]
    assert (graph.get("defaultedgetype"), graph.get("mode")) == ("undirected", "static")
    cast = {"string": str, "integer": int, "double": float, "boolean": {"true": True, "false": False}.get, "long": int}
    declared = {
        a.get("class"): {x.get("id"): (x.get("title"), cast[x.get("type")]) for x in a}
        for a in graph.iter(GEXF + "attributes")
    }

    def said(x, owner: str) -> dict:
        values = {v.get("for"): v.get("value") for v in x.iter(GEXF + "attvalue")}
        return {declared[owner][k][0]: declared[owner][k][1](v) for k, v in values.items()}

    for part in ("nodes", "edges"):
        assert int(graph.find(GEXF + part).get("count")) == len(graph.find(GEXF + part))
    nodes = {
        n.get("id"): {"id": n.get("id"), "label": n.get("label"), **said(n, "node")} for n in graph.iter(GEXF + "node")
    }
    edges = {
        (e.get("source"), e.get("target")): {"weight": int(e.get("weight")), **said(e, "edge")}
        for e in graph.iter(GEXF + "edge")
    }
    assert len({e.get("id") for e in graph.iter(GEXF + "edge")}) == len(edges)
    return nodes, edges


def known(row: dict) -> dict:
    return {k: v for k, v in row.items() if v is not None and k not in ("source", "target")}


@pytest.mark.parametrize("what", WHAT)
def test_both_formats_say_what_the_tables_say(release, what):
    """Every node, edge, attribute and type, nothing more, and equal bytes the second time."""
    nodes, edges = rows(release, Wanted(what))
    assert nodes
    assert edges
    for write, read in ((write_graphml, graphml_of), (write_gexf, gexf_of)):
        outs = [io.BytesIO(), io.BytesIO()]
        for out in outs:
            with open_network(release, Wanted(what)) as network:
                write(network, out)
        assert outs[0].getvalue() == outs[1].getvalue()
        got_nodes, got_edges = read(outs[0].getvalue())
        assert list(got_nodes) == sorted(nodes)
        assert {k: known(v) for k, v in nodes.items()} == got_nodes
        assert {k: known(v) for k, v in edges.items()} == got_edges


def test_edges_of_people_are_the_release_s_own(release):
    nodes, edges = rows(release, Wanted())
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        told = c.execute("SELECT a, b, works, projects, first_year, last_year FROM collaborated").fetchall()
    assert {
        (e["source"], e["target"], e["works"], e["projects"], e["first_year"], e["last_year"]) for e in edges.values()
    } == set(told)
    assert set(nodes) == {p for pair in edges for p in pair}
    assert all(e["weight"] == e["works"] + e["projects"] for e in edges.values())


def test_years_count_joint_items_anew(release):
    """A pair's weight within years is the number of its proofs of these years, and `at_least` is about that number."""
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        proofs = c.execute("SELECT a, b, year FROM collaboration_proof").fetchall()
    expected = Counter((a, b) for a, b, year in proofs if year is not None and 2015 <= year <= 2018)
    assert {k: e["weight"] for k, e in rows(release, Wanted(since=2015, until=2018))[1].items()} == expected
    strong = {k: n for k, n in expected.items() if n >= 2}
    assert strong
    assert {k: e["weight"] for k, e in rows(release, Wanted(since=2015, until=2018, at_least=2))[1].items()} == strong


def test_people_chosen_and_their_partners(release, small_country):
    chosen = everybody(small_country.store, PeopleQuery(field="防災"))
    assert chosen == sorted(p.id for p in find(small_country.store, PeopleQuery(field="防災"), limit=None).people)
    everyone = rows(release, Wanted())[1]
    within = {k for k in everyone if k[0] in chosen and k[1] in chosen}
    around = {k for k in everyone if k[0] in chosen or k[1] in chosen}
    assert 0 < len(within) < len(around) < len(everyone)
    assert set(rows(release, Wanted(people=chosen))[1]) == within
    assert set(rows(release, Wanted(people=chosen, partners=True))[1]) == around
    alone = rows(release, Wanted(people=chosen, isolated=True))[0]
    assert set(alone) == set(chosen)


def test_bipartite_edges_join_people_to_what_they_made(release):
    nodes, edges = rows(release, Wanted("works"))
    assert {(nodes[a]["kind"], nodes[b]["kind"]) for a, b in edges} == {("person", "work")}
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        pairs = c.execute("SELECT DISTINCT person, work FROM authored WHERE person IS NOT NULL").fetchall()
    assert set(edges) == set(pairs)
    crowded = rows(release, Wanted("works", at_least=3))[1]
    people = Counter(work for _, work in crowded)
    assert people
    assert min(people.values()) >= 3


def test_topics_stand_together_as_often_as_their_subjects_say(release):
    _, edges = rows(release, Wanted("topics"))
    with duckdb.connect(str(release.duckdb), read_only=True) as c:
        told = c.execute(
            "SELECT s.subject, list_sort(list(DISTINCT s.object)) FROM assertion s WHERE s.predicate = 'has_topic' AND s.status = 'accepted'"
            " AND (s.subject IN (SELECT work FROM authored WHERE person IS NOT NULL)"
            " OR s.subject IN (SELECT project FROM member_of WHERE person IS NOT NULL)) GROUP BY s.subject"
        ).fetchall()
    expected = Counter(pair for _, topics in told for pair in itertools.combinations(topics, 2))
    assert {k: e["weight"] for k, e in edges.items()} == expected


@pytest.mark.parametrize("what", WHAT)
def test_networkx_reads_both(release, what, tmp_path):
    networkx = pytest.importorskip("networkx", reason="networkx is a development dependency: make setup-dev")
    nodes, edges = rows(release, Wanted(what))
    with open_network(release, Wanted(what)) as network:
        for name, write in (("x.graphml", write_graphml), ("x.gexf", write_gexf)):
            with (tmp_path / name).open("wb") as out:
                write(network, out)
    for graph in (
        networkx.read_graphml(tmp_path / "x.graphml"),
        networkx.read_gexf(tmp_path / "x.gexf", version="1.3"),
    ):
        assert type(graph) is networkx.Graph
        assert set(graph) == set(nodes)
        assert graph.size() == len(edges)
        assert {n: d["label"] for n, d in graph.nodes(data=True)} == {n: v["label"] for n, v in nodes.items()}
        assert all(graph.edges[a, b]["weight"] == e["weight"] for (a, b), e in edges.items())


ODD = [
    "<&>\"'",
    "改行\nタブ\tCR\r",
    "\x00\x01\x1f\x0b",
    "\x7f\x85\u2028",
    "\ufffe\uffff",
    "辻󠄀𠮷👩‍🔬",
    "]]>",
    "&#0;",
    " 前後 ",
    "",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_text_comes_back_or_is_shown(text):
    """What XML can hold comes back as it was, in content and in attributes; the rest becomes its picture, never an error."""
    shown = "".join(
        chr(0x2400 + ord(c)) if c < " " and c not in "\t\n\r" else "\ufffd" if c in "\ufffe\uffff" else c for c in text
    )
    for parse in (ET.fromstring, etree.fromstring):
        found = parse(f'<x a="{escape(text)}">{escape(text)}</x>'.encode())
        assert found.get("a") == shown
        assert (found.text or "") == shown


def test_odd_text_in_a_whole_file(tmp_path):
    """A name that XML cannot hold leaves a document that every parser reads."""
    nodes = pa.table(
        {"id": [f"P{i}" for i in range(len(ODD))], "label": ODD, "kind": ["person"] * len(ODD), "name_ja": ODD}
    )
    edges = pa.table({"source": ["P0"], "target": ["P1"], "weight": [1], "share": [0.5], "known": [True]})

    class Rows:
        def __init__(self, table: pa.Table) -> None:
            self.schema, self.rows, self.table = table.schema, table.num_rows, table

        def batches(self):
            return iter(self.table.to_batches())

    network = Network("r-0", "odd <text>", Rows(nodes), Rows(edges))  # type: ignore[arg-type]
    for write, read in ((write_graphml, graphml_of), (write_gexf, gexf_of)):
        out = io.BytesIO()
        write(network, out)
        got_nodes, got_edges = read(out.getvalue())
        assert len(got_nodes) == len(ODD)
        assert got_edges == {("P0", "P1"): {"weight": 1, "share": 0.5, "known": True}}


def test_parquet_is_the_same_graph(release, tmp_path):
    nodes, edges = rows(release, Wanted())
    folder = tmp_path / "out" / "people"
    for _ in range(2):  # the second replaces the first
        with open_network(release, Wanted()) as network:
            write_parquet(network, folder)
    assert sorted(p.name for p in folder.iterdir()) == ["edges.parquet", "nodes.parquet"]
    assert [p.name for p in folder.parent.iterdir()] == ["people"]
    assert pq.read_table(folder / "nodes.parquet").to_pylist() == list(nodes.values())
    assert pq.read_table(folder / "edges.parquet").to_pylist() == list(edges.values())
    assert pq.read_schema(folder / "edges.parquet").metadata[b"release"] == release.id.encode()


# --- the commands --------------------------------------------------------------------------------------------


def run(small_country, *words: str):
    return CliRunner().invoke(cli, ["export", *words, "--home", str(small_country.settings.home)])


def test_command_writes_a_whole_file_and_says_what(small_country, tmp_path):
    import orjson

    out = tmp_path / "防災.graphml.gz"
    done = run(small_country, "graphml", "--field", "防災", "--partners", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    told = orjson.loads(done.stdout)
    nodes, edges = graphml_of(gzip.decompress(out.read_bytes()))
    assert (told["nodes"], told["edges"], told["release"]) == (len(nodes), len(edges), small_country.release.id)
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_nothing_half_written_is_seen(small_country, tmp_path, monkeypatch):
    """An error in the middle leaves the file of before."""
    out = tmp_path / "people.gexf"
    out.write_text("before", encoding="utf-8")

    def broken(*_: object) -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr("kg.network.markup._gexf_edges", broken)
    assert run(small_country, "gexf", "--out", str(out)).exit_code != 0
    assert out.read_text(encoding="utf-8") == "before"
    monkeypatch.setattr("kg.network.tables._write", broken)
    assert run(small_country, "parquet", "--out", str(tmp_path / "folder")).exit_code != 0
    assert [p.name for p in tmp_path.iterdir()] == ["people.gexf"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--json",), "--out"),
        (("--since", "2020", "--until", "2010"), "--since"),
        (("--partners",), "--partners needs"),
        (("--field", "存在しない分野名"), "Not known in this release"),
        (("--institution", "存在しない大学"), "Not known in this release"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(small_country, words, reason):
    done = run(small_country, "graphml", *words)
    assert done.exit_code != 0
    assert reason in done.output + str(done.exception)


def test_a_folder_with_other_things_is_left_alone(small_country, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    done = run(small_country, "parquet", "--out", str(tmp_path))
    assert "holds other things (thesis.txt)" in str(done.exception)
    assert [p.name for p in Path(tmp_path).iterdir()] == ["thesis.txt"]
