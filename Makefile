# `make run` and `make test` do all the set-up; they need Python 3.11 or newer and make.
PYTHON ?= python3
VENV   ?= .venv
ACROSS ?= build/across
BIN    := $(VENV)/bin

.PHONY: run test lint samples accuracy bench-repair bench-ocr scale country dictionary across notebooks bench clean

run: $(VENV)/run.stamp
	$(BIN)/henkou extract raw_pdfs --out extracted
	@$(BIN)/python -m pipeline.dataset.preview extracted

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

dictionary: $(VENV)/run.stamp
	$(BIN)/henkou schema --markdown > docs/data_dictionary.md

# The outputs in notebooks/ are those of the sample filings.
notebooks: run $(VENV)/dev.stamp
	$(BIN)/python -m tests.run_notebooks
	$(BIN)/ruff format --quiet notebooks

# Waves, index and search over half a million rows whose truth is known: time, memory, quality.
across: $(VENV)/dev.stamp
	$(BIN)/python -m tests.across.scale $(ACROSS)

clean:
	rm -rf $(VENV) extracted

accuracy: $(VENV)/samples.stamp
	$(BIN)/python -m tests.accuracy $(ARGS)

bench-repair: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench_repair

# Fifteen minutes on two idle cores; ARGS=2 reads two of the six layouts.
bench-ocr: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench_ocr --write docs/ocr.md $(ARGS)

# Needs LibreOffice, Chromium and the fonts that tests/filings/README.md names; the PDFs are committed.
samples: $(VENV)/samples.stamp
	$(BIN)/python -m tests.filings.make $(ARGS)
	$(BIN)/python -m tests.scans.make $(ARGS)

scale: $(VENV)/dev.stamp
	$(BIN)/python -m tests.scale $(or $(N),10000) build/scale

# 5.6 GB of filings, each of 60 pages.
country: $(VENV)/samples.stamp
	$(BIN)/python -m tests.scale $(or $(N),27000) build/country --whole

# Some fifteen minutes on a machine that does nothing else; writes docs/performance.md's own block.
bench: $(VENV)/samples.stamp
	$(BIN)/python -m tests.bench $(ARGS)

# One environment; each stamp is newer than what is built when its packages are in.
BUILT := pyproject.toml setup.py $(wildcard pipeline/compiled/*.[ch])
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "henkou needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing (Debian: apt install python3-venv)"; exit 1; }

$(VENV)/run.stamp: $(BUILT) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: $(BUILT) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/run.stamp

$(VENV)/samples.stamp: $(BUILT) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,samples,peers]'
	@touch $@ $(VENV)/dev.stamp $(VENV)/run.stamp
