# make setup | run | test | check | bench | drill. Every target sets up first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
RUN_OPTIONS ?=
TEST_OPTIONS ?=
DRILL_OPTIONS ?= all
WORKERS ?= $(shell echo $$(( $$(nproc) + 1 )))  # of the tests, which wait as often as they compute
export PYTHONDONTWRITEBYTECODE :=  # the tests start our programs a hundred times: compile them once

.PHONY: setup run test check format bench drill clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml hardware/stubs.txt .ci/setup
	PYTHON="$(PYTHON)" .ci/setup venv
	@touch $@

run: setup
	$(BIN)/lucina run $(RUN_OPTIONS)

test: setup
	.ci/setup test-parts
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		$(TEST_OPTIONS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m hardware.stubs

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	.ci/setup test-parts
	$(BIN)/python -m tests.bench

drill: setup  # each fault, three hundred kills of each part among them; then the broken builds
	.ci/setup test-parts
	.ci/setup drill-parts
	$(BIN)/lucina drill $(DRILL_OPTIONS)
	$(BIN)/python -m pytest -m slow -s $(TEST_OPTIONS)

clean:
	rm -rf .venv build *.egg-info tests/device/node_modules tests/cloud/web/node_modules
