# Every target sets up what it needs: a virtual environment in .venv with the locked packages.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Hundreds of processes start in the tests: none of them needs to compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test test-browser lint types run bench trust clean lock wheel release

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 28

# Its own pip first: the one that Python 3.11 brings takes "coverage[toml]" for an unpinned package once a newer is out.
$(STAMP): requirements-pip.txt requirements-dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-pip.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

install: $(STAMP) ## make .venv with the locked packages

demo: $(STAMP) ## crawl a miniature web on this machine and write a digest
	@$(BIN)/monitor demo

test: $(STAMP) ## run the tests with the coverage floors
	@$(BIN)/coverage erase
	@$(BIN)/python -m pytest -n auto --dist loadscope --cov --cov-report=
	@$(BIN)/coverage report --fail-under=90 | tail -n 30
	@$(BIN)/coverage report --include='monitor/core/*' --fail-under=100 | tail -n 15
	@echo "not run here: letter and pages in a real browser (make test-browser)"

test-browser: $(STAMP) ## look at the letter and the pages in Chromium: accessibility, layout, validity, keys
	@tests/browser/run

lint: $(STAMP) ## ruff and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

types: $(STAMP) ## mypy --strict
	@$(BIN)/mypy

run: $(STAMP) ## run every step for the home in this folder
	@$(BIN)/monitor run

# `make bench ONLY="polling pages"` runs some. Peers are installed into ~/.cache/town-monitor-bench ($MONITOR_PEERS).
bench: $(STAMP) ## run every benchmark against its peers, and compare with the last time (see bench/)
	@$(BIN)/python -m bench $(ONLY)

# Each module of bench/trust is a trial; `make trust ONLY="feeds pages"` runs some.
trust: $(STAMP) ## try what is promised about hostile input and faults, at length (see bench/trust/)
	@$(BIN)/python -m bench.trust $(ONLY)

wheel: $(STAMP) ## build the wheel and try it in a clean environment
	@$(BIN)/python .ci/wheel.py

release: $(STAMP) ## make wheel, source and bill of materials (SBOM) in dist/
	@$(BIN)/python .ci/release.py

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

lock: ## write requirements.txt (to run), -dev.txt (to work on it) and -pip.txt anew; needs uv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	echo pip | $(LOCK:pyproject.toml=-) --output-file requirements-pip.txt

clean: ## remove the environment, caches and the demo's home
	rm -rf $(VENV) dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
