# make demo: install and make a first table, figure and page;  make test: install and run all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test quick check setup clean

demo: setup
	$(BIN)/selfbench run --method videopca --dataset '*-sim'
	$(BIN)/selfbench report --layout segmentation --standalone
	$(BIN)/selfbench figure --method videopca --dataset fs-singles-sim
	$(BIN)/selfbench report --report html

test: setup
	$(BIN)/pytest -n 2

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(VENV)/.installed

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing (a few minutes the first time: torch is large, pydensecrf2 compiles) ..."
	$(BIN)/python -m pip install -qq -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
