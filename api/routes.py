"""Routes for programs, under /v1: each checks its input, calls one function of `kg` and shapes the answer."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import asdict, replace
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import quote

import anyio.to_thread
import orjson
from anyio import CapacityLimiter
from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, StringConstraints

from api.problems import as_json, problem, responses
from kg import people, schema
from kg.ask import Answer, Card, ask, card
from kg.cypher import door as cypher_door
from kg.cypher.keeper import CALLS
from kg.messages import Lang
from kg.people import PeopleAnswer, PeopleQuery, WorkedWith
from kg.release import list_releases
from kg.service import CYPHER_LIMITS, SQL_LIMITS, Service
from kg.sql.door import Limits, Result

TAGS = {
    "ask": "Questions about people, and what they are answered from.",
    "look up": "One thing by its id, or things by their names.",
    "release": "What is served.",
}
MAX_PAGE = 500
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE, description="people a page")]
Cursor = Annotated[str | None, Field(max_length=200, description="`next` of the page before, unchanged")]
Proofs = Annotated[int | None, Field(ge=1, le=1000, description="proofs a person; null for all")]
Kind = Literal["person", "work", "project", "organization"]
Year = Annotated[int | None, Query(ge=1, le=9999, description="year, included")]
SEED = "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください"


class AskBody(BaseModel):
    """A sentence, and how much of the answer to send."""

    question: Words = Field(
        description="a sentence, or a name, number, DOI or id to look up",
        examples=[SEED, "disaster prevention researchers who have worked with informatics researchers"],
    )
    limit: Limit = 20
    cursor: Cursor = None
    proofs: Proofs = 10
    lang: Lang | None = Field(None, description="language of the words around the data; null: that of the question")


class PeopleBody(BaseModel):
    """A typed question, and how much of the answer to send."""

    query: PeopleQuery = Field(
        description="clauses joined by «and»; see PeopleQuery in the machine-readable description",
        examples=[PeopleQuery(field="防災", worked_with=WorkedWith(field="情報")).model_dump(exclude_defaults=True)],
    )
    limit: Limit = 20
    cursor: Cursor = None
    proofs: Proofs = 10
    lang: Lang = Field("ja", description="language of the words around the data")


class SqlBody(BaseModel):
    """One read-only statement."""

    sql: str = Field(
        description="one SELECT, EXPLAIN, DESCRIBE or SUMMARIZE",
        min_length=1,
        max_length=20_000,
        examples=["SELECT label_ja, count(*) AS n FROM field GROUP BY ALL ORDER BY n DESC LIMIT 3"],
    )
    rows: int = Field(1000, ge=1, le=SQL_LIMITS.rows, description="rows to send at the most")


class SqlAnswer(BaseModel):
    """Rows of a statement, and how complete they are."""

    release: str
    kind: str
    columns: list[str]
    rows: list[dict[str, Any]]
    truncated: Literal["rows", "bytes"] | None = Field(description="null: complete; else which limit cut the rows")
    seconds: float


class CypherBody(BaseModel):
    """One reading query and the values of its parameters."""

    cypher: str = Field(
        description="one query that reads; what it may hold: docs/cypher-door.md",
        min_length=1,
        max_length=20_000,
        examples=[
            "MATCH (p:Person)-[:AUTHORED]->(w:Work) RETURN p.name_ja, count(w) AS works ORDER BY works DESC LIMIT 3"
        ],
    )
    parameters: dict[str, Any] = Field({}, description="values by name, JSON only", examples=[{"since": 2019}])
    rows: int = Field(1000, ge=1, le=CYPHER_LIMITS.rows, description="rows to send at the most")


class CypherNote(BaseModel):
    """Something the server remarks, such as a label that does not exist."""

    code: str
    text: str
    line: int | None
    column: int | None


class CypherAnswer(BaseModel):
    """Rows of a query, and how complete they are."""

    release: str
    kind: Literal["read", "explain", "profile"]
    columns: list[str]
    rows: list[list[Any]]
    truncated: Literal["rows", "bytes"] | None = Field(description="null: complete; else which limit cut the rows")
    note: str | None = Field(description="plain words for a cut result")
    notes: list[CypherNote]
    seconds: float


class SearchHit(BaseModel):
    """One thing found by its names or title."""

    id: str
    kind: str
    title: str
    year: int | None
    score: float
    exact: bool = Field(description="found by a whole name or an identifier")


class SearchAnswer(BaseModel):
    """A page of what was found; `total` counts everything."""

    release: str
    total: int
    terms: list[str] = Field(description="what the words were cut into")
    hits: list[SearchHit]


class ReleaseInfo(BaseModel):
    """One release of this installation."""

    id: str
    built: str
    parent: str | None
    current: bool
    counts: dict[str, int]


class Releases(BaseModel):
    """Which release answers, and all there are, newest first."""

    serving: str | None
    releases: list[ReleaseInfo]


class Coverage(BaseModel):
    """What the data behind every answer covers."""

    release: str
    coverage: dict[str, Any]


class Ready(BaseModel):
    """A release is open. `problem` says why the current one is not the one that answers, or why the graph server that is
    set is not asked. `store` is there where one is set.
    """

    status: Literal["ok"] = "ok"
    release: str
    store: str | None = Field(None, description="which store answers: `neo4j` or `embedded`")
    problem: str | None = None


def mount(app: FastAPI, served: Service) -> None:
    """Adds the routes."""
    _health(app, served)
    _questions(app, served)
    _look_up(app, served)
    _release(app, served)


def _health(app: FastAPI, served: Service) -> None:
    @app.get(
        "/healthz",
        tags=["release"],
        summary="Is the process alive?",
        description="Answers without a release, too.",
    )
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(
        "/readyz",
        tags=["release"],
        summary="Does a release answer?",
        description="Opens the current release where need be.",
        responses=responses(503),
        response_model_exclude_none=True,
    )
    def readyz() -> Ready:
        with served.use() as opened:
            opened.store.redirect("")  # a graph server is asked, so that its silence is noticed here
            graph, problem = served.graph, served.problem
            why = problem.message if problem else graph.problem if graph else None
            return Ready(release=opened.release.id, store=graph.store if graph else None, problem=why)


def _questions(app: FastAPI, served: Service) -> None:
    @app.post(
        "/v1/ask",
        tags=["ask"],
        summary="Answer a sentence",
        description="Rules read a question in plain Japanese or English; `understood` shows what was read. What is no "
        "question about people is looked up (`entities`); what the sources cannot know is said (`not_knowable`).",
        responses=responses(413, 422, 503),
        response_model_exclude_none=True,
    )
    def post_ask(body: AskBody) -> Answer:
        with served.use() as opened:
            return opened.remember(
                ("ask", body.model_dump_json()),
                lambda: ask(
                    opened.store, body.question, search=opened.search, limit=body.limit, cursor=body.cursor,
                    proofs_per_person=body.proofs, lang=body.lang,
                ),
            )  # fmt: skip

    @app.post(
        "/v1/people/query",
        tags=["ask"],
        summary="Answer a typed question about people",
        description="The complete set with its total, page by page; each person with the records that prove every clause.",
        responses=responses(413, 422, 503),
        response_model_exclude_none=True,
    )
    def post_people(body: PeopleBody) -> PeopleAnswer:
        with served.use() as opened:
            return opened.remember(
                ("people", body.model_dump_json()),
                lambda: people.find(
                    opened.store, body.query, limit=body.limit, cursor=body.cursor, proofs_per_person=body.proofs,
                    lang=body.lang,
                ),
            )  # fmt: skip

    @app.post(
        "/v1/sql",
        tags=["ask"],
        summary="Run one read-only SQL statement",
        description=f"SELECT, EXPLAIN, DESCRIBE or SUMMARIZE over the tables of /v1/schema. At most "
        f"{SQL_LIMITS.seconds:g} s, {SQL_LIMITS.megabytes:,} MB and {SQL_LIMITS.rows:,} rows; `truncated` says where rows "
        "were cut.",
        responses=responses(403, 413, 422, 503) | {200: {"model": SqlAnswer}},
    )
    def post_sql(body: SqlBody) -> Response:
        with served.use() as opened:
            limits = Limits(
                seconds=SQL_LIMITS.seconds, megabytes=SQL_LIMITS.megabytes, rows=body.rows, bytes=SQL_LIMITS.bytes
            )
            return Response(sql_json(opened.sql(body.sql, limits)), media_type="application/json")

    calls = CapacityLimiter(CALLS)  # threads of its own: whoever waits at this door takes none from other routes

    @app.post(
        "/v1/cypher",
        tags=["ask"],
        summary="Run one reading Cypher query",
        description=f"On a copy of the release in a Neo4j server of its own. At most {CYPHER_LIMITS.seconds:g} s, "
        f"{CYPHER_LIMITS.rows:,} rows and {CYPHER_LIMITS.bytes:,} bytes; `truncated` says where rows were cut. While the server "
        "starts (the first call, or after a query that it could not end) the answer is 503 with Retry-After. Hanging up ends "
        "the query.",
        responses=responses(403, 413, 422, 503) | {200: {"model": CypherAnswer}},
    )
    async def post_cypher(request: Request, body: CypherBody) -> Response:
        left = threading.Event()

        def act() -> bytes:
            limits = replace(CYPHER_LIMITS, rows=body.rows)
            with served.use() as opened:
                release = opened.release
            return cypher_json(served.cypher.query(release, body.cypher, body.parameters, limits, left.is_set))

        answer = asyncio.ensure_future(anyio.to_thread.run_sync(act, limiter=calls))
        while not answer.done():
            await asyncio.wait({answer}, timeout=0.25)
            if not answer.done() and not left.is_set() and await request.is_disconnected():
                left.set()
        return Response(answer.result(), media_type="application/json")


def cypher_json(result: cypher_door.Result) -> bytes:
    """A `CypherAnswer`."""
    return orjson.dumps(asdict(result) | {"note": result.note()}, default=str, option=orjson.OPT_NON_STR_KEYS)


def sql_json(result: Result) -> bytes:
    """A `SqlAnswer`: columns of one name are told apart (`n`, `n_2`); NaN is null, dates ISO, decimals and bytes text."""
    names: list[str] = []
    for name in result.rows.column_names:
        n, free = 1, name
        while free in names:
            n += 1
            free = f"{name}_{n}"
        names.append(free)
    body = {
        "release": result.release, "kind": result.kind, "columns": names,
        "rows": result.rows.rename_columns(names).to_pylist(), "truncated": result.truncated, "seconds": result.seconds,
    }  # fmt: skip
    return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)


def _look_up(app: FastAPI, served: Service) -> None:
    @app.get(
        "/v1/search",
        tags=["look up"],
        summary="Search names and titles",
        description="A whole name or an identifier (DOI, ORCID, award number, CRID) comes first.",
        responses=responses(422, 503),
    )
    def get_search(
        q: Annotated[Words, Query(description="words", examples=["避難所 機械学習"])],
        kind: Annotated[list[Kind] | None, Query(description="only these kinds")] = None,
        since: Year = None,
        until: Year = None,
        limit: Annotated[int, Query(ge=1, le=100, description="hits to send")] = 10,
        offset: Annotated[int, Query(ge=0, le=10_000, description="hits to pass over")] = 0,
    ) -> SearchAnswer:
        with served.use() as opened:
            found = opened.search.search(
                q, limit=limit, offset=offset, kinds=tuple(kind) if kind else None, since=since, until=until
            )
            hits = [SearchHit(**asdict(h)) for h in found.hits]
            return SearchAnswer(release=opened.release.id, total=found.total, terms=found.terms, hits=hits)

    @app.get(
        "/v1/entities/{entity:path}",
        tags=["look up"],
        summary="One entity with its records",
        description="Facts, affiliations, projects, at most 50 works, members, identifiers. An id that was merged into "
        "another redirects (308); one that was removed answers 410.",
        response_model=Card,
        response_model_exclude_none=True,
        responses=responses(404, 410, 422, 503) | {308: {"description": "The id was merged into another"}},
    )
    def get_entity(
        request: Request,
        entity: Annotated[
            str, Path(max_length=300, description="id, as answers give it", examples=["kaken-section:25030"])
        ],
        lang: Annotated[Lang, Query(description="language of titles and labels")] = "ja",
    ) -> Any:
        with served.use() as opened:
            if entity in opened.store.entities([entity]):
                return opened.whole(lambda: card(opened.store, entity, lang=lang))
            moved = opened.store.redirect(entity)
            if moved and moved["new"]:
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(f"/v1/entities/{quote(moved['new'], safe='')}{query}", status_code=308)
            if moved:
                return as_json(problem(410, "gone", f"{entity} is no longer used: {moved['reason']}."))
            text = f"There is no entity {entity} in release {opened.release.id}."
            return as_json(problem(404, "not_found", text, "Search for it: /v1/search?q=…"))


def _release(app: FastAPI, served: Service) -> None:
    @app.get(
        "/v1/coverage",
        tags=["release"],
        summary="What the data behind every answer covers",
        description="Counts of people, works and projects, shares without field or identifier, records by source.",
        responses=responses(503),
    )
    def get_coverage() -> Coverage:
        with served.use() as opened:
            return Coverage(release=opened.release.id, coverage=opened.store.coverage())

    @app.get(
        "/v1/schema",
        tags=["release"],
        summary="The graph schema",
        description="Tables with columns, keys and what each column points to, and the edges as triples of labels. The "
        "tables are those that /v1/sql reads.",
    )
    def get_schema() -> dict[str, Any]:
        return _schema()

    @app.get(
        "/v1/releases",
        tags=["release"],
        summary="Releases of this installation",
        description="Newest first. `serving` is the one that is open; it follows `current` with the next request.",
    )
    def get_releases() -> Releases:
        return Releases.model_validate({"serving": served.serving, "releases": list_releases(served.settings)})


@cache
def _schema() -> dict[str, Any]:
    return schema.as_data()
