"""`kg people`: the typed question by options; `kg people resolve`: a staff list matched to ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kg.cli.answers import emit_answer, output_options, settings_for, store_options, tell_store
from kg.errors import FixInput
from kg.service import Service

_BASES = click.Choice(["researchmap_area", "interest", "principal_investigator", "member", "work"])


@click.group(invoke_without_command=True)
@click.option("--field", help="Field of research: label, synonym, code or id.")
@click.option(
    "--basis", "bases", multiple=True, type=_BASES, help="Field evidence that counts (repeatable). Default: all."
)
@click.option("--topic", help="Own research interest.")
@click.option("--with-field", help="Has worked with somebody of this field.")
@click.option("--with-basis", "with_bases", multiple=True, type=_BASES, help="Partner's field evidence that counts.")
@click.option("--with-institution", help="Has worked with somebody now at this institution.")
@click.option("--with-person", help="Has worked with this person (id, ORCID, e-Rad number, unambiguous name).")
@click.option("--after", type=int, help="Joint item in or after this year.")
@click.option("--before", type=int, help="Joint item in or before this year.")
@click.option("--at-least", type=click.IntRange(1), default=None, help="Joint items at the least.")
@click.option("--projects-only", is_flag=True, help="Joint projects only.")
@click.option("--works-only", is_flag=True, help="Joint works only.")
@click.option("--institution", help="Current institution (or that of --as-of / --since / --until).")
@click.option(
    "--role",
    type=click.Choice(
        ["principal_investigator", "co_investigator", "collaborator", "research_fellow", "member", "other"]
    ),
    help="Had this role in a project.",
)
@click.option("--since", type=int, help="Active in or after this year.")
@click.option("--until", type=int, help="Active in or before this year.")
@click.option("--fiscal", is_flag=True, help="Years are 年度 (April to March).")
@click.option("--as-of", help="ISO date: nothing seen later counts.")
@click.option("--exclude-coauthors-of", help="Leave out this person and all collaborators.")
@click.option("--among", type=click.Path(exists=True, dir_okay=False), help="File with one person id a line.")
@click.option(
    "--sort",
    type=click.Choice(["joint", "recent", "name", "id"]),
    default="joint",
    show_default=True,
    help="Most joint items, latest activity, name or id first.",
)
@click.option("--query", "typed", help="The typed value itself, as JSON (or @FILE).")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=None,
    help="People to show. Default: all with --json and files, 20 on a terminal.",
)
@click.option("--cursor", help="`next` of the page before.")
@click.option("--proofs", type=click.IntRange(1), default=None, help="Proofs a person. Default: all.")
@store_options
@output_options
@click.pass_context
def people(ctx: click.Context, /, **o: Any) -> int:
    """Find people by typed clauses; all of them, each with proofs.

    \b
    Examples:
      kg people --field 防災 --with-field 情報
      kg people --field 防災 --with-field 情報 --after 2020 --fiscal --at-least 2 --json
      kg people --institution 東北大学 --role principal_investigator --format xlsx --out pis.xlsx
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from kg import people as typed_question

    query = _typed(o["typed"]) if o["typed"] else _from_options(o)
    service = Service(settings_for(o["home"], o["store"]), o["release"])
    with service.use() as opened:
        limit = o["limit"] if o["limit"] is not None or o["fmt"] != "text" else 20
        answer = typed_question.find(
            opened.store, query, limit=limit, cursor=o["cursor"], proofs_per_person=o["proofs"]
        )
        tell_store(service)
    service.close()
    return emit_answer(
        answer, json.dumps(query.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False), o["fmt"], o["out"]
    )


def _from_options(o: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from kg.people import PeopleQuery, WorkedWith, wrong

    years: Any = "fiscal" if o["fiscal"] else "calendar"
    joint: dict[str, Any] = {
        "field": o["with_field"], "institution": o["with_institution"], "person": o["with_person"],
        "after": o["after"], "before": o["before"], "at_least": o["at_least"], "bases": o["with_bases"] or None,
        "kinds": ("project",) if o["projects_only"] else ("work",) if o["works_only"] else None,
    }  # fmt: skip
    joint = {k: v for k, v in joint.items() if v is not None}
    clauses: dict[str, Any] = {
        k: o[k]
        for k in ("field", "topic", "institution", "role", "since", "until", "as_of", "exclude_coauthors_of", "sort")
    }
    clauses = {k: v for k, v in clauses.items() if v is not None} | {"years": years}
    if o["bases"]:
        clauses["bases"] = o["bases"]
    if o["among"]:
        clauses["among"] = tuple(
            x.strip() for x in Path(o["among"]).read_text(encoding="utf-8").splitlines() if x.strip()
        )
    try:
        if joint:
            clauses["worked_with"] = WorkedWith(years=years, **joint)
        return PeopleQuery(**clauses)
    except ValidationError as e:
        raise FixInput(f"{wrong(e)}.", next_step="See kg people --help.") from e


def _typed(text: str) -> Any:
    from pydantic import ValidationError

    from kg.people import PeopleQuery, wrong

    source = Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
    try:
        return PeopleQuery.model_validate_json(source)
    except ValidationError as e:
        raise FixInput(f"--query, {wrong(e)}.", next_step="See kg people --help.") from e


@people.command("resolve")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@store_options
@output_options
def resolve(file: Path, release: str, home: str | None, store: str | None, fmt: str, out: str | None) -> int:
    """Match a staff list (name, kana, e-Rad, ORCID, department) to people, with confidence and candidates.

    \b
    Example:
      kg people resolve staff.xlsx --format xlsx --out matched.xlsx
    """
    from dataclasses import asdict

    from kg import staff, tabular
    from kg.cli.answers import write_text
    from kg.sql.tables import read_table

    table = read_table(file)
    service = Service(settings_for(home, store), release)
    with service.use() as opened:
        matched = staff.resolve(opened.store, table)
        name = opened.release.id
        tell_store(service)
    service.close()
    sure = sum(r.person is not None for r in matched)
    if fmt == "json":
        body = {"release": name, "rows": len(matched), "matched": sure, "people": [asdict(r) for r in matched]}
        write_text(json.dumps(body, ensure_ascii=False) + "\n", out)
    else:
        about = [("名簿", file.name), ("リリース", name), ("行数", str(len(matched))), ("対応が付いた行", str(sure))]
        tabular.write(tabular.table(staff.as_rows(matched)), fmt, out, about=about)
    click.echo(f"{sure} of {len(matched)} rows matched.", err=True)
    return 0


COMMANDS: dict[str, click.Command] = {"people": people}
