# Needs Python 3.11+ and make. Everything else is installed into .venv from pinned files.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --require-hashes --requirement

stamp = $(VENV)/.$(1)-$(shell cat $(2) | cksum | cut -d' ' -f1)
RUNTIME := $(call stamp,runtime,requirements.txt)
TOOLS := $(call stamp,tools,requirements.txt requirements-dev.txt)

.DEFAULT_GOAL := help
.PHONY: help run dev upgrade test bounds check format bench screenshots fuzz abuse chaos deploys lock audit image sbom clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: $(RUNTIME) ## serve on http://localhost:$PORT (3000), with SQLite in $DATA_DIR (./data)
	@exec $(BIN)/python -m portfolio_app serve

dev: $(RUNTIME) ## the same with hot reload
	@exec $(BIN)/python -m portfolio_app dev

upgrade: $(RUNTIME) ## after a newer checkout: put your content right where that can be done, list what is left to you
	@exec $(BIN)/python -m portfolio_app check-content --rewrite

test: check ## the whole gate: static checks, then every test, browsers and real databases included
	@CHROMIUM="$$($(BIN)/python -m tests.find_browser)" && export CHROMIUM && $(BIN)/python -m pytest -p tests.proof --proof --numprocesses 3 --dist loadfile --no-loadscope-reorder
	@exec $(BIN)/python -m tests.bounds

bounds: $(TOOLS) ## each bound switched off in turn: its test has to fail then
	@exec $(BIN)/python -m tests.bounds

check: $(TOOLS) ## the static part of the gate: format, lint, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(TOOLS) ## rewrite the sources in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(TOOLS) ## the benchmark report; ONLY=fanout runs one measure
	@CHROMIUM="$$($(BIN)/python -m tests.find_browser)" && export CHROMIUM && exec $(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

screenshots: $(TOOLS) ## the pictures in docs/screenshots/
	@CHROMIUM="$$($(BIN)/python -m tests.find_browser)" && export CHROMIUM && exec $(BIN)/python -m tests.screenshots

deploys: $(TOOLS) ## deploy another version to two hosts and roll back, under visitors, behind each proxy of ops/; PROXY=nginx for one
	@CHROMIUM="$$($(BIN)/python -m tests.find_browser)" && export CHROMIUM && exec $(BIN)/python -m tests.chaos deploy $(if $(PROXY),--proxy $(PROXY))

fuzz: $(TOOLS) ## 1,000,000 mutated frames and 100,000 mutated requests to a site of its own; SEED=2 sends others
	@exec $(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED))

abuse: $(TOOLS) ## all abuses at once beside fifty honest tabs, for MINUTES=30 (or SECONDS=300): four promises, each with its figures
	@exec $(BIN)/python -m benchmarks.mixed $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ONLY),--only $(ONLY))

chaos: $(TOOLS) ## two hosts under faults for MINUTES=10 (or SECONDS=600), judged by a checker; SEED=2 draws others, SEED=1,2,3 one after the other
	@exec $(BIN)/python -m tests.chaos run $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SECONDS),--seconds $(SECONDS))

lock: $(TOOLS) ## pin the newest versions that requirements*.in allow, with the hashes of their files
	@for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate \
			--no-emit-index-url --generate-hashes --no-strip-extras --custom-compile-command "make lock" $$name.in --output-file $$name.txt; \
	done

audit: $(TOOLS) ## look the pinned versions up in the advisory database
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet pip-audit
	@$(BIN)/pip-audit --requirement requirements.txt

image: $(TOOLS) ## build the image on a base of Debian's packages, start it read-only as a user without a name, and look at it; needs root
	@exec $(BIN)/python -m tests.image

sbom: $(TOOLS) ## what the site is made of, as CycloneDX: sbom/python.json and sbom/browser.json
	@mkdir -p sbom
	@$(BIN)/python -W ignore -m cyclonedx_py requirements --output-reproducible --pyproject pyproject.toml \
		--output-file sbom/python.json requirements.txt
	@# npm names no package without a version, and the framework's has none.
	@folder="$$(mktemp -d)" && cp reflex.lock/*.json "$$folder" && npm="$(CURDIR)/$(BIN)/npm" && cd "$$folder" \
		&& "$$npm" --silent pkg set version=0.1.0 \
		&& "$$npm" --silent sbom --package-lock-only --legacy-peer-deps --sbom-format cyclonedx --sbom-type application \
			> "$(CURDIR)/sbom/browser.json"; status=$$?; rm -rf "$$folder"; exit $$status

clean: ## remove everything made here but the data
	@find . -name __pycache__ -not -path "./$(VENV)/*" -not -path "./.web/*" -prune -exec rm -rf {} +
	@rm -rf $(VENV) .web .build .npm sbom .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	@echo "Making the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/python
	@echo "Installing requirements.txt"
	@$(PIP) requirements.txt
	@rm -f $(VENV)/.runtime-*
	@touch $@

# By uv, which takes a tenth of pip's time for so many, or by pip where only its own settings know a mirror.
# `make run` is spared the bytes of uv.
$(TOOLS): | $(BIN)/python
	@echo "Installing requirements.txt and requirements-dev.txt"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > $(VENV)/uv.txt
	@$(PIP) $(VENV)/uv.txt
	@$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python --requirement requirements.txt --requirement requirements-dev.txt \
		|| $(PIP) requirements.txt --requirement requirements-dev.txt
	@rm -f $(VENV)/.runtime-* $(VENV)/.tools-*
	@touch $(RUNTIME) $@
