"""What a caller sees when something goes wrong: one RFC 9457 problem document, or the same as a page for a reader.

`type` is `about:blank`; `code` is what programs switch on, `detail` says what happened, `next_step` what to do now.
Text of the request that comes back in `detail` is cut and cleaned first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from kg.errors import FixInput, FixSetup, KgError, LimitReached, NotAllowed, TryAgain
from kg.render import plain

MEDIA_TYPE = "application/problem+json"
LONGEST = 500
_STATUS: tuple[tuple[type[KgError], int], ...] = (
    (NotAllowed, 403),
    (FixInput, 422),
    (LimitReached, 422),
    (TryAgain, 503),
    (FixSetup, 503),
)
_CODES = {400: "bad_request", 404: "no_such_page", 405: "method_not_allowed", 413: "too_large", 415: "media_type"}
_NEXT = {
    400: "Send a JSON object; see /docs.",
    404: "See /docs for the addresses there are.",
    405: "See /docs for the methods of this address.",
}
API_PATHS = ("/v1/", "/healthz", "/readyz", "/openapi.json")


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The cursor belongs to another question or release."])
    code: str = Field(examples=["bad_input"])
    next_step: str = Field("", examples=["Ask again from the first page."])
    line: int | None = Field(None, description="where in a query, from 1")
    column: int | None = Field(None, description="where in the line, from 1")
    shown: str | None = Field(None, description="the line with a caret under the place")


Page = Callable[[Request, Problem, Mapping[str, str]], Response]


def problem(status: int, code: str, detail: str, next_step: str = "") -> Problem:
    """A problem in words that are safe to print anywhere."""
    words = plain(" ".join(detail.split()))
    words = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=words, code=code, next_step=next_step)


def as_json(found: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The document as a response."""
    return JSONResponse(found.model_dump(exclude_none=True), found.status, dict(headers or {}), media_type=MEDIA_TYPE)


def of_error(e: KgError) -> Problem:
    """Our own errors, each with the status of its class."""
    status = next((code for kind, code in _STATUS if isinstance(e, kind)), 500)
    found = problem(status, e.code, e.message, e.next_step)
    if "shown" in e.facts:
        lines = "\n".join(plain(x) for x in str(e.facts["shown"]).split("\n"))
        found = found.model_copy(update={"line": e.facts["line"], "column": e.facts["column"], "shown": lines})
    return found


def of_validation(e: RequestValidationError) -> Problem:
    """The first thing that does not fit the shape of a call, with its place."""
    first = e.errors()[0]
    place = ".".join(str(x)[:60] for x in first["loc"])
    step = "See /docs for the shape of this call."
    if first["loc"] == ("body",):
        step = "Send a JSON object with the header content-type: application/json; see /docs."
    return problem(422, "bad_input", f"{place}: {first['msg'].removeprefix('Value error, ')}", step)


def is_for_a_reader(path: str, accept: str) -> bool:
    """True where a browser asked for a page, so that the answer should be one."""
    return not path.startswith(API_PATHS) and "text/html" in accept


def install(app: FastAPI, page: Page) -> None:
    """Every error of a route in one place: as JSON, or as `page` for a reader."""

    def answer(request: Request, found: Problem, headers: Mapping[str, str] | None = None) -> Response:
        headers = ({"Retry-After": "5"} if found.status == 503 else {}) | dict(headers or {})
        if is_for_a_reader(request.url.path, request.headers.get("accept", "")):
            return page(request, found, headers)
        return as_json(found, headers)

    @app.exception_handler(KgError)
    async def _ours(request: Request, e: KgError) -> Response:
        again = {"Retry-After": str(e.facts["seconds"])} if isinstance(e, TryAgain) and "seconds" in e.facts else None
        return answer(request, of_error(e), again)

    @app.exception_handler(RequestValidationError)
    async def _shape(request: Request, e: RequestValidationError) -> Response:
        return answer(request, of_validation(e))

    @app.exception_handler(HTTPException)
    async def _protocol(request: Request, e: HTTPException) -> Response:
        code = _CODES.get(e.status_code, "http_error")
        return answer(request, problem(e.status_code, code, str(e.detail), _NEXT.get(e.status_code, "")), e.headers)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the description of a route: these statuses answer with a problem document."""
    about = {
        403: "This door does not permit it",
        404: "There is no such thing in this release",
        410: "There was such a thing; it was removed",
        413: "The body is too large",
        422: "The input cannot be used, or a limit was reached",
        503: "No release is open, or too many wait",
    }
    schema = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"description": about[s], "content": schema} for s in statuses}
