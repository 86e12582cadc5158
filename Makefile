# `make demo` and `make test` each make .venv first; a second call finds a stamp and goes straight on.
# PYTHON picks the interpreter; PIP_FLAGS is handed to pip (say, --find-links for a CPU build of torch).

PYTHON ?= python3
PIP_FLAGS ?=
PYTEST_FLAGS ?= -n 2 --dist loadfile

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Nothing is downloaded but packages, pip and pyright don't speak of newer versions of themselves.
export HF_HUB_OFFLINE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore
export PYRIGHT_PYTHON_IGNORE_WARNINGS = 1

BIN := .venv/bin
# An environment is good for one content of these files in one place: an editable install holds absolute paths.
STATE := $(shell { pwd; cat pyproject.toml setup.py constraints.txt; } | cksum | cut -d ' ' -f 1)
DEV := .venv/.ready-dev-$(STATE)
# What tests need includes what a run needs.
RUN := $(if $(wildcard $(DEV)),$(DEV),.venv/.ready-run-$(STATE))

.PHONY: help demo test check lint format types layers notebooks bench wheel clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(RUN)  ## run riverbend with the embedded model, in a folder of its own under runs/
	@n=1; while [ -e runs/riverbend-$$n ]; do n=$$((n + 1)); done; \
	$(BIN)/python -m gamemaster run riverbend --out runs/riverbend-$$n

test: $(DEV)  ## the fast tests: no network, no GPU
	@$(BIN)/python -m pytest $(PYTEST_FLAGS)

check:  ## everything that CI runs
	@bash .ci/run

lint: $(DEV)  ## ruff: rules and format
	@$(BIN)/ruff check --output-format concise .
	@$(BIN)/ruff format --check .

format: $(DEV)  ## ruff: mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(DEV)  ## pyright, strict
	@$(BIN)/python -m pyright

layers: $(DEV)  ## import-linter: imports point only down
	@$(BIN)/lint-imports --no-logo

notebooks: $(DEV)  ## run every tutorial from its first cell to its last
	@for notebook in docs/tutorials/*.ipynb; do \
		[ -e "$$notebook" ] || { echo "docs/tutorials holds no notebook."; exit 1; }; \
		echo "$$notebook"; $(BIN)/jupyter-execute --timeout=600 "$$notebook"; \
	done

bench: $(DEV)  ## the benchmarks' table
	@$(BIN)/python -m benchmarks

wheel: $(DEV)  ## sdist and wheel in dist/, the wheel built from the sdist
	@rm -rf build dist
	@log=$$($(BIN)/python -m build --no-isolation --outdir dist . 2>&1) || { echo "$$log"; exit 1; }
	@rm -rf build
	@ls dist

clean:  ## remove the environment and all that is made; keep runs/
	@rm -rf .venv build dist gamemaster.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON) here. Name a Python of 3.11 or newer: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "gamemaster needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Name another: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "$(PYTHON) lacks the modules venv and ensurepip. On Debian and Ubuntu the package python3-venv holds them." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

# Built with the setuptools inside .venv, so that a build fetches nothing; the tests build the wheel with it too.
define install
	@echo "Installing gamemaster[$(EXTRAS)] into .venv: a minute or more the first time"
	@$(BIN)/python -m pip install -qq $(PIP_FLAGS) --constraint constraints.txt 'setuptools>=77'
	@$(BIN)/python -m pip install -qq --no-compile $(PIP_FLAGS) --constraint constraints.txt --no-build-isolation --editable '.[$(EXTRAS)]'
	@touch $@
endef

.venv/.ready-run-$(STATE): EXTRAS := offline
.venv/.ready-run-$(STATE): | .venv/bin/python
	$(install)

$(DEV): EXTRAS := offline,local,experiment,docs,dev
$(DEV): | .venv/bin/python
	$(install)
