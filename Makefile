# `make run` serves forecasts, `make test` checks everything, `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.PHONY: run test test-fast trials lint format types docs lock clean help

run: $(VENV)/run.installed ## Install, load the record, forecast every series, and serve it (PORT=8000)
	@exec $(BIN)/bordercast run --port $(PORT)

test: $(VENV)/test.installed ## Run every check and every test, as continuous integration does
	@$(BIN)/python -m tests

test-fast: $(VENV)/test.installed ## Run the tests that need no browser, backtest, PostgreSQL, or service
	@$(BIN)/python -m tests fast

trials: $(VENV)/test.installed ## Run the trials: random kills, full disks, a soak, upgrades, the image (an hour at most)
	@$(BIN)/pytest -q -n 0 --timeout 3600 tests/trials
	@$(BIN)/pytest -q -n 0 -m trial tests

lint: $(VENV)/test.installed ## Check the formatting, the lint rules, and the import rules
	@$(BIN)/python -m tests format lint imports

format: $(VENV)/test.installed ## Format the code, and repair what the linter can repair
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

types: $(VENV)/test.installed ## Check the types
	@$(BIN)/python -m tests types

docs: $(VENV)/test.installed ## Build the documentation site, site/html/index.html
	@$(BIN)/python -m sphinx --fail-on-warning --quiet --conf-dir docs/sphinx --doctree-dir site/doctrees . site/html
	@echo "Built site/html/index.html; a service started here shows it at /documentation."

lock: $(VENV)/test.installed ## Resolve the dependencies again, and write requirements/*.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --quiet --upgrade \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --extra postgres --extra charts --extra parquet --extra dask --extra redis --extra build --output-file requirements/run.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --quiet \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --all-extras --constraint requirements/run.lock --output-file requirements/test.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --quiet \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --extra docs --constraint requirements/test.lock --output-file requirements/docs.lock

clean: ## Remove the virtual environment
	rm -rf $(VENV)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Bordercast needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# without compiling: Python compiles what it imports, which is a part
$(VENV)/%.installed: requirements/%.lock pyproject.toml | $(BIN)/python
	@echo "Installing $<"
	@$(PIP) install --no-compile --require-hashes --requirement $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m app.charts.browser_bundle
	@touch $@
