# Two commands: `make course` opens the course, `make test` runs every check.
# Both make .venv first if needed; a second call starts at once.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt
# one thread for small matrices: two on two busy cores are far slower
THREADS := QMLCOURSE_PROGRESS=off OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.PHONY: course test lint unit notebooks-test browser latency notebooks benchmarks site audit \
  wheel setup setup-test clean

course: setup
	@$(BIN)/qmlcourse lab 0

test: setup-test lint unit notebooks-test browser
	@echo "All checks passed."

setup: $(VENV)/.installed
setup-test: $(VENV)/.installed-test

$(VENV)/.python:
	@PYTHON="$(PYTHON)" sh .ci/requirements.sh python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

# numpy and friends first: kwant is built against them
$(VENV)/.kwant: $(VENV)/.python constraints.txt
	@echo "Installing numpy, torch and kwant (a few minutes, once) ..."
	@$(PIP) numpy scipy tinyarray setuptools wheel cython
	@$(PIP) torch
	@$(BIN)/python -c "import kwant" 2>/dev/null || { PYTHON=$(BIN)/python sh .ci/requirements.sh compiler && \
	  $(PIP) --use-pep517 --no-build-isolation --config-settings="--global-option=--cython" --no-binary kwant kwant; }
	@touch $@

$(VENV)/.installed: $(VENV)/.kwant pyproject.toml constraints.txt
	@echo "Installing the course ..."
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@sh .ci/requirements.sh browser
	@echo "Installing what the tests need ..."
	@$(PIP) -e ".[test]"
	@touch $@

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

unit: setup-test
	$(THREADS) $(BIN)/python -m pytest -q -n 2 --dist loadscope -m "not browser"

# strict: every stored output is compared
notebooks-test: setup-test
	$(THREADS) $(BIN)/python -m pytest -q --nbval --nbval-current-env --nbval-cell-timeout=120 \
	  -p no:cacheprovider -n 2 --dist loadfile chapters/0*.ipynb

# two chapters at a time; BROWSERS=0 opens one at a time and prints how fast the pictures follow
BROWSERS ?= 2
browser: setup-test
	$(THREADS) $(BIN)/python -m pytest -q -m browser tests/widgets
	$(THREADS) $(BIN)/python -m pytest -q -n $(BROWSERS) --dist loadfile -m browser tests/voila

# every control of every explorer, one page at a time: key to picture, as a table
latency: setup-test
	@$(THREADS) $(BIN)/python benchmarks/latency.py

notebooks: setup
	$(THREADS) $(BIN)/qmlcourse notebooks

benchmarks: setup
	$(THREADS) $(BIN)/python benchmarks/ab_ring.py
	$(THREADS) $(BIN)/python benchmarks/wires.py
	$(THREADS) $(BIN)/python benchmarks/inverse_design.py
	$(THREADS) $(BIN)/python benchmarks/nqs.py
	$(THREADS) $(BIN)/python benchmarks/self_energy.py
	$(THREADS) $(BIN)/python benchmarks/anderson.py
	$(THREADS) $(BIN)/python benchmarks/ynet.py

# gallery and handouts of all chapters, and the reference of the library, without a network
site: setup
	@$(PIP) -e ".[docs]"
	$(BIN)/qmlcourse handout --out site
	$(BIN)/pdoc -o site/reference --docformat numpy --no-show-source qmlcourse

# known weaknesses of dependencies (asks a database in the network), and their licences
audit: setup
	@$(PIP) -e ".[audit]"
	$(BIN)/pip-audit --skip-editable
	$(BIN)/qmlcourse doctor --licences

wheel: setup-test
	$(BIN)/python -m hatchling build

clean:
	rm -rf $(VENV) build dist site artifacts .pytest_cache .ruff_cache
