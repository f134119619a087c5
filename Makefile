# The two commands of the README are `make demo` and `make test`; everything else is for those who build.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.ready
CHECK := .venv/.check-ready

# The tests start hundreds of processes, each of which would compile Kawal anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check fix bench lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(SETUP) ## make .venv with the kawal command in it, build the pages
	@$(BIN)/python -m kawal.desk.site.languages
	@$(BIN)/python -m kawal.desk.site.build

$(SETUP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Kawal needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(CHECK): $(SETUP) requirements-check.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-check.lock
	@touch $@

demo: setup ## play a whole distribution in a fictional regency; prints the address and sign-in links
	@$(BIN)/kawal demo $(ARGS)

test: setup ## the tests that need nothing but Python
	@$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder -m "not browser and not slow" $(ARGS)

check: setup $(CHECK) ## what CI demands besides tests; changes nothing
	$(BIN)/ruff format --check src tests bench vectors
	$(BIN)/ruff check src tests bench vectors
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(CHECK) ## format and mend what can be mended by itself
	$(BIN)/ruff format src tests bench vectors
	$(BIN)/ruff check --fix src tests bench vectors

bench: setup ## measure, as ratios in one run; writes build/bench.json
	@$(BIN)/python -m bench

lock: $(CHECK) ## write the lock files anew (no addresses in them)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--extra desk --extra postgresql --extra test pyproject.toml build-requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--extra desk --extra postgresql --extra test --extra check --extra cluster -c requirements.lock pyproject.toml build-requirements.in -o requirements-check.lock

clean: ## remove what was built and the default home
	rm -rf .venv build node_modules src/kawal/desk/site/built var
