# Everything here does its own set-up; it needs bash, make, Python 3.11 or newer with pip, and a package registry.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-spark lint check format serve bench eval lock clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := assistant knowledge tools bots
DEMO ?= demo
WORKSPACE ?= $(DEMO)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with the locked dependencies (the others do this by themselves)

demo: $(READY) ## Make the sample company in ./demo, ask three questions and draft a plan
	@BIN="$(CURDIR)/$(BIN)" bash .ci/demo "$(DEMO)"

test: $(READY) ## Run all tests, doctests and the documentation's commands
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadfile

test-spark: $(READY) ## Test that Spark says what DuckDB says (installs pyspark; needs Java 17)
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17, for example: apt install openjdk-17-jre-headless," \
	  "or brew install openjdk@17" >&2; exit 2; }
	@source .ci/registry $(BIN)/python; $(BIN)/uv pip install --quiet --python $(BIN)/python "pyspark>=4.0,<4.1"
	$(BIN)/pytest -q tests/tools/sources/test_spark.py

lint: $(READY) ## Check format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## Lint and test

format: $(READY) ## Format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

serve: $(READY) ## Serve a workspace: make serve WORKSPACE=folder (the demo by default)
	$(BIN)/yunce --workspace "$(WORKSPACE)" serve

bench: $(READY) ## Measure the speed of metrics and of search
	$(BIN)/python -m tests.bench.metrics
	$(BIN)/python -m tests.bench.search

# It is due after an edit of the library, the glossary, the prompts or the sample company: a test tells.
eval: $(READY) ## Score answers on the golden set; with SETS=folder retrieval on question sets too
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; $(BIN)/yunce init "$$folder/demo" --demo >/dev/null; \
	$(BIN)/yunce -w "$$folder/demo" eval answers tests/evals/golden.yaml --save "$$folder/scores.json"; \
	$(BIN)/python -m tests.evals.golden_gate "$$folder/scores.json"
	@[ -z "$(SETS)" ] || $(BIN)/python -m tests.evals.retrieval $(SETS)

lock: $(READY) ## Resolve pyproject.toml into requirements.lock
	@source .ci/registry $(BIN)/python; unset UV_INDEX UV_FIND_LINKS; \
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra dev --extra office --extra postgres pyproject.toml -o requirements.lock

clean: ## Remove the environment, the demo and what tools left behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	[ ! -e "$(DEMO)/.made-by-make-demo" ] || rm -rf "$(DEMO)"

$(READY): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" bash .ci/setup $(VENV)
	@touch $@
