"""The HTTP door: `create_app(settings)` gives an ASGI application; `kg serve` runs it.

Routes for programs stand in `api.routes`, pages for readers in `api.pages`, errors in `api.problems`, what holds for every
request in `api.guard`. Answers name their release; a request keeps the release that it began with.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import pages, problems, routes
from api.guard import Guard
from kg.render import plain
from kg.service import Service
from kg.settings import Settings


def create_app(settings: Settings, service: Service | None = None) -> FastAPI:
    """The application over one installation. A service that it made itself is closed with it."""
    served = service or Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if service is None:
            served.close()

    app = FastAPI(
        title="Scholarly knowledge graph",
        version="1",
        summary="People, works and projects of Japan's research, with the records that prove each answer.",
        description=(
            "Every answer names the release it comes from and carries a receipt: the same question on the same release has "
            "the same receipt. Errors are RFC 9457 problem documents with `code`, `detail` and `next_step`."
        ),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(app, pages.problem_page)
    routes.mount(app, served)
    pages.mount(app, served)
    app.add_middleware(Guard, more=lambda: store_headers(served))
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app


def store_headers(served: Service) -> dict[str, str]:
    """Where a graph server is set: which store answers, and why it is not the server."""
    graph = served.graph
    if graph is None:
        return {}
    why = {"Kg-Store-Problem": plain(graph.problem).encode("ascii", "replace").decode()} if graph.problem else {}
    return {"Kg-Store": graph.store, **why}


def _description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of the routes, with the problem document as a component."""
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title, version=app.version, summary=app.summary, description=app.description, routes=app.routes,
            tags=[{"name": n, "description": about} for n, about in routes.TAGS.items()],
        )  # fmt: skip
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = problems.Problem.model_json_schema()
        app.openapi_schema = found
    return app.openapi_schema
