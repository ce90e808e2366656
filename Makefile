# Two commands: `make course` opens the course, `make test` runs every check.
# Both make .venv first if needed; a second call starts at once.

VENV ?= .venv
BIN := $(VENV)/bin
# the first Python that is new enough, looked for when it is needed
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
STEP := sh .ci/step.sh
# what the system must have is asked for once, for all that this call is going to need
NEEDS := $(if $(filter-out course setup clean,$(or $(MAKECMDGOALS),course)),test,course)
# one thread for small matrices: two on two busy cores are far slower; compiled modules are kept, so
# that the next run starts sooner
THREADS := PYTHONDONTWRITEBYTECODE= QMLCOURSE_PROGRESS=off OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
# slow checks of delivery: a sample that changes with the date; `make test SAMPLE=2026-11-24` takes
# that day's again, SAMPLE=all takes all
SAMPLE ?= $(shell date +%F)
export QMLCOURSE_SAMPLE := $(SAMPLE)

.PHONY: course test check-all lint unit notebooks-test browser latency notebooks benchmarks mutants \
  python-versions site audit wheel setup setup-test clean

course: setup
	@$(BIN)/qmlcourse lab 0

test: setup-test lint unit notebooks-test browser
	@echo "All checks passed."

# everything: all slow checks of delivery, and the unit tests on every Python that is supported
check-all: setup-test
	@$(MAKE) test SAMPLE=all
	@$(MAKE) python-versions

setup: $(VENV)/.installed
setup-test: $(VENV)/.installed-test

$(VENV)/.python:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh .ci/system.sh $(NEEDS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

# numpy and friends first: kwant is built against them
$(VENV)/.kwant: $(VENV)/.python constraints.txt
	@$(STEP) "1 of 4: NumPy and SciPy" $(PIP) numpy scipy tinyarray setuptools wheel cython
	@$(STEP) "2 of 4: PyTorch" $(PIP) torch
	@$(BIN)/python -W ignore -c "import kwant" 2>/dev/null || \
	  $(STEP) "3 of 4: Kwant, compiled here (some minutes, once)" \
	  $(PIP) -v --use-pep517 --no-build-isolation --config-settings="--global-option=--cython" \
	  --no-binary kwant kwant
	@touch $@

$(VENV)/.installed: $(VENV)/.kwant pyproject.toml constraints.txt
	@$(STEP) "4 of 4: the course and JupyterLab" $(PIP) -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh .ci/system.sh test
	@$(STEP) "what the tests need" $(PIP) -e ".[test]"
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
	  --nbval-sanitize-with tests/nbval.cfg -p no:cacheprovider -n 2 --dist loadfile chapters/0*.ipynb

# two chapters at a time; BROWSERS=0 opens one at a time and prints how fast the pictures follow
BROWSERS ?= 2
browser: setup-test
	$(THREADS) $(BIN)/python -m pytest -q -n $(BROWSERS) --dist loadfile -m browser \
	  tests/voila tests/widgets tests/explorers

# every control of every explorer, one page at a time: key to picture, as a table
latency: setup-test
	@$(THREADS) $(BIN)/python benchmarks/latency.py

# a random sample of mutants of the physics packages: which ones do the tests not notice?
# `make mutants MUTANTS=50 SEED=7 PACKAGE=nqs` takes another one
MUTANTS ?= 200
SEED ?= 0
mutants: setup-test
	@$(STEP) "what mutants need" $(PIP) -e ".[mutants]"
	$(THREADS) $(BIN)/python tests/mutants.py --number $(MUTANTS) --seed $(SEED) \
	  $(if $(PACKAGE),--package $(PACKAGE))

# the unit tests on every Python that is supported and here, each in an environment of its own
python-versions:
	@for version in 3.11 3.12 3.13; do \
	  if python$$version -c 'import venv' 2>/dev/null; then \
	    $(MAKE) unit VENV=.venv-$$version PYTHON=python$$version || exit 1; \
	  else echo "Python $$version is not here."; fi; done

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
	@$(STEP) "what the reference needs" $(PIP) -e ".[docs]"
	$(BIN)/qmlcourse handout --out site
	$(BIN)/pdoc -o site/reference --docformat numpy --no-show-source qmlcourse

# known weaknesses of dependencies (asks a database in the network), and their licences
audit: setup
	@$(STEP) "what the audit needs" $(PIP) -e ".[audit]"
	$(BIN)/pip-audit --skip-editable
	$(BIN)/qmlcourse doctor --licences

wheel: setup-test
	$(BIN)/python -m hatchling build
	@ls -sh dist | sed 's/^/  /'

clean:
	rm -rf $(VENV) .venv-3.* build dist mutants site artifacts .pytest_cache .ruff_cache
