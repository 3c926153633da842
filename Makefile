# make run    everything on this machine: packages, web build, Postgres, service, worker, demo page
# make test   the same set-up plus test tools and a browser, then every check and test
# make bench  the benchmark table;  make figures  what large numbers cost in a browser
# make lint   only the checks of style and types;  make format  repairs what can be repaired
# make lock   writes requirements.lock from what is installed

PYTHON    = $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
              $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN      := .venv/bin
PIP      := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock
WEB      := service/web
NPM      := cd $(WEB) && PATH="$$OLDPWD/$(BIN):$$PATH" npm
SOURCES  := $(shell find $(WEB) -path '*/node_modules' -prune -o -type f -print)
BUILT    := service/static/manifest.json
CHROMIUM := /usr/bin/chromium
CORES     = $(shell getconf _NPROCESSORS_ONLN)
# One more than there are cores: many tests wait. A browser keeps a core busy by itself.
WORKERS   = $(shell echo $$(($(CORES) < 4 ? $(CORES) + 1 : 4)))
BROWSERS  = $(shell echo $$(($(CORES) < 4 ? $(CORES) : 4)))

.PHONY: run test bench smoke lint format lock figures
.DELETE_ON_ERROR:

run: .venv/installed $(BUILT)
	@exec $(BIN)/parley up --demo

test: lint $(CHROMIUM) .venv-kserve/installed
	$(NPM) test --silent
	$(BIN)/pytest -n $(WORKERS) -m "not browser and not figures"
	$(BIN)/pytest -n $(BROWSERS) -m browser

figures: .venv/installed-test $(BUILT) $(CHROMIUM)
	$(BIN)/pytest -m figures

bench: .venv/installed-test $(BUILT)
	@$(BIN)/python -m tests.benchmarks

smoke: .venv/installed-test
	@$(BIN)/python -m tests.smoke $(URL)

lint: .venv/installed-test $(BUILT)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run check --silent

format: .venv/installed-test $(WEB)/node_modules/.package-lock.json
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPM) run format --silent

# Local builds (torch's +cpu) and the CUDA packages of other machines are left out.
lock: .venv/installed-test
	$(BIN)/pip freeze --exclude-editable | sed -e 's/+[a-z0-9.]*$$//' -e '/^nvidia-/d' -e '/^triton/d' > requirements.lock

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Parley needs Python 3.11 or later."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml requirements.lock | .venv/bin/python
	@echo "Installing Parley into .venv (about a minute)"
	@$(PIP) --editable '.[web]'
	@touch $@

# torch comes first and by its own pin: asked for by another package, pip would take the newest.
.venv/installed-test: .venv/installed
	@echo "Installing the test tools into .venv (a few minutes)"
	@$(PIP) torch==2.13.0
	@$(PIP) --editable '.[test]'
	@touch $@

# An inference server to test against, apart: its dependencies and ours do not agree.
.venv-kserve/installed: tests/models/kserve_requirements.txt | .venv/bin/python
	@echo "Installing an inference server for the tests into .venv-kserve (a minute)"
	@$(BIN)/python -m venv --clear .venv-kserve
	@.venv-kserve/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json | .venv/installed
	@echo "Installing the web build's packages"
	@$(NPM) ci --loglevel=error --no-update-notifier
	@touch $@

$(BUILT): $(WEB)/node_modules/.package-lock.json $(SOURCES)
	@$(NPM) run build --silent
	@touch $@

$(CHROMIUM):
	@echo "Installing Chromium for the browser tests"
	@sudo=$$(test "$$(id -u)" = 0 || echo "sudo -n"); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -qq --yes --no-install-recommends chromium \
	  || { echo "Chromium is missing: install it as root (apt-get install chromium), then run make test again."; exit 1; }
