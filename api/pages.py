"""The page: one box, the answer with its proofs, one page an entity. Server-rendered, no script, strict CSP."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from kg.ask import Answer, ask, card
from kg.render import BASES_JA, CLAUSES_JA
from kg.service import Service

EXAMPLES = (
    "防災の研究者で、すでに情報分野の研究者と共同研究を行っている人を教えてください",
    "日本文学の研究者で、情報学の研究者と共同の研究課題がある人",
    "情報検索を研究している研究者",
    "防災の研究者で、2020年以降に情報分野の研究者と2件以上共同研究をしている人",
)
PAGE = 20
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_ROOT = Path(__file__).parent / "web"


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(_ROOT), autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    )
    env.filters["safe_url"] = safe_url
    return env


def safe_url(url: str | None) -> str | None:
    """The address if it is one a reader may follow (http or https), else None: source text never becomes script."""
    return url if url and url.startswith(("https://", "http://")) else None


def mount(app: FastAPI, served: Service) -> None:
    """Adds the page's routes."""
    env = _environment()
    style = (_ROOT / "style.css").read_text(encoding="utf-8")

    def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
        text = env.get_template(template).render(clauses=CLAUSES_JA, bases=BASES_JA, quote=quote, **values)
        return HTMLResponse(text, status_code=status, headers=_HEADERS)

    @app.get("/style.css", include_in_schema=False)
    def stylesheet() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @app.get("/", include_in_schema=False)
    def home(request: Request, q: str = "", cursor: str | None = None) -> HTMLResponse:
        question = q.strip()[:1000]
        with served.use() as opened:
            answer: Answer | None = None
            if question:
                answer = ask(
                    opened.store, question, search=opened.search, limit=PAGE, cursor=cursor, proofs_per_person=12
                )
            return page(
                "home.html",
                answer=answer,
                q=question,
                examples=EXAMPLES,
                coverage=opened.store.coverage(),
                release=opened.release.id,
            )

    @app.get("/entities/{entity}", include_in_schema=False)
    def entity_page(entity: str) -> HTMLResponse:
        with served.use() as opened:
            store = opened.store
            if entity not in store.entities([entity]):
                moved = store.redirect(entity)
                if moved and moved["new"]:
                    return HTMLResponse(status_code=308, headers={"Location": f"/entities/{moved['new']}"})
                return page("missing.html", 404, entity=entity, release=opened.release.id)
            coauthors = store.coauthors(entity, limit=30) if entity.startswith("P") else []
            names = store.entities([c["person"] for c in coauthors])
            return page(
                "entity.html", card=card(store, entity), coauthors=coauthors, names=names, release=opened.release.id
            )
