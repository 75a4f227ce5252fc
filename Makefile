# The verbs of daily work; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SRC := src tests

.PHONY: help demo test check fix run bench simulate soak pictures lock programs clean

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 10

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) -m venv --without-pip $(VENV)

# `pip --python` works with and without a pip inside the environment.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what sharebot needs (once) ..."
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the tools of development (once) ..."
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.runtime ## live through a week of an invented Alliance
	@$(BIN)/sharebot demo

run: $(VENV)/.runtime ## pages, bot and jobs in one process
	@$(BIN)/sharebot run

test: $(VENV)/.dev programs check ## everything: checks and all tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n 4 --dist loadgroup -m "not long"

check: $(VENV)/.dev ## format, lint, types, layers
	@$(BIN)/ruff format --check -q $(SRC)
	@$(BIN)/ruff check -q $(SRC)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

fix: $(VENV)/.dev ## mend format and lint where a machine can
	@$(BIN)/ruff check -q --fix $(SRC) ; $(BIN)/ruff format -q $(SRC)

programs: ## install what some tests need and a package cannot bring, when it is missing and we may
	@missing=""; for name in chromium ffmpeg; do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	[ -z "$$missing" ] || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; } >/dev/null 2>&1 ; } || \
	  echo "not here and not to be installed:$$missing; the tests that need it will be skipped (with CI=true they fail)"

bench: $(VENV)/.dev ## measure, as ratios to a reference in the same run
	@$(BIN)/python tests/bench/bench_feeds.py
	@$(BIN)/python -m tests.bench.bench_sending
	@$(BIN)/python -m tests.bench.bench_pages
	@$(BIN)/python -m tests.bench.bench_redirect
	@$(BIN)/python -m tests.bench.bench_attribution

simulate: $(VENV)/.dev ## live through a year of asks, and write the table of docs/asks.md; some minutes
	@$(BIN)/python -m tests.bench.simulate_year --write

soak: $(VENV)/.dev ## the long proofs of docs/reliability.md, two hours or so
	@for seed in 1 2 3 4 5; do $(BIN)/sharebot demo --once --seed $$seed --out data/soak-$$seed >/dev/null || exit 1; done
	@$(BIN)/python -m pytest -q -m long
	@for proof in kills terms storm updates "kills --database postgresql --stops 50" "pace --database postgresql" \
	  "refusals --database postgresql" soak; do $(BIN)/python -m tests.reliability.run $$proof || exit 1; done
	@for seed in 1 2 3 4 5; do $(BIN)/sharebot demo --once --seed $$seed --out data/soak-$$seed >/dev/null || exit 1; done; echo "5 weeks, no failure"

pictures: $(VENV)/.dev programs ## take the pictures of docs/images anew
	@$(BIN)/python -m tests.e2e.pictures
	@$(BIN)/python tests/e2e/chat_pictures.py

lock: ## write the locks anew; needs uv
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --extra build --extra oidc --extra postgres --extra sandbox pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what can be made again
	rm -rf $(VENV) data/demo data/soak-*
