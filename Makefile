# make demo      install, then make a first table, figure and page
# make quick     the tests to run before each commit: all but the slow ones
# make test      all tests
# make check     lint, format and types
# make slowest   all tests, and which took longest
# make hooks     run what `check` runs before each commit of this clone
# make setup     install alone;  make clean  remove what was installed and what tools left
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest -n 2

.PHONY: demo quick test check slowest hooks setup dense-crf clean

demo: setup
	$(BIN)/selfbench run --method videopca --dataset '*-sim'
	$(BIN)/selfbench report --set layout=segmentation --set standalone=true
	$(BIN)/selfbench report --report figure --method videopca --dataset fs-singles-sim
	$(BIN)/selfbench report --report html

quick: setup
	$(PYTEST) -m "not slow"

test: setup
	$(PYTEST)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

slowest: setup
	$(PYTEST) --durations=40 --durations-min=1

hooks: setup
	$(BIN)/pre-commit install

setup: $(VENV)/.installed

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing (a few minutes the first time: torch is large, pydensecrf2 compiles) ..."
	$(BIN)/python -m pip install -qq -e '.[dev]'
	@$(BIN)/python -c 'import pydensecrf' 2> /dev/null || $(MAKE) --no-print-directory dense-crf
	@touch $@

# pydensecrf2 asks for a Cython that does not know Python 3.13; with a newer one it compiles.
dense-crf:
	$(BIN)/python -m pip install -qq 'cython>=3' setuptools wheel
	$(BIN)/python -m pip install -qq --no-build-isolation 'pydensecrf2>=1.1'

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
