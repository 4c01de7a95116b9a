"""`kg export`: a release for other systems."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.common import emit_json, home_option, json_option, progress
from kg.errors import FixInput
from kg.settings import Settings, load

if TYPE_CHECKING:
    from kg.network import Network, Wanted
    from kg.release import Release

F = TypeVar("F", bound=Callable[..., Any])
WHAT = ("people", "works", "projects", "organizations", "topics")


@click.group()
def export() -> None:
    """Write a release in a form that other systems read.

    RDF is all of a release; GraphML, GEXF and Parquet are one graph of it, for Gephi, networkx, igraph and the like.

    \b
    Examples:
      kg export rdf --out release.nq
      kg export graphml --out people.graphml --field 防災 --since 2015
    """


@export.command()
@click.option("--out", type=click.Path(dir_okay=False), help="File to write (.gz is compressed). Default: stdout.")
@click.option("--release", default="current", show_default=True, help="Release to export.")
@click.option("--home", help="Folder of this installation (default: KG_HOME or the platform's data folder).")
@click.option("--base-iri", help="Base of all IRIs. Default: the setting base_iri.")
@click.option("--json", "as_json", is_flag=True, help="Counts as one JSON object on stdout (needs --out).")
def rdf(out: str | None, release: str, home: str | None, base_iri: str | None, as_json: bool) -> int:
    """Write a release as N-Quads, by ontology/mapping.ttl. The same release gives the same bytes.

    \b
    Examples:
      kg export rdf --out release.nq
      kg export rdf --out release.nq.gz --base-iri https://data.example.ac.jp/kg/
      kg export rdf | grep kaken-section:25030
    """
    from kg.rdf import open_tables, output, write_nquads
    from kg.release import open_release

    if as_json and not out:
        raise click.UsageError("--json needs --out: without it the quads themselves go to stdout.")
    settings = load(home=home, base_iri=base_iri)
    opened = open_release(settings, release)
    with open_tables(Path(opened.duckdb), memory_mb=settings.memory_mb) as tables:
        if out:
            with output(Path(out)) as file:
                written = write_nquads(tables, file, base=settings.base_iri, release=opened.id, progress=_tell)
        else:
            written = write_nquads(tables, sys.stdout.buffer, base=settings.base_iri, release=opened.id)
    if as_json:
        click.echo(json.dumps({"release": opened.id, "quads": written.quads, "rows": written.rows}))
    else:
        click.echo(f"{written.quads:,} quads of release {opened.id}{f' in {out}' if out else ''}", err=True)
    return 0


def _graph_options(command: F) -> F:
    """What graph: shared by the three formats."""
    options = (
        click.option("--what", type=click.Choice(WHAT), default="people", show_default=True, help=_WHAT),
        click.option("--field", help="Only people of this field of research: label, synonym, code or id."),
        click.option("--topic", help="Only people with this research interest."),
        click.option("--institution", help="Only people who are there now: name, id or code."),
        click.option("--among", type=click.Path(exists=True, dir_okay=False), help="File with one person id a line."),
        click.option("--partners", is_flag=True, help="Also those who share something with the people chosen."),
        click.option("--since", type=click.IntRange(1, 9999), help="Joint items in or after this year."),
        click.option("--until", type=click.IntRange(1, 9999), help="Joint items in or before this year."),
        click.option(
            "--at-least",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            help="Joint items that make an edge; with works and projects: people that make one worth a node.",
        ),
        click.option("--isolated", is_flag=True, help="Also nodes without an edge."),
        click.option("--release", default="current", show_default=True, help="Release to export."),
        home_option,
        json_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


_WHAT = (
    "people: who shares works or projects with whom; works, projects: people and what they made; "
    "organizations: by where people are now; topics: which stand together."
)


@export.command()
@click.option("--out", type=click.Path(dir_okay=False), help="File to write (.gz is compressed). Default: stdout.")
@_graph_options
def graphml(out: str | None, **o: Any) -> int:
    """One graph of a release as GraphML, for networkx, igraph, Cytoscape, yEd.

    Undirected and simple; nodes carry names, identifiers and affiliation, edges their weight and years. The same release
    gives the same bytes. docs/analysis.ipynb shows how to read it.

    \b
    Examples:
      kg export graphml --out people.graphml
      kg export graphml --what works --institution 架空海門大学 --out works.graphml.gz
      kg export graphml --field 防災 --partners --since 2015 --at-least 2 --out strong.graphml
    """
    from kg.network import write_graphml

    return _markup("graphml", write_graphml, out, o)


@export.command()
@click.option("--out", type=click.Path(dir_okay=False), help="File to write (.gz is compressed). Default: stdout.")
@_graph_options
def gexf(out: str | None, **o: Any) -> int:
    """One graph of a release as GEXF 1.3, for Gephi.

    The same graphs and choices as `kg export graphml`.

    \b
    Examples:
      kg export gexf --out people.gexf
      kg export gexf --what organizations --at-least 5 --out organizations.gexf
      kg export gexf --what topics --field 情報 --at-least 3 --out topics.gexf
    """
    from kg.network import write_gexf

    return _markup("gexf", write_gexf, out, o)


@export.command()
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for nodes.parquet and edges.parquet; an earlier export in it is replaced.",
)  # fmt: skip
@_graph_options
def parquet(out: Path, **o: Any) -> int:
    """One graph of a release as two Parquet tables, for pandas, igraph, graph-tool, Spark.

    The same graphs and choices as `kg export graphml`. Nodes begin with `id`, edges with `source` and `target`.

    \b
    Examples:
      kg export parquet --out people
      kg export parquet --what topics --since 2015 --out topics
    """
    from kg.network import open_network, write_parquet

    settings, release, wanted = _wanted(o)
    with open_network(release, wanted, memory_mb=settings.memory_mb) as network:
        with _meter("parquet", network) as advance:
            write_parquet(network, out, advance)
        return _told(network, str(out), o["as_json"])


def _markup(fmt: str, write: Callable[..., None], out: str | None, o: dict[str, Any]) -> int:
    from kg.network import open_network
    from kg.rdf import output

    if o["as_json"] and not out:
        raise click.UsageError("--json needs --out: without it the graph itself goes to stdout.")
    settings, release, wanted = _wanted(o)
    with open_network(release, wanted, memory_mb=settings.memory_mb) as network:
        if out:
            with output(Path(out)) as file, _meter(fmt, network) as advance:
                write(network, file, advance)
        else:
            write(network, sys.stdout.buffer)
        return _told(network, out, o["as_json"])


def _wanted(o: dict[str, Any]) -> tuple[Settings, Release, Wanted]:
    from kg.network import Wanted
    from kg.release import open_release

    if None not in (o["since"], o["until"]) and o["since"] > o["until"]:
        raise click.UsageError("--since must not be later than --until.")
    settings = load(home=o["home"])
    release = open_release(settings, o["release"])
    people = _people(release, o)
    if people is None and o["partners"]:
        raise click.UsageError(
            "--partners needs --field, --topic, --institution or --among: everybody is there already."
        )
    shape = {name: o[name] for name in ("what", "partners", "since", "until", "at_least", "isolated")}
    return settings, release, Wanted(people=people, **shape)


def _people(release: Release, o: dict[str, Any]) -> list[str] | None:
    """Ids of the people who meet the clauses, as `kg people` finds them; None where there is no clause."""
    clauses = {name: o[name] for name in ("field", "topic", "institution") if o[name]}
    listed = Path(o["among"]).read_text(encoding="utf-8").split() if o["among"] else None
    if not clauses:
        return listed
    from kg.graph.embedded import EmbeddedStore
    from kg.people import PeopleQuery, everybody

    store = EmbeddedStore(release.duckdb, release.arrays, release=release.id)
    try:
        found = everybody(store, PeopleQuery(**clauses))
    finally:
        store.close()
    if not found:
        raise FixInput("Nobody meets these clauses.", next_step=f"kg people shows what they mean: {clauses}")
    return found if listed is None else sorted(set(found) & set(listed))


@contextmanager
def _meter(fmt: str, network: Network) -> Iterator[Callable[[int], None]]:
    total = network.nodes.rows + network.edges.rows
    done = 0
    with progress(fmt, total, "rows") as meter:

        def advance(rows: int) -> None:
            nonlocal done
            done += rows
            meter.update(done, done)

        yield advance


def _told(network: Network, out: str | None, as_json: bool) -> int:
    facts = {"release": network.release, "about": network.about}
    if as_json:
        emit_json({**facts, "nodes": network.nodes.rows, "edges": network.edges.rows, "out": out})
    else:
        where = f" in {out}" if out else ""
        click.echo(
            f"{network.nodes.rows:,} nodes, {network.edges.rows:,} edges of release {network.release}{where}", err=True
        )
    return 0


def _tell(table: str, rows: int) -> None:
    click.echo(f"{table}: {rows:,} rows", err=True)


COMMANDS: dict[str, click.Command] = {"export": export}
