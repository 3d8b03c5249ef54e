# `make` lists the commands. Steps leave a stamp file, so they run again only when their inputs change.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run cluster test check test-python test-processes test-spa test-e2e fuzz bench bench-spa bench-events \
	bench-soak bench-assistant bench-ceilings format generate lock clean browser nginx-and-redis

BIN := .venv/bin
MOSTRADOR := $(BIN)/python -m backend.cli
NPM_RUN := npm run --silent
export NG_CLI_ANALYTICS := false
export CHROME_BIN := /usr/lib/chromium/chromium-headless-shell

# The stamp file of each step.
RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed
NODE_MODULES := node_modules/.package-lock.json
LIGHTHOUSE := bench/browser/node_modules/.package-lock.json
SPA := frontend/dist/mostrador/.built
TYPES := frontend/src/app/api/schema.ts
SCHEMA_PAGE := docs/DATABASE_SCHEMA.md
GENERATED := frontend/openapi.json $(TYPES) $(SCHEMA_PAGE)

# Folders too: their times change when a file is deleted.
SPA_SOURCES := $(shell find frontend/src frontend/public frontend/tools frontend/widget -not -name '*.spec.ts' 2>/dev/null) \
	frontend/angular.json frontend/tsconfig.json frontend/tsconfig.app.json frontend/.postcssrc.json

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUNTIME) $(SPA) ## Install what is missing and serve on http://127.0.0.1:8000 until Ctrl-C
	@# The server stops when this make ends, even when it is killed.
	@exec $(BIN)/python -I -S backend/launcher/parent_death.py 15 $$PPID $(MOSTRADOR) serve

cluster: $(RUNTIME) $(SPA) nginx-and-redis ## Serve with N (4) processes behind nginx, with Redis
	@exec $(BIN)/python -I -S backend/launcher/parent_death.py 15 $$PPID $(MOSTRADOR) cluster $(or $(N),4)

test: $(DEV) $(SPA) browser nginx-and-redis ## Run every check and test, on a fresh machine too
	@echo "→ Checking and testing: each part reports when it ends (9 minutes on 2 cores) …"
	@$(MAKE) --no-print-directory --keep-going -j2 $(TOGETHER) test-python check test-processes test-e2e test-spa
# Tests mostly wait, so two parts run at the same time, the longest first, with separate output.
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

check: $(DEV) $(NODE_MODULES) ## Check formatting, lint, types, imports and generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@before=$$(cat $(GENERATED) | cksum); \
	$(MAKE) --no-print-directory generate; \
	test "$$before" = "$$(cat $(GENERATED) | cksum)" || { \
		echo "Generated files were out of date and have been written again: $(GENERATED)"; exit 1; }
	$(NPM_RUN) lint

test-python: $(DEV) $(NODE_MODULES) ## Run pytest with a real MongoDB and real sockets
	$(BIN)/python -m pytest $(PROCESS_TESTS:%=--ignore=%)

test-processes: $(DEV) nginx-and-redis ## Run the rest of pytest: whole installations that are started and killed
	$(BIN)/python -m pytest $(PROCESS_TESTS)
PROCESS_TESTS := tests/run tests/scale tests/migrations

test-spa: $(NODE_MODULES) browser ## Run Karma and Jasmine in Chromium
	$(NPM_RUN) test

test-e2e: $(DEV) $(SPA) browser ## Run Playwright in Chromium
	$(NPM_RUN) e2e

fuzz: $(DEV) ## Send random requests to the API for FUZZ_SECONDS (600)
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} $(BIN)/python -m pytest tests/api/test_schemathesis.py

bench: $(if $(MESSAGES),$(DEV)) ## Measure messages and the API: make bench MESSAGES=messages.csv [TICKETS="10000 1000000"]
	@test -n "$(MESSAGES)" || { \
		echo "MESSAGES: should name a CSV file with a text column: make bench MESSAGES=messages.csv" >&2; exit 1; }
	@$(BIN)/python -m bench "$(MESSAGES)" $(TICKETS)

bench-spa: $(if $(MESSAGES),$(DEV) $(SPA) browser $(LIGHTHOUSE)) ## Measure the web application: make bench-spa MESSAGES=messages.csv
	@test -n "$(MESSAGES)" || { \
		echo "MESSAGES: should name a CSV file with a text column: make bench-spa MESSAGES=messages.csv" >&2; exit 1; }
	@$(BIN)/python -m bench.spa "$(MESSAGES)" --tickets $(or $(TICKETS),10000)

bench-events: $(DEV) ## Measure events to 10, 200 and 1,000 agents (2 minutes)
	@$(BIN)/python -m bench.events

bench-soak: $(DEV) ## Measure memory during hours of work, done in MINUTES (10)
	@$(BIN)/python -m bench.soak $(or $(MINUTES),10)

bench-assistant: $(if $(MESSAGES),$(DEV)) ## Measure the assistant: make bench-assistant MESSAGES=messages.csv
	@test -n "$(MESSAGES)" || { \
		echo "MESSAGES: should name a CSV file with a text column: make bench-assistant MESSAGES=messages.csv" >&2; \
		exit 1; }
	@$(BIN)/python -m bench.assistant "$(MESSAGES)"

bench-ceilings: $(DEV) ## Measure the counter of ticket numbers, simulate events to 100,000 agents
	@$(BIN)/python -m bench.ceilings

format: $(DEV) $(NODE_MODULES) ## Format everything, and fix what the linters can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM_RUN) format

generate: $(DEV) $(NODE_MODULES) ## Generate the OpenAPI file, its TypeScript types, and the indexes in docs
	$(MOSTRADOR) schema-page $(SCHEMA_PAGE)
	$(MOSTRADOR) openapi frontend/openapi.json
	@# Unchanged types keep their time, so that the web application is not built again.
	@cp -p $(TYPES) node_modules/.types-before
	$(NPM_RUN) types
	@! cmp -s $(TYPES) node_modules/.types-before || touch -r node_modules/.types-before $(TYPES)

lock: $(BIN)/pip ## Resolve the Python requirements of pyproject.toml again
	$(BIN)/pip install --quiet uv==0.13.8
	$(LOCK) --extra embedded -o requirements.lock
	$(LOCK) --extra embedded --extra dev -c requirements.lock -o requirements-dev.lock
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" pyproject.toml

clean: ## Remove everything installed and built (keeps the data in .data)
	rm -rf .venv node_modules bench/browser/node_modules frontend/dist frontend/.angular .mypy_cache .ruff_cache .pytest_cache

$(BIN)/pip:
	@echo "→ Making a virtual environment in .venv …"
	@for python in python3.11 python3.12 python3.13 python3; do \
		if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then exec $$python -m venv .venv; fi; \
	done; \
	echo "Python 3.11 or newer is needed, with its venv module" \
		"(on Debian: apt-get install python3 python3-venv)" >&2; exit 1

$(RUNTIME): requirements.lock | $(BIN)/pip
	@echo "→ Installing Python packages …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(DEV): requirements-dev.lock | $(BIN)/pip
	@echo "→ Installing Python packages for development …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(NODE_MODULES): package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
		2>/dev/null || { echo "Node.js 20.19 or newer is needed, with npm (https://nodejs.org)" >&2; exit 1; }
	@echo "→ Installing npm packages …"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(LIGHTHOUSE): bench/browser/package.json bench/browser/package-lock.json
	@echo "→ Installing Lighthouse …"
	@npm ci --prefix bench/browser --no-audit --no-fund --loglevel=error
	@touch $@

$(SPA): $(SPA_SOURCES) $(NODE_MODULES)
	@echo "→ Building the web application …"
	@$(NPM_RUN) build
	@touch $@

browser: debian-chromium-headless-shell
nginx-and-redis: debian-nginx-light debian-redis-server

# Install a Debian package as root, or name it.
PROGRAM_chromium-headless-shell := $(CHROME_BIN)
PROGRAM_nginx-light := nginx
PROGRAM_redis-server := redis-server
debian-%:
	@PATH="$$PATH:/usr/sbin"; command -v $(PROGRAM_$*) >/dev/null && exit; \
	if test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null; then \
		echo "This needs Debian's package $*" >&2; exit 1; fi; \
	echo "→ Installing $* …"; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $* >/dev/null
