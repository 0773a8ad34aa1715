# What can be done here. Each target has one line of help; `make` alone shows them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# What `make compose-up` starts; SECURE=1 adds TLS, logins and ACLs of Kafka.
PROFILES ?= core observability
SECURE ?=
COMPOSE := docker compose -f deploy/compose.yaml $(if $(SECURE),-f deploy/compose.secure.yaml)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url

.PHONY: help install run test test-fast bench lint format contracts diagrams dashboards check lock clean \
	kubernetes secrets image sbom compose-up compose-down compose-watch

help: ## show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv with everything, each package checked by its hash

$(STAMP): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or later, or run 'make PYTHON=/path/to/python3'."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Run 'make PYTHON=/path/to/python3.11'."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: on Debian or Ubuntu, install the package python3-venv."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: install ## bring the whole hub to life with a simulated street (SEED=7 plays that one again); Ctrl-C stops it
	@$(BIN)/hub live $(if $(SEED),--seed $(SEED))

test: install ## run the whole suite
	$(BIN)/pytest -q

test-fast: install ## run what needs no servers
	$(BIN)/pytest -q -m "not integration and not chaos and not bench"

bench: install ## measure the floor, the throughput and the latency
	$(BIN)/python -m tests.bench

lint: install ## check style, types, imports, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory check

format: install ## tidy the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

check: install ## say whether contracts, diagrams and dashboards are fresh
	$(BIN)/python -m schemas.contract check
	$(BIN)/python -m schemas.asyncapi --check
	$(BIN)/python -m services.cli.openapi --check
	$(BIN)/python -m schemas.diagram --check
	$(BIN)/python -m services.cli.workflow_drawing --check
	$(BIN)/python -m deploy.grafana.build --check
	$(BIN)/python -m deploy.kubernetes.build --check

contracts: install ## write JSON Schemas, AsyncAPI and OpenAPI documents
	$(BIN)/python -m schemas.contract export
	$(BIN)/python -m schemas.asyncapi
	$(BIN)/python -m services.cli.openapi

diagrams: install ## draw the flow and the workflow of a case into both READMEs
	$(BIN)/python -m schemas.diagram
	$(BIN)/python -m services.cli.workflow_drawing

dashboards: install ## write Grafana's dashboards and the outlines of their map from deploy/grafana
	$(BIN)/python -m deploy.grafana.build

kubernetes: install ## write the manifests of deploy/kubernetes
	$(BIN)/python -m deploy.kubernetes.build

secrets: install ## make the passwords and keys of deploy/secrets that are missing
	@$(BIN)/python -m deploy.secure deploy/secrets $(if $(SECURE),--kafka)

image: ## build the image of the hub, the same from the same sources
	SOURCE_DATE_EPOCH=0 docker build --build-arg SOURCE_DATE_EPOCH=0 -f deploy/Dockerfile -t event-hub:0.1.0 .

sbom: install ## list every package of the image in dist/sbom.cdx.json (CycloneDX)
	@$(BIN)/python -m deploy.sbom dist/sbom.cdx.json

compose-up: secrets image ## bring the hub up in containers (PROFILES="core observability scale", SECURE=1)
	$(COMPOSE) $(PROFILES:%=--profile %) up --detach --no-build --wait

compose-down: ## stop the containers; data stays in their volumes
	$(COMPOSE) --profile '*' down

compose-watch: secrets ## containers for development: what you change is copied in, and restarts
	$(COMPOSE) -f deploy/compose.dev.yaml --profile core up --build --watch

lock: install ## resolve requirements anew, with hashes
	$(COMPILE) pyproject.toml -o requirements/run.txt
	$(COMPILE) --all-extras pyproject.toml -o requirements/dev.txt

clean: ## remove .venv and every cache; data in .hub stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov dist
	find . -name __pycache__ -not -path './.hub/*' -prune -exec rm -rf {} +
