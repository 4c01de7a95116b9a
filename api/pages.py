"""The pages: one box, the answer with its proofs, one page an entity, the description of the API.

Rendered here, without any script, under a strict content security policy. Text of sources is escaped, cut free of control
and direction characters, and isolated in its direction; an address is a link only where it is http or https.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from api.problems import Problem
from api.wording import EXAMPLES, WORDS, preferred
from kg import messages, render
from kg.ask import ask, card
from kg.messages import LANGS, Lang
from kg.people import Partner, PersonHit, Proof, place_text
from kg.service import Service

PAGE = 20
PROOFS = 12
COAUTHORS = 30
_ROOT = Path(__file__).parent / "web"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ELSEWHERE = {"award_number", "fields"}
"""Facts that have a place of their own on the page of an entity."""
_IDENTIFIER_PAGES = {
    "orcid": "https://orcid.org/{}",
    "researchmap": "https://researchmap.jp/{}",
    "nrid": "https://nrid.nii.ac.jp/nrid/{}/",
    "doi": "https://doi.org/{}",
    "crid": "https://cir.nii.ac.jp/crid/{}",
    "award": "https://kaken.nii.ac.jp/grant/KAKENHI-PROJECT-{}/",
    "ror": "https://ror.org/{}",
}


def safe_url(url: str | None) -> str | None:
    """The address if it is one a reader may follow (http or https), else None: source text never becomes script."""
    return url if url and url.startswith(("https://", "http://")) else None


def identifier_url(scheme: str, value: str) -> str | None:
    """The page of an identifier, where its scheme has pages."""
    pattern = _IDENTIFIER_PAGES.get(scheme)
    return pattern.format(quote(value, safe="/")) if pattern else None


@dataclass(frozen=True, slots=True)
class Group:
    """Proofs of one clause with one partner, in the order of the answer."""

    clause: str
    partner: Partner | None
    proofs: list[Proof]


def grouped(person: PersonHit) -> list[Group]:
    """The proofs of a person, those of one clause and partner together."""
    groups: dict[tuple[str, str | None], Group] = {}
    for x in person.proofs:
        key = (x.clause, x.partner.id if x.partner else None)
        groups.setdefault(key, Group(x.clause, x.partner, [])).proofs.append(x)
    return list(groups.values())


def ticked(text: str) -> Markup:
    """Words of the API description, `names` in them as code."""
    parts = [escape(x) for x in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(x) if i % 2 else x for i, x in enumerate(parts))


class Reader:
    """Who reads this page: the language, and links that keep it."""

    def __init__(self, request: Request) -> None:
        chosen = request.query_params.get("lang")
        self.path = request.url.path
        self.params = {k: v for k, v in request.query_params.items() if k in ("q", "cursor")}
        self.explicit = chosen in LANGS
        wanted = preferred(request.headers.get("accept-language", ""))
        self.lang: Lang = next((x for x in LANGS if x == chosen), wanted)

    def url(self, path: str, **params: Any) -> str:
        """An address of ours, with `lang` where the reader chose one."""
        wanted = {k: str(v) for k, v in params.items() if v not in (None, "")}
        if self.explicit:
            wanted["lang"] = self.lang
        return path + ("?" + urlencode(wanted, errors="replace") if wanted else "")

    def entity(self, entity: str) -> str:
        """The page of an entity; ids of fields hold slashes and spaces."""
        return self.url("/entities/" + quote(entity, safe=":", errors="replace"))

    def other(self, lang: Lang) -> str:
        """This page in another language."""
        return quote(self.path, errors="replace") + "?" + urlencode(self.params | {"lang": lang}, errors="replace")

    def t(self, key: str, /, **values: Any) -> str:
        """A wording of the page."""
        text = WORDS[key][LANGS.index(self.lang)]
        return text.format(**values) if values else text

    def say(self, key: str, /, **values: Any) -> str:
        """A sentence of the answer."""
        return messages.say(key, self.lang, **values)

    def label(self, kind: str, value: str | None) -> str:
        """What a code is called."""
        return messages.label(kind, value, self.lang)

    def pick(self, ja: str | None, en: str | None) -> str | None:
        """The form in the reader's language, else the other."""
        return messages.pick(ja, en, self.lang)


def _clean(value: Any) -> Any:
    """Whatever a template prints: nothing for None, text without characters that steer. Markup was cleaned before."""
    if value is None:
        return ""
    return value if isinstance(value, Markup) or not isinstance(value, str) else render.plain(value)


@cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(_ROOT), autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_clean
    )
    env.filters |= {"safe_url": safe_url, "ticked": ticked}
    env.globals.update(identifier_url=identifier_url, grouped=grouped, languages=LANGS)
    return env


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A template with its values as a response."""
    reader = Reader(request)
    text = _environment().get_template(template).render(
        r=reader, t=reader.t, say=reader.say, label=reader.label, lang=reader.lang, **values
    )  # fmt: skip
    headers = {
        "Content-Security-Policy": _POLICY, "Content-Language": reader.lang, "Vary": "Accept-Language, Accept",
        "Cache-Control": "no-cache",
    }  # fmt: skip
    return HTMLResponse(text.encode("utf-8", "replace"), status, headers)


def problem_page(request: Request, found: Problem, headers: Mapping[str, str]) -> Response:
    """A problem document for a reader."""
    answer = page(request, "problem.html", found.status, problem=found)
    answer.headers.update(headers)
    return answer


def mount(app: FastAPI, served: Service) -> None:
    """Adds the pages."""
    style = (_ROOT / "style.css").read_bytes()
    icon = (_ROOT / "icon.svg").read_bytes()
    ways = ["GET", "HEAD"]

    @app.api_route("/style.css", methods=ways, include_in_schema=False)
    def stylesheet() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "max-age=300"})

    @app.api_route("/icon.svg", methods=ways, include_in_schema=False)
    def icon_file() -> Response:
        return Response(icon, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    @app.api_route("/", methods=ways, include_in_schema=False)
    def home(
        request: Request,
        q: Annotated[str, Query(max_length=4000)] = "",
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> HTMLResponse:
        return _home(request, served, q.strip()[:1000], cursor)

    @app.api_route("/entities/{entity:path}", methods=ways, include_in_schema=False)
    def entity_page(request: Request, entity: str) -> Response:
        return _entity(request, served, entity)

    @app.api_route("/docs", methods=ways, include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return page(request, "docs.html", api=app.openapi(), operations=operations(app.openapi()))


def _home(request: Request, served: Service, question: str, cursor: str | None) -> HTMLResponse:
    reader = Reader(request)
    with served.use() as opened:
        coverage, release = opened.store.coverage(), opened.release.id
        if not question:
            return page(request, "home.html", q="", examples=EXAMPLES[reader.lang], coverage=coverage, release=release)
        answer = ask(
            opened.store, question, search=opened.search, limit=PAGE, cursor=cursor or None,
            proofs_per_person=PROOFS, lang=reader.lang,
        )  # fmt: skip
        places = {c.id: place_text(a, reader.lang) for c in answer.entities for a in c.affiliations[:1]}
    names = {p.id: p.name for p in answer.people}
    typed = json.dumps(answer.understood.query, ensure_ascii=False, indent=1)
    return page(
        request, "answer.html", answer=answer, q=question, names=names, places=places, typed=typed,
        more=min(PAGE, max(0, answer.total - PAGE)), release=release,
    )  # fmt: skip


def _entity(request: Request, served: Service, entity: str) -> Response:
    reader = Reader(request)
    with served.use() as opened:
        store, release = opened.store, opened.release.id
        if len(entity) > 300 or entity not in store.entities([entity]):
            moved = store.redirect(entity) if len(entity) <= 300 else None
            if moved and moved["new"]:
                return Response(status_code=308, headers={"Location": reader.entity(moved["new"])})
            return page(
                request, "missing.html", 410 if moved else 404, entity=entity[:300], gone=bool(moved), release=release
            )  # fmt: skip
        found = card(store, entity, lang=reader.lang)
        coauthors = store.coauthors(entity, limit=COAUTHORS) if found.kind == "person" else []
        names = store.entities([c["person"] for c in coauthors])
        fields = store.fields_of(entity) if found.kind in ("person", "project", "work") else []
    shown = found.model_copy(update={"facts": {k: v for k, v in found.facts.items() if k not in _ELSEWHERE}})
    facts = [(name, value) for name, value in render.fact_lines(shown, reader.lang) if value != found.title]
    return page(
        request, "entity.html", card=found, facts=facts, coauthors=coauthors, names=names, fields=fields,
        period=render.period, place=render.place, fact_value=render.fact_value, most=COAUTHORS, release=release,
    )  # fmt: skip


# --- the description of the API ------------------------------------------------------------------------------


def operations(api: dict[str, Any]) -> list[dict[str, Any]]:
    """What the description page shows of each route: method, path, words, parameters, body fields, a command to try."""
    found = []
    for path, methods in api["paths"].items():
        for method, o in methods.items():
            body = _body_fields(api, o)
            found.append(
                {
                    "method": method.upper(), "path": path, "summary": o["summary"], "description": o["description"],
                    "tag": o["tags"][0], "parameters": o.get("parameters", []) + body, "statuses": o["responses"],
                    "command": _command(api, method, path, o),
                }
            )  # fmt: skip
    return found


def _body_schema(api: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return None
    schema: dict[str, Any] = api["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    return schema


def _body_fields(api: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _body_schema(api, operation)
    if schema is None:
        return []
    needed = schema.get("required", [])
    return [
        {"name": n, "in": "body", "required": n in needed, "description": s.get("description", "")}
        for n, s in schema["properties"].items()
    ]


def _command(api: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    """A `curl` that works: the examples of the description, put in."""
    schema = _body_schema(api, operation)
    if schema is not None:
        body = {n: s["examples"][0] for n, s in schema["properties"].items() if "examples" in s}
        text = json.dumps(body, ensure_ascii=False)
        return f"curl -s \"$BASE{path}\" -H 'content-type: application/json' -d '{text}'"
    query = {}
    for p in operation.get("parameters", []):
        example = (p["schema"].get("examples") or p.get("examples") or [None])[0]
        if p["in"] == "path":
            path = path.replace("{" + p["name"] + "}", str(example))
        elif example is not None:
            query[p["name"]] = example
    return f'curl -s "$BASE{path}{"?" + urlencode(query) if query else ""}"'
