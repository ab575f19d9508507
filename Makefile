# make demo: the main job on embedded parts.  make test: the tests.  Both set everything up from Python >= 3.11 alone.
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
DEMO_ARGS ?=
BENCH_ARGS ?=

.PHONY: help setup demo test lint format test-kafka test-browser test-prometheus test-fault test-wheel bench nightly clean

help:
	@sed -n 's/^# make/make/p' Makefile; echo 'also: make setup lint format test-kafka test-browser test-prometheus test-fault test-wheel bench nightly clean'

setup:
	@bash .ci/setup

demo: setup
	@$(PY) -m transients.cli demo $(DEMO_ARGS)

test: setup
	$(PYTEST) -q -m "not kafka and not browser and not prometheus and not fault and not nightly"

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PYTEST) -q tests/unit/house

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

test-kafka: setup
	$(PYTEST) -q -m "kafka and not nightly"

test-browser: setup
	$(PYTEST) -q -m "browser and not nightly"

test-prometheus: setup
	$(PYTEST) -q -m "prometheus and not nightly"

test-fault: setup
	$(PYTEST) -q -m "fault and not nightly"

test-wheel: setup
	bash .ci/wheel

bench: setup
	$(PY) -m transients.cli bench $(BENCH_ARGS)

nightly: setup
	bash .ci/nightly

clean:
	rm -rf .venv build dist results var .pytest_cache .mypy_cache .ruff_cache .hypothesis
