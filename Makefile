# Everything runs in .venv, made here from the hash-locked requirements; no root and no tool beyond python3 (3.11 or later) is needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SLOW   := $(VENV)/.slow

.DEFAULT_GOAL := help
.PHONY: help dev demo test tools check fmt lint types fuzz differential mutate serve bench kill killexchange schema month load lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(READY): requirements-dev.lock pyproject.toml
	@test ! -L $(VENV) || { echo "$(VENV) is a link: all that it leads to would be deleted. Remove the link, then try again." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("python 3.11 or later is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q consent certs signer verifier evidence service  # else each start of the command would compile
	@touch $@

dev: $(READY)  ## set up .venv with everything needed to work on the code

demo: $(READY)  ## sign, verify, pack into FB0110 and answer an audit, write a report; leaves demo-out/
	$(BIN)/python -m examples.demo demo-out

test: $(READY)  ## run every test
	$(BIN)/python -m pytest

tools:  ## install openssl, slapd, redis-server, BouncyCastle, Chromium and libssl-dev, which some tests and `make bench` need (as root, on Debian)
	tests/tools.sh

$(SLOW): $(READY) requirements-slow.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-slow.lock
	@touch $@

fuzz: $(SLOW)  ## look for inputs that crash, hang or deceive, for FUZZ_SECONDS (600)
	$(BIN)/python -m tests.fuzz

differential: $(READY)  ## judge 100 000 messages with one defect each both ways, short and long: do they ever differ? and flip every bit: does any pass?
	$(BIN)/python -m tests.verifier.differential
	DONGUI_EVERY_BIT=1 $(BIN)/python -m pytest --timeout 0 tests/verifier/test_hostile.py

mutate: $(SLOW)  ## change the checks of verdicts one place at a time: do the tests notice? (half an hour and more)
	rm -rf mutants
	$(BIN)/mutmut run
	$(BIN)/python -m tests.mutants

check: $(READY) lint types  ## ruff (format and lint) and mypy --strict over everything

fmt: $(READY)  ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

serve: $(READY)  ## the service with a demo store and demo keys, and the example shop: prints the URLs
	@$(BIN)/python -m examples.serve demo-out

bench: $(READY)  ## measure judging and signing against C and others, as ratios (BENCH="--form long" for all of it)
	$(BIN)/python -m bench $(BENCH)

kill: $(READY)  ## kill a batch again and again: is its report the same? (ten minutes)
	$(BIN)/python -m tests.kills

killexchange: $(READY)  ## kill sending and taking in 200 times on each database: is anything lost or doubled? (a quarter of an hour)
	$(BIN)/python -m tests.exchange_kills 200 sqlite
	$(BIN)/python -m tests.exchange_kills 200 postgresql

load: $(READY)  ## half an hour of traffic on each database while workers and the database are killed (LOAD_SECONDS=60: one minute)
	$(BIN)/python -m tests.load

schema: $(READY)  ## schemathesis over the whole OpenAPI document, SCHEMA_EXAMPLES (200) for each address and method; in process, and against a service that runs
	DONGUI_SCHEMA_EXAMPLES=$${SCHEMA_EXAMPLES:-200} $(BIN)/python -m pytest --timeout 0 tests/service/web/test_openapi.py tests/service/operation/test_schema.py

month: $(READY)  ## a month of 10 000 consents on SQLite and PostgreSQL, every file and every response code
	$(BIN)/python -m tests.month 10000 sqlite
	$(BIN)/python -m tests.month 10000 postgresql

lock: ## resolve the locked requirements anew (one week behind the index); needs uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --exclude-newer "$$(date -u -d '7 days ago' +%F)" --custom-compile-command 'make lock' pyproject.toml -o requirements.lock --upgrade
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --exclude-newer "$$(date -u -d '7 days ago' +%F)" --custom-compile-command 'make lock' pyproject.toml --group dev -o requirements-dev.lock --upgrade
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --exclude-newer "$$(date -u -d '7 days ago' +%F)" --custom-compile-command 'make lock' --group pyproject.toml:slow -c requirements-dev.lock -o requirements-slow.lock --upgrade

clean:  ## remove .venv, caches and demo-out
	rm -rf $(VENV) demo-out .fuzz mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage test-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
