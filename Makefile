# make demo: install and make a first table, figure and page;  make test: install and run all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := selfbench methods datasets metrics reports

.PHONY: demo test check setup clean FORCE

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
	cd $(VENV) && bin/mypy --config-file ../pyproject.toml  # not here, where selfbench/ is only a part

setup: $(VENV)/.installed $(VENV)/.linked

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing (a few minutes the first time: torch is large, pydensecrf2 compiles) ..."
	$(BIN)/python -m pip install -qq -e '.[dev]' --config-settings editable_mode=strict
	@touch $@

# A strict editable install links each file by name, so a new file needs linking again.
$(VENV)/.linked: $(VENV)/.sources | $(VENV)/.installed
	$(BIN)/python -m pip install -qq --no-deps -e . --config-settings editable_mode=strict
	@touch $@

$(VENV)/.sources: FORCE | $(VENV)/bin/python
	@find $(PACKAGES) -name '*.py' -o -path '*/templates/*' -type f | sort > $@.new
	@cmp -s $@.new $@ || cp $@.new $@

clean:
	rm -rf $(VENV) build *.egg-info
