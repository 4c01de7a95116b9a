# Everything a newcomer or CI does. Needs Python >= 3.11 with venv, git and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
# A fresh machine has no uv: the environment is made by venv, uv is put into it, and uv installs what uv.lock pins.
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export UV_PYTHON_DOWNLOADS := never

.PHONY: setup setup-dev demo demo-stop test check check-heavy bench bench-neo4j docs docs-cypher clean

$(VENV)/.base: pyproject.toml uv.lock
	@test -x "$(VENV)/bin/python" || $(PYTHON) -m venv "$(VENV)"
	@test -x "$(UV)" || "$(VENV)/bin/python" -m pip --version >/dev/null 2>&1 || "$(VENV)/bin/python" -m ensurepip --upgrade >/dev/null
	@test -x "$(UV)" || "$(VENV)/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	"$(UV)" sync --quiet --frozen --inexact --no-dev
	@touch "$@"

$(VENV)/.dev: $(VENV)/.base
	"$(UV)" sync --quiet --frozen --inexact
	@touch "$@"

setup: $(VENV)/.base  ## the environment with .venv/bin/kg

setup-dev: $(VENV)/.dev

demo: setup  ## invent a country, import, build, serve, ask
	@"$(VENV)/bin/python" -m kg demo

demo-stop:  ## ends the server that `make demo` left running
	@"$(VENV)/bin/python" -m kg demo --stop

test: setup-dev  ## the default suite
	"$(VENV)/bin/python" -m pytest -m "not heavy"

check: setup-dev  ## lint, types, arrows between rooms
	"$(VENV)/bin/ruff" check .
	"$(VENV)/bin/ruff" format --check .
	"$(VENV)/bin/mypy"
	"$(VENV)/bin/lint-imports"

check-heavy: setup-dev  ## what the default suite leaves out: kills, Spark, memory, many seeds
	"$(UV)" sync --quiet --frozen --inexact --extra spark
	"$(VENV)/bin/python" -m pytest -m heavy

bench: setup-dev  ## writes docs/benchmarks.md
	"$(VENV)/bin/python" -m bench

bench-neo4j: setup-dev  ## writes docs/benchmarks-neo4j.md; HOME_OF_RELEASES=… has two releases
	"$(VENV)/bin/python" -m bench.neo4j "$(HOME_OF_RELEASES)"

docs: setup-dev  ## regenerates the reference pages
	"$(VENV)/bin/python" -m kg schema --format markdown > docs/graph-schema.md
	"$(VENV)/bin/python" -m kg.cli.reference > docs/commands.md

docs-cypher: setup-dev  ## schema and results in docs/cypher.md and docs/analysis.ipynb, from a server with an invented country
	KG_WRITE_DOCS=1 "$(VENV)/bin/python" -m pytest tests/neo4j/test_cypher_page.py tests/neo4j/test_notebook.py

clean:
	rm -rf "$(VENV)" .cache demo-home
