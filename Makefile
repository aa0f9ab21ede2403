# Threat Desk.  `make run` shows it working; `make test` checks everything.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check coverage spark pictures lock sbom licences clean

run: $(VENV)/run.installed
	$(BIN)/threatdesk demo

test: check
	$(BIN)/python -m pytest -n auto --dist loadfile

coverage: $(VENV)/test.installed
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

check: $(VENV)/test.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Threat Desk needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.installed: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements/run.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.installed: requirements/test.txt $(VENV)/run.installed
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements/test.txt
	@touch $@

# Records beyond one machine: Spark, which is published as source only, and needs Java.
spark: $(VENV)/spark.installed
$(VENV)/spark.installed: requirements/spark.txt $(VENV)/run.installed
	$(PIP) install --quiet --require-hashes --only-binary :all: --no-binary pyspark \
		--no-build-isolation -r requirements/spark.txt
	@touch $@

# The pictures of the README, from the demonstration's figures.
pictures: run
	$(BIN)/python docs/images/draw.py

# Needs `uv` on the path.  Versions are pinned with hashes; no address is written.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --group build
lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group test --constraint requirements/run.txt --output-file requirements/test.txt
	$(LOCK) --extra spark --constraint requirements/run.txt --output-file requirements/spark.txt

# What is installed, for whoever must know: build/sbom.json (CycloneDX), the same for the same lock.
sbom: $(VENV)/test.installed
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file build/sbom.json

licences: $(VENV)/test.installed
	$(BIN)/python deploy/licences.py

clean:
	rm -rf $(VENV) data build .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
