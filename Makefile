# Two commands do everything on a machine with Python >= 3.11 and make:
#   make site   installs what is needed into .venv and builds the handbook into site/
#   make test   installs what is needed into .venv and runs every test
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready

# The samples live on Monday, 23 November 2026, 09:30 UTC, with some of their hotfixes under way. The handbook is built as of
# then, so that it looks the same on every day. It builds by the clock, too; what is open is just later then.
SAMPLES_NOW = 1795426200

.PHONY: site serve samples test hosts quick lint format bench clean

site: $(READY)
	SOURCE_DATE_EPOCH=$(SAMPLES_NOW) $(BIN)/mkdocs build

serve: $(READY)
	SOURCE_DATE_EPOCH=$(SAMPLES_NOW) $(BIN)/mkdocs serve

# Runs the tests of the sample shop again, and lets them write the reports that the sample records name.
samples: $(READY)
	$(BIN)/python -m tests.shop

test: $(READY)
	$(BIN)/pytest

# Every host, theme and Python there is; `make test` runs a slice of it. The first run makes the environments.
hosts: $(READY)
	$(BIN)/pytest -m "hosts or slow" tests/hosts

quick: $(READY)
	$(BIN)/pytest -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11. Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
