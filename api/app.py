"""The HTTP door: routes that check input, call one function of `kg` and shape errors in one place.

`create_app(settings)` gives an ASGI application; `kg serve` runs it. Errors are RFC 9457 problem documents with `code`,
`detail` and `next_step`. Answers name their release; a request keeps the release that it began with.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from api import pages
from kg import people
from kg.ask import Answer, Card, ask, card
from kg.errors import FixInput, FixSetup, KgError, LimitReached, NotAllowed, TryAgain
from kg.people import PeopleAnswer, PeopleQuery
from kg.service import Service
from kg.settings import Settings

_STATUS: tuple[tuple[type[KgError], int], ...] = (
    (NotAllowed, 403),
    (FixInput, 422),
    (LimitReached, 413),
    (TryAgain, 503),
    (FixSetup, 503),
)
MAX_PAGE = 500


class AskBody(BaseModel):
    """A sentence, and how much of the answer to send."""

    question: str = Field(
        min_length=1, max_length=1000, examples=["防災の研究者で、情報分野の研究者と共同研究を行っている人"]
    )
    limit: int = Field(20, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=200)
    proofs: int | None = Field(10, ge=1, le=1000, description="proofs a person; null for all")


class PeopleBody(BaseModel):
    """A typed question, and how much of the answer to send."""

    query: PeopleQuery
    limit: int = Field(20, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=200)
    proofs: int | None = Field(10, ge=1, le=1000, description="proofs a person; null for all")


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    next_step: str = ""


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "The input cannot be used"},
    503: {"model": Problem, "description": "No release, or a service is missing"},
}


def create_app(settings: Settings, service: Service | None = None) -> FastAPI:
    """The application over one installation."""
    served = service or Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(
        title="Scholarly knowledge graph",
        version="1",
        summary="People, works and projects of Japan's research, with the records that prove each answer.",
        lifespan=lifespan,
        responses=_PROBLEMS,
    )
    _problems(app)
    _routes(app, served)
    pages.mount(app, served)
    return app


def _problems(app: FastAPI) -> None:
    """One JSON shape for everything that goes wrong."""

    @app.exception_handler(KgError)
    async def _ours(_: Request, e: KgError) -> JSONResponse:
        status = next((code for kind, code in _STATUS if isinstance(e, kind)), 500)
        return problem(status, e.code, e.message, e.next_step)

    @app.exception_handler(RequestValidationError)
    async def _shape(_: Request, e: RequestValidationError) -> JSONResponse:
        first = e.errors()[0]
        place = ".".join(str(x) for x in first["loc"])
        return problem(422, "bad_input", f"{place}: {first['msg']}", "See /docs for the shape of this call.")


def problem(status: int, code: str, detail: str, next_step: str = "") -> JSONResponse:
    """A problem document as a response."""
    body = Problem(title=code.replace("_", " "), status=status, detail=detail, code=code, next_step=next_step)
    return JSONResponse(body.model_dump(), status_code=status, media_type="application/problem+json")


def _routes(app: FastAPI, served: Service) -> None:
    @app.get("/healthz", summary="The process is alive")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="A release is open and answers")
    def readyz() -> dict[str, Any]:
        with served.use() as opened:
            return {"status": "ok", "release": opened.release.id}

    @app.post("/v1/ask", summary="Answer a sentence")
    def post_ask(body: AskBody) -> Answer:
        with served.use() as opened:
            return ask(
                opened.store, body.question, search=opened.search, limit=body.limit, cursor=body.cursor,
                proofs_per_person=body.proofs,
            )  # fmt: skip

    @app.post("/v1/people/query", summary="Answer a typed question about people")
    def post_people(body: PeopleBody) -> PeopleAnswer:
        with served.use() as opened:
            return people.find(
                opened.store, body.query, limit=body.limit, cursor=body.cursor, proofs_per_person=body.proofs
            )

    @app.get("/v1/entities/{entity}", summary="One entity with its records", response_model=Card)
    def get_entity(entity: str) -> Any:
        with served.use() as opened:
            if entity in opened.store.entities([entity]):
                return card(opened.store, entity)
            moved = opened.store.redirect(entity)
            if moved and moved["new"]:
                return RedirectResponse(f"/v1/entities/{moved['new']}", status_code=308)
            if moved:
                return problem(410, "gone", f"{entity} is no longer used: {moved['reason']}.")
            return problem(
                404, "not_found", f"No entity {entity} in release {opened.release.id}.", "Search for it: /v1/ask"
            )

    @app.get("/v1/coverage", summary="What the data behind every answer covers")
    def get_coverage() -> dict[str, Any]:
        with served.use() as opened:
            return {"release": opened.release.id, "coverage": opened.store.coverage()}
