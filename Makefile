# `make demo` and `make test` are all a newcomer needs; python3 (3.11 or newer) and make are all they need beforehand.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check
PACKAGES := $(wildcard klamm protocol_tables rewrite_rules)
SOURCES := $(PACKAGES) $(wildcard conformance tests tools)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-test demo test conformance audit lint format check-java lock clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

install: $(VENV)/.klamm ## Make .venv with the klamm command, from the lock

install-test: $(VENV)/.test ## Add what the tests need, from the lock

demo: install ## Show two tenants on one embedded broker (make demo ARGS=--once runs through and exits)
	@$(BIN)/klamm demo $(ARGS)

test: check-java install-test lint ## Run the linters and all tests, real Kafka included (needs Java 17 and Maven)
	$(BIN)/python -m tests.kafka
	$(BIN)/python -m tests.clients
	$(BIN)/python -m pytest $(ARGS)

conformance: install-test ## Prove the tables and the two executors with many examples (make conformance ARGS="--examples 200")
	$(BIN)/python -m conformance $(ARGS)

audit: install-test ## Hold the tables against Kafka's own schemas, for all releases
	$(BIN)/python -m tools.audit_tables $(ARGS)

lint: install-test ## Run ruff and mypy
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy $(PACKAGES)

format: install-test ## Format the code and sort its imports
	$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

check-java:
	@missing=; \
	java=$$(java -version 2>&1 | sed -nE '1s/.*version "([0-9]+).*/\1/p'); \
	if [ -z "$$java" ]; then missing="$$missing\n  java: not found"; \
	elif [ "$$java" -lt 17 ]; then missing="$$missing\n  java: version $$java found, 17 or newer needed"; fi; \
	if ! command -v mvn >/dev/null 2>&1; then missing="$$missing\n  mvn: not found"; fi; \
	if [ -n "$$missing" ]; then \
	  printf "make test needs Java 17 (or newer) and Maven:$$missing\n"; \
	  printf 'The tests run against real Apache Kafka: Maven brings its jars, Java runs its brokers and console tools.\n'; \
	  printf 'On Debian or Ubuntu: apt-get install openjdk-17-jre-headless maven\n'; \
	  exit 1; \
	fi >&2

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Klamm needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make install PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Stamp files: each is newer than what it was made from, so a second `make install` does nothing.
$(VENV)/.run: requirements/run.txt | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/.klamm: pyproject.toml $(VENV)/.run
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.klamm
	$(PIP) install --quiet --require-hashes -r requirements/test.txt
	@touch $@

# The tools that lock live in a venv of their own: they have no business in the environment that they lock.
LOCK := .cache/lock
COMPILE := env -u PIP_FIND_LINKS $(LOCK)/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
  --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra demo --extra inspect

lock: ## Lock the newest dependencies that pyproject.toml allows
	$(PYTHON) -m venv $(LOCK)
	$(LOCK)/bin/python -m pip --disable-pip-version-check install --quiet pip-tools==7.6.2 dependency-groups==1.3.2
	$(LOCK)/bin/dependency-groups build > $(LOCK)/run.in
	$(LOCK)/bin/dependency-groups build lint test > $(LOCK)/test.in
	$(COMPILE) --upgrade -o requirements/test.txt pyproject.toml $(LOCK)/test.in
	$(COMPILE) --constraint requirements/test.txt -o requirements/run.txt pyproject.toml $(LOCK)/run.in

clean: ## Remove .venv, caches and build output
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
