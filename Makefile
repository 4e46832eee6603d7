# make run     install what is needed and start everything on this machine (Ctrl-C ends it)
# make test    all five layers of tests, with servers of their own
# make setup   only install, for running and testing
# make check   style, types and the rules of the house
# make bench   every measurement under benchmarks/ but the soak
# make audit   known holes in libraries, and what the code should not do

PYTHON ?= $(shell command -v python3.11 || command -v python3)
.DEFAULT_GOAL := help
.PHONY: help run test setup check bench audit

help:
	@sed -n 's/^# make/make/p' Makefile

run:
	@$(PYTHON) deploy/install.py run
	@exec .venv/bin/python -m deploy.local

setup:
	@$(PYTHON) deploy/install.py test

test: setup
	@sh tests/packages.sh
	@.venv/bin/python -m tests.layers

check: setup
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/python -m pytest tests/house

bench: setup
	@.venv/bin/python -m benchmarks.all

audit: setup
	@.venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements-audit.txt
	.venv/bin/bandit -q -c pyproject.toml -r app.py components data deploy jobs migrations pages services solar web
	.venv/bin/pip-audit --strict --no-deps --disable-pip -r requirements.txt -r requirements-sentry.txt -r constraints.txt
