# The only list of commands. `make help` prints it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
WORKERS ?= 2
MANAGE := $(BIN)/python manage.py

.PHONY: help setup run test check fix bench clauses docs lock clean

help: ## print every target in a line
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "make %-8s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing. On Debian: apt install python3-venv"; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the portal stands on ..."
	@$(BIN)/pip install --quiet --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests stand on ..."
	@$(BIN)/pip install --quiet --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@ $(VENV)/.run

setup: $(VENV)/.dev ## install everything for running and testing into .venv

run: $(VENV)/.run ## set up and start the whole portal on 127.0.0.1:8000 (PORT= chooses another)
	@exec $(BIN)/python -m config.launcher

test: $(VENV)/.dev ## run all tests; browser tests too where a Chromium is found
	@$(BIN)/python -m tests.preflight
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

check: $(VENV)/.dev ## everything that can be checked without running: changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --check --lint templates
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) makemigrations --check --dry-run
	$(BIN)/python -m tests.production_check

fix: $(VENV)/.dev ## the same, mending what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates

bench: $(VENV)/.dev ## measure: a row per number, as ratios against named baselines
	@$(BIN)/python -m bench $(BENCH)

clauses: $(VENV)/.dev ## print every clause of the policies and the tests that prove it
	@$(BIN)/python -m tests.clause_map

docs: $(VENV)/.dev ## generate docs/reference: state diagrams, personal data, holders, clocks
	@DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) reference

lock: $(VENV)/.dev ## make requirements*.txt anew from requirements*.in
	$(BIN)/pip-compile -q --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements.txt requirements.in
	$(BIN)/pip-compile -q --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements-dev.txt requirements-dev.in

clean: ## remove the virtual environment and everything the portal wrote
	rm -rf $(VENV) var .env
