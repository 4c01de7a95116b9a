"""A small installation with a release that tests write themselves, and a real server over it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pyarrow as pa
import pytest
import uvicorn

from api.app import create_app
from kg.records import Person, Row, Work
from kg.release import use
from kg.search import build_index
from kg.service import Service
from kg.settings import Settings
from kg.text import match_key
from kg.text.tokens import tokens
from tests.people import tiny

FIRST, SECOND = "r-000000000000000a", "r-000000000000000b"


def write_release(settings: Settings, name: str, rows: list[Row]) -> Path:
    """A release folder of these rows: manifest, graph file and index, as a build leaves them."""
    folder = settings.releases / name
    folder.mkdir(parents=True)
    tiny.write(folder / "graph.duckdb", rows)
    build_index([_documents(rows)], folder / "search", threads=1)
    counts = {"person": sum(isinstance(r, Person) for r in rows)}
    manifest = {"built": "2026-01-01T00:00:00Z", "parent": None, "counts": counts}
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    return folder


def _documents(rows: list[Row]) -> pa.RecordBatch:
    found = []
    for r in rows:
        if isinstance(r, Person | Work):
            kind, title = ("person", r.name_ja) if isinstance(r, Person) else ("work", r.title_ja)
            cut = tokens(title or "")
            found.append(
                {
                    "id": r.id, "kind": kind, "title": title or "", "tokens_ja": " ".join(cut.ja),
                    "tokens_en": " ".join(cut.en), "names": match_key(title or ""),
                    "year": r.year if isinstance(r, Work) else None, "row": len(found),
                }
            )  # fmt: skip
    return pa.RecordBatch.from_pylist(found)


@contextmanager
def running(settings: Settings, service: Service | None = None) -> Iterator[httpx.Client]:
    """The application behind a real HTTP server on a free port, and a client for it."""
    served = service or Service(settings)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(settings, served), log_level="critical", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [s]})
        thread.start()
        try:
            base = f"http://127.0.0.1:{s.getsockname()[1]}"
            with httpx.Client(base_url=base, timeout=60, trust_env=False, transport=_patient()) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(20)
            served.close()


def _patient() -> httpx.HTTPTransport:
    """Connects again while the server is still starting."""
    return httpx.HTTPTransport(retries=8)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation whose current release is `tiny.country()`. Nobody may change it."""
    settings = Settings(home=tmp_path_factory.mktemp("研究 データ") / "home", workers=1, memory_mb=1000)
    write_release(settings, FIRST, tiny.country())
    use(settings, FIRST)
    return settings


@pytest.fixture(scope="session")
def client(home: Settings) -> Iterator[httpx.Client]:
    """A client of a server over `home`."""
    with running(home) as c:
        yield c


@pytest.fixture(scope="session")
def releases(home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """`FIRST`, which is the country of `home`, and `SECOND` with one person more, to be copied."""
    settings = Settings(home=tmp_path_factory.mktemp("two"), workers=1, memory_mb=1000)
    shutil.copytree(home.releases / FIRST, settings.releases / FIRST)
    write_release(settings, SECOND, [*tiny.country(), *tiny.person("P50", "新田 五十")])
    return settings


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """An installation of one test's own, still without a release."""
    return Settings(home=tmp_path / "home", workers=1, memory_mb=1000)
