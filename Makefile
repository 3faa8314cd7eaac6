# The portal's few commands. `make run` is all a visitor needs.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run install install-ocr test test-postgres nightly coverage mutation bench bench-load bench-reading check lock \
	editor clean

run: install
	@exec $(BIN)/python manage.py start --port $(PORT)

install: $(VENV)/installed

INSTALL := $(PYTHON) deploy/install.py $(VENV)

$(VENV)/installed: requirements-build.txt requirements.txt
	@command -v $(PYTHON) >/dev/null || \
		{ echo "There is no $(PYTHON) here; the portal needs Python 3.11 or newer: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old; the portal needs Python 3.11 or newer: make PYTHON=python3.12 run"; exit 1; }
	@$(INSTALL) $^
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@$(INSTALL) requirements-dev.txt
	@touch $@

# What reading scans needs: an extra, since it is larger than all the rest.
install-ocr: $(VENV)/installed-ocr

$(VENV)/installed-ocr: $(VENV)/installed requirements-ocr.txt
	@$(INSTALL) requirements-ocr.txt
	@touch $@

# What the reading of each format costs here; the figures of docs/extraction.md.
bench-reading: $(VENV)/installed-dev
	$(BIN)/python -m bench.reading

# Every check and every test: what .ci/run calls, and what a change must pass. In the order of the
# files and with the same examples each time, so that what fails once can be seen again;
# `make nightly` shuffles the tests and draws new examples.
test: $(VENV)/installed-dev check
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -n 2 $(SAME_AGAIN)

SAME_AGAIN := -p no:randomly --hypothesis-profile=ci

# What keeps rows, once more on a PostgreSQL server of its own; the tests left out run on both in
# any case.
test-postgres: $(VENV)/installed-dev
	$(BIN)/python -m tests.postgres --default $(BIN)/python -m pytest -n 2 $(SAME_AGAIN) $(KEEPS_ROWS) \
		-m "rows and not nightly" --ignore tests/documents/test_jobs_processes.py

KEEPS_ROWS := tests/documents tests/search_indexes tests/contract tests/portal

nightly: $(VENV)/installed-dev
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -n 2 -m "nightly or not nightly"

# Which branches the default tests take, children included; a room at a time, so that a test that
# kills its own processes costs no other room its figures. About twice as long as `make test`.
COVERED := documents portal contract text search_indexes reliability extraction formats journeys

coverage: $(VENV)/installed-dev
	rm -rf coverage-data && mkdir coverage-data
	-for room in $(COVERED); do $(BIN)/coverage run --data-file=coverage-data/$$room \
		-m pytest -n 2 $(SAME_AGAIN) -q tests/$$room; done
	$(BIN)/coverage combine -q coverage-data/*
	$(BIN)/coverage report

# Whether the tests of seven rooms notice when one thing in their code is changed.
mutation: $(VENV)/installed-dev
	for room in permissions query highlighter jobs outbox storage anchors; do $(BIN)/python -m tests.mutation $$room || exit 1; done

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint templates --check --lint --quiet

# The first editor account: asks for a name and a password.
editor: install
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py createsuperuser

# Pins every dependency with its hashes, for Python 3.11 to 3.13 on any system.
lock: $(VENV)/installed-dev
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" -o requirements.txt requirements.in
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" -o requirements-dev.txt requirements-dev.in
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" -o requirements-ocr.txt requirements-ocr.in
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" -o requirements-build.txt requirements-build.in

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

# The measurements of docs/performance.md beside the peers, in one run: make bench CORPUS=documents.jsonl.gz
CORPUS ?= ../shared/corpora/policy-dev/documents.jsonl.gz
SIZES ?= 10000 50000

bench: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.in
	$(BIN)/python -m bench.search --corpus $(CORPUS) --sizes $(SIZES) --write

# What a whole portal bears, over a copy of a data folder with many documents: make bench-load DATA=copy
DATA ?= var
SECONDS ?= 60

bench-load: $(VENV)/installed-dev
	$(BIN)/python -m bench.load --limits
	$(BIN)/python -m bench.load --data $(DATA) --seconds $(SECONDS)
