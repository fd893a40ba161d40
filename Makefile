# Two commands: `make demo` and `make test`. Everything else is a convenience.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint format clean example release-check lowest hashes sbom

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev -e .
	@touch $@

.venv/.spark: .venv/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[spark]' \
		|| echo "PySpark is not to be had: its tests skip"
	@touch $@

demo: .venv/.installed ## set up, score the example day, say where the results are
	@mkdir -p out
	@$(BIN)/beacon score examples/day.parquet
	@$(BIN)/beacon score examples/day.parquet --quiet --format html --output out/day.html
	@$(BIN)/beacon score examples/day.parquet --quiet --all --format jsonl --output out/day.jsonl
	@$(BIN)/beacon score examples/day.parquet --quiet --format csv --output out/day.csv
	@echo "The report: out/day.html (open it in a browser; it needs no network)"
	@echo "Beside it: out/day.csv (the list), out/day.jsonl (every channel with its evidence)"

lint: .venv/.installed ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint .venv/.spark ## linters, types and the whole suite
	$(BIN)/pytest -n auto

format: .venv/.installed ## let ruff rewrite
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

example: .venv/.installed ## write examples/ anew from the generator
	$(BIN)/beacon simulate examples --seed 100 --hosts 40 --days 1

.venv/.release: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group release
	@touch $@

release-check: .venv/.release ## build wheel and sdist, use the wheel alone on each Python found
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/release_check.py

lowest: .venv/.release ## the suite on the oldest dependencies allowed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/release_check.py --lowest

hashes: .venv/.release ## write constraints-hashed.txt: what a run needs, pinned by hash
	$(BIN)/uv pip compile pyproject.toml --extra evtx --extra sigma --constraints constraints.txt --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --quiet --output-file constraints-hashed.txt

sbom: .venv/.release ## out/sbom.json: what a run needs, as CycloneDX
	@mkdir -p out
	$(BIN)/cyclonedx-py requirements constraints-hashed.txt --pyproject pyproject.toml \
	    --mc-type application --output-reproducible --output-file out/sbom.json

clean: ## remove what the targets made
	rm -rf .venv out .mypy_cache .pytest_cache .ruff_cache
