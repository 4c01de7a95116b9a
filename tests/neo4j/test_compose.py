"""docker-compose.yml is whole and closed in: non-root, memory bounded, secrets by file, health checks that tell the truth."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kg.neo4j import Server
from kg.neo4j.docker import _SETTINGS, BESIDE_MB, IMAGE, variable

yaml = pytest.importorskip("yaml", reason="pyyaml is a development dependency: make setup-dev")

ROOT = Path(__file__).parent.parent.parent
KEYS = {
    "image", "build", "command", "user", "environment", "secrets", "volumes", "networks", "ports", "depends_on", "read_only",
    "tmpfs", "cap_drop", "security_opt", "mem_limit", "pids_limit", "ulimits", "stop_grace_period", "healthcheck", "restart",
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as docker would read it: without settings in the environment, defaults stand."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    defaults = re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", text)
    assert "${" not in defaults, "every variable has a default"
    read: dict[str, Any] = yaml.safe_load(defaults)
    return read


def megabytes(size: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([mg])", size).groups()  # type: ignore[union-attr]
    return int(number) * (1024 if unit == "g" else 1)


def test_it_is_whole(compose: dict[str, Any]) -> None:
    """Only known keys, and everything that a service names is declared."""
    assert set(compose) == {"services", "secrets", "networks", "volumes"}
    assert set(compose["services"]) == {"neo4j", "api"}
    for name, service in compose["services"].items():
        assert set(service) <= KEYS, name
        assert set(service["secrets"]) <= set(compose["secrets"])
        assert set(service["networks"]) <= set(compose["networks"])
        assert {v.split(":")[0] for v in service["volumes"]} <= set(compose["volumes"])
        assert set(service.get("depends_on", {})) <= set(compose["services"])
    used = {s for service in compose["services"].values() for s in service["secrets"]}
    assert used == set(compose["secrets"])


@pytest.mark.parametrize("name", ["neo4j", "api"])
def test_each_service_is_closed_in(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert megabytes(service["mem_limit"]) > 0
    assert set(service["healthcheck"]) == {"test", "interval", "timeout", "start_period", "retries"}
    assert service["restart"] == "unless-stopped"
    assert all(p.startswith("127.0.0.1:") for p in service.get("ports", []))


def test_bolt_is_private(compose: dict[str, Any]) -> None:
    neo4j = compose["services"]["neo4j"]
    assert "ports" not in neo4j
    assert neo4j["networks"] == ["graph"]
    assert compose["networks"]["graph"] == {"internal": True}


def test_no_secret_is_in_the_file_or_the_environment(compose: dict[str, Any]) -> None:
    assert compose["secrets"] == {n: {"file": f"./secrets/{n}"} for n in ("neo4j_auth", "neo4j_password")}
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if re.search("AUTH|PASSWORD|SECRET|KEY", name.upper()) and not name.startswith("NEO4J_dbms"):
                assert name.endswith("_FILE"), name
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "secrets" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def test_neo4j_is_set_as_kg_neo4j_start_sets_it(compose: dict[str, Any]) -> None:
    """Same version, same closed doors; memory adds up."""
    neo4j = compose["services"]["neo4j"]
    assert neo4j["image"] == IMAGE
    settings = neo4j["environment"]
    assert {k: settings[variable(k)] for k in _SETTINGS} == _SETTINGS
    heap, cache = settings["NEO4J_server_memory_heap_max__size"], settings["NEO4J_server_memory_pagecache_size"]
    assert megabytes(neo4j["mem_limit"]) >= megabytes(heap) + megabytes(cache) + BESIDE_MB
    assert settings["NEO4J_server_memory_heap_initial__size"] == heap


def test_the_image_of_the_api_holds_what_it_needs() -> None:
    """Every room is copied, and it does not run as root."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert {"kg", "loaders", "extractors", "ontology", "api"} <= set(re.findall(r"^COPY (\w+) \w+$", text, re.M))
    assert re.search(r"^USER kg$", text, re.M)
    assert "--uid 10001" in text


def healthy(compose: dict[str, Any], port: int) -> bool:
    command = [x.replace("/7687", f"/{port}") for x in compose["services"]["neo4j"]["healthcheck"]["test"][1:]]
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


def test_the_health_check_tells_a_server_from_none(compose: dict[str, Any], server: Server) -> None:
    """The very command of the file, against a real server, a dumb port and a closed one."""
    assert healthy(compose, int(server.access().address.rsplit(":", 1)[1]))
    with socket.create_server(("127.0.0.1", 0)) as dumb:
        port = dumb.getsockname()[1]
        assert not healthy(compose, port)
    assert not healthy(compose, port)
