# make book · make test · make publish · make serve · make clean
# All of it is `python -m helpers.book …` underneath, which works without make.
#   make book RECORDING=buddy PROFILE=full CHAPTERS="02 03"

PYTHON ?= python3
VENV ?= .venv
RECORDING ?= achilles
PROFILE ?= quick
CHAPTERS ?=
BIN := $(VENV)/bin
BOOK := $(BIN)/python -m helpers.book

.PHONY: book test check publish serve clean install

book: install
	$(BOOK) book $(CHAPTERS) --recording $(RECORDING) --profile $(PROFILE)

# Everything: every chapter run anew in the quick profile, style, helpers, the site in a browser. A file a
# process; the chapters take longest, so they come first: left to itself, xdist begins with the files of
# most tests and ends with one slow file on one core.
test: install
	$(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder \
	  --nbval --nbval-current-env chapters tests

publish: install
	$(BOOK) publish $(CHAPTERS) --recording $(RECORDING)

check: install
	$(BOOK) publish --check

serve: install
	$(BOOK) serve

clean:
	rm -rf _build _run

install: $(VENV)/.installed

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# A .venv that another Python made, or that was left half made, is made anew.
$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c '$(SUPPORTED)' || { echo "$$($(PYTHON) --version) here; the book needs" \
	  "3.11 to 3.13: make book PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -c '$(SUPPORTED)' || rm -rf $(VENV)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.txt
	touch $@
