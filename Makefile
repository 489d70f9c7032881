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

# What is installed for one target only.
FUZZ    = $(VENV)/.ready-fuzz
MUTANTS = $(VENV)/.ready-mutants
MINIMUM = .venv-minimum/.ready
AUDIT   = .venv-audit/.ready
PIP     = -m pip install --quiet --disable-pip-version-check

.PHONY: site serve samples test hosts quick lint format bench fuzz mutants minimum audit dist clean

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

# Looks for bytes that end in a traceback, for FUZZ_SECONDS (60).
fuzz: $(FUZZ)
	$(BIN)/python -m tests.fuzz

# Changes the rules, one thing at a time, and asks the tests; fails when none notices a change that is not on the list.
# MODULES="rules/triage sla" takes these alone; all of them take an hour and more.
mutants: $(MUTANTS)
	$(BIN)/python -m tests.mutants $(MODULES)

# The oldest versions that pyproject.toml allows, in an environment of their own.
minimum: $(MINIMUM)
	.venv-minimum/bin/python -m pytest -p no:cacheprovider -m "not slow" -k "not unsigned" tests/test_cases.py tests/test_schemas.py \
	  tests/test_trust.py tests/test_bounded.py tests/unit/test_source.py tests/unit/test_policy.py

# Whether a known hole is in what is installed here. Ends with an error, too, where nobody could be asked.
audit: $(AUDIT)
	.venv-audit/bin/python .ci/audit.py $(BIN)/python

# Wheel and sdist, the same bytes whoever builds them.
dist: $(READY)
	$(BIN)/python .ci/dist.py

clean:
	rm -rf .venv-minimum .venv-audit $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11. Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) --editable '.[dev]'
	@touch $@

$(FUZZ): $(READY)
	$(BIN)/python $(PIP) 'atheris>=2.3'
	@touch $@

$(MUTANTS): $(READY)
	$(BIN)/python $(PIP) 'mutmut>=3.8,<3.9' 'coverage>=7.6'
	@touch $@

$(MINIMUM): $(READY)
	$(BIN)/python $(PIP) 'uv>=0.5'
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-minimum
	$(BIN)/uv pip install --quiet --python .venv-minimum/bin/python --resolution lowest-direct --editable '.[site]' \
	  'pytest>=8.3' 'hypothesis>=6.170.17'
	@touch $@

$(AUDIT): $(READY)
	$(BIN)/python -m venv --clear .venv-audit
	.venv-audit/bin/python $(PIP) 'pip-audit>=2.7'
	@touch $@
