# Everything runs in .venv, which `setup` makes; the other targets call it, so that a newcomer needs one command.
PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup setup-test run test test-long lint bench demo texts clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || ./.ci/install-debian python3-venv
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,websocket]'
	@touch $@

setup-test: $(VENV)/.ready-test
	@command -v chromium >/dev/null || ./.ci/install-debian chromium
	@test -x /usr/sbin/nginx || command -v nginx >/dev/null || ./.ci/install-debian nginx
	@test -n "$${CONSTELA_SQLD:-}" || ./.ci/install-sqld .tools >/dev/null
	@test -n "$${CONSTELA_OIDC_PROVIDER:-}" || ./.ci/install-oidc-provider .tools/oidc-provider

run: setup
	$(BIN)/python -m domain migrate --if-file
	exec $(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

demo: setup
	$(BIN)/python -m domain demo

lint: $(VENV)/.ready-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m domain migrate --check

test: setup-test lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long"

test-long: setup-test
	CONSTELA_TEST_LONG=1 $(BIN)/python -m pytest
	$(BIN)/python -m tests.guards

# The Rust binding is measured beside ours where pip has it; nothing else uses it.
$(VENV)/.ready-bench: $(VENV)/.ready-test
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,websocket,bench]'
	@touch $@

bench: $(VENV)/.ready-bench
	@test -n "$${CONSTELA_SQLD:-}" || ./.ci/install-sqld .tools >/dev/null
	$(BIN)/python -m tests.benchmarks

texts: $(VENV)/.ready-test
	@mkdir -p build
	$(BIN)/pybabel -q extract --ignore-dirs '.*' --no-location --sort-output -k N_ -k _ -k ngettext:1,2 -o build/constela.pot domain pages app.py
	$(BIN)/pybabel -q update --ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete -D constela -i build/constela.pot -d domain/kit/locale -l pt_BR

clean:
	rm -rf $(VENV) .tools
