# Every target sets up what it needs by itself: Python packages in .venv, npm packages in node_modules, both exactly
# as locked. What is there already costs nothing: the stamps are named after the content of the locks.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PYTHON_STAMP := .venv/.installed-$(shell cat requirements/dev.txt pyproject.toml | cksum | tr ' ' -)
NODE_STAMP := node_modules/.installed-$(shell cat package-lock.json | cksum | tr ' ' -)
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links

# A home that cannot be written to (a container's, a CI's) would stop npm, cdk and jsii, which keep caches there.
ifneq ($(shell test -n "$$HOME" && test -d "$$HOME" && test -w "$$HOME" && echo writable),writable)
export HOME := $(CURDIR)/.headrace/home
$(shell mkdir -p $(HOME))
endif

.DEFAULT_GOAL := help
.PHONY: help run test fuzz faults check format tag bench lock clean setup openapi settings topology events

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1~\2/p' Makefile | awk -F~ '{ printf "%-14s %s\n", $$1, $$2 }'

setup: $(PYTHON_STAMP) $(NODE_STAMP) ## only install, into .venv and node_modules: then `headrace up` is .venv/bin/headrace up

run: setup ## everything on this machine: emulator, cdk deploy, sample workspace, sample events
	@.venv/bin/headrace up

test: setup chromium faketime ## every test: units and adapters, the stack's templates, a browser, end to end on the emulator
	@.venv/bin/python -m tests.suites --suites "$(SUITES)"

fuzz: setup ## hostile requests of every wire format: N=1000000 SEED=1, REPLAY=file, or GROWING=1 (docs/fuzzing.md)
	@.venv/bin/python -m tests.fuzz $(if $(N),--n $(N)) $(if $(SEED),--seed $(SEED)) $(if $(REPLAY),--replay $(REPLAY)) \
		$(if $(GROWING),--growing)

check: setup ## what a change must pass besides the tests: lint, format, types, layering, the sample workspace
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/headrace lint examples/shop

format: setup ## format the code and mend what lint can mend
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

tag: $(NODE_STAMP) ## build the browser tag and its shims into functions/collect/tag/dist, and print their sizes
	@node functions/collect/tag/build.mjs

bench: setup valgrind ## every performance figure of the README: a table, and benchmarks/results.json
	.venv/bin/python -m benchmarks

faults: setup ## random histories under random faults, SEEDS=200 of them (SEED=17 for one, with its story; BEFORE=revision): docs/faults.md
	@.venv/bin/python -m simulation.campaign $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),200)) \
		$(if $(MUTANT),--mutant "$(MUTANT)") $(if $(BEFORE),--before "$(BEFORE)")

openapi: setup ## describe the collect API, out of its route tables, in docs/openapi.json
	@.venv/bin/python -m functions.collect.routing.openapi > docs/openapi.json

topology: setup ## write simulation/topology.json, what is simulated of the stack, out of infra
	@.venv/bin/python -m infra.topology

settings: setup ## write headrace.example.yaml, and its JSON Schema for editors, out of infra/settings
	@.venv/bin/python -m infra.settings.example > headrace.example.yaml
	@.venv/bin/python -m infra.settings.schema > docs/schemas/settings.json

events: setup ## list the ready catalogues' events and Headrace's own in docs/events.md
	@.venv/bin/python -m shared.authoring.checks.ready_events > docs/events.md.new && mv docs/events.md.new docs/events.md

lock: setup ## resolve the dependencies again, within what requirements/*.in and package.json allow
	$(LOCK) --upgrade requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/functions.in -c requirements/dev.txt -o requirements/functions.txt
	$(LOCK) requirements/installer.in -c requirements/dev.txt -o requirements/installer.txt
	npm install --package-lock-only

clean: ## stop the laptop stack and remove everything that was built, installed and stored here
	@if [ -x .venv/bin/headrace ]; then .venv/bin/headrace down; fi
	rm -rf .venv node_modules .headrace cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# What only tests and benchmarks need of the system: a browser, which Playwright drives; another day; counted instructions.
.PHONY: chromium faketime valgrind
chromium faketime valgrind:
	@command -v $@ >/dev/null || { [ $@ = chromium ] && command -v google-chrome >/dev/null; } || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing $@ by apt-get"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $@ >/dev/null; \
		else \
			echo "This needs $@. On Debian: sudo apt-get install $@" >&2; exit 1; \
		fi; }

$(PYTHON_STAMP):
	@test -n "$(PYTHON)" || { echo "Headrace needs Python 3.11 or newer on the PATH (or: make PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
		else \
			echo "$(PYTHON) cannot make virtual environments. On Debian: sudo apt-get install python3-venv" >&2; exit 1; \
		fi; }
	@echo "Installing the Python packages of requirements/dev.txt into .venv"
	@test -x .venv/bin/pip || $(PYTHON) -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@# uv is quick; pip also knows the mirrors of a machine's pip.conf, so it is the second try.
	@.venv/bin/uv pip install --quiet --system-certs --python .venv/bin/python --require-hashes -r requirements/dev.txt \
		|| .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f .venv/.installed-*
	@touch $@

$(NODE_STAMP):
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null \
		|| { echo "Headrace needs Node.js 22 or newer, with npm, on the PATH: README.md says how to install it" >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 22 ? 1 : 0)' \
		|| echo "Node.js `node --version` works, but is past its end of life; the CDK asks for 22 or newer (README.md: how)"
	@echo "Installing the npm packages of package-lock.json into node_modules"
	@npm ci --silent
	@touch $@
