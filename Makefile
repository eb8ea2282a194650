# Two commands: `make run` serves forecasts, `make test` checks everything.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.PHONY: run test lint lock clean

run: $(VENV)/run.installed
	@exec $(BIN)/bordercast run --port $(PORT)

test: $(VENV)/test.installed
	@$(BIN)/python -m tests

lock: $(VENV)/test.installed
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --quiet --upgrade \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --extra postgres --extra charts --extra dask --extra build --output-file requirements/run.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --quiet \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --all-extras --constraint requirements/run.lock --output-file requirements/test.lock

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Bordercast needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/%.installed: requirements/%.lock pyproject.toml | $(BIN)/python
	@echo "Installing $<"
	@$(PIP) install --require-hashes --requirement $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m app.charts.browser_bundle
	@touch $@
