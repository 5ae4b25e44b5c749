# Engage needs Python 3.11 or later and make. What else is missing is installed or named.
PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1

BIN := .venv/bin
SETUP := $(PYTHON) .ci/setup.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench assets translations format lock

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the city on http://127.0.0.1:8000 (PORT=8080; DEMO=0 without the demo city)
	@$(SETUP) run
	@ENGAGE_DEMO=$${ENGAGE_DEMO:-1} ENGAGE_BASE_URL=$${ENGAGE_BASE_URL:-http://127.0.0.1:$(PORT)} \
	  exec $(BIN)/python -m flask --app wsgi serve --port $(PORT) $(if $(filter 0,$(DEMO)),--no-demo,--demo)

test: ## Run every test: both databases, the browser, every page (ARGS="-k name")
	@$(SETUP) test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: ## Check format, lint, types, import rules, translations and the HTML of every page
	@$(SETUP) check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m engage.translations.catalogues check
	@$(BIN)/python -m pytest -q -n 2 -m pages

bench: ## Measure check-in and redemption beside a bare handler (ARGS=torture-till, torture-door, decode, scan, tasks)
	@$(SETUP) bench
	@$(BIN)/python -m bench $(ARGS)

assets: ## Build styles and scripts anew
	@$(SETUP) assets

translations: ## Collect the texts of code and templates into the catalogues and compile them
	@$(SETUP) base
	@$(BIN)/python -m engage.translations.catalogues update
	@$(BIN)/python -m engage.translations.catalogues compile

format: ## Bring the code into its form
	@$(SETUP) base
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Write the versions of all Python parts into uv.lock anew
	@$(SETUP) base
	@$(BIN)/uv lock --upgrade --default-index https://pypi.org/simple
