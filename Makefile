# Everything goes through .venv, which the first target that needs it creates from the pinned versions.

PYTHON ?= python3.11
BIN := .venv/bin
INSTALLED := .venv/installed-$(notdir $(PYTHON))
PORT ?= 8000
# The data sets that the pages read.
DATA ?= mnist
# make book FORCE=1 executes every page again.
FORCE ?=

# What the pages run at: smoke (seconds), quick (minutes) or paper; and where: cpu or cuda.
export ASYT_PROFILE ?= paper
export ASYT_COMPUTE ?= cpu

# A folder of data files beside the checkout saves the download.
ifndef ASYT_DATA_DIR
ifneq ($(wildcard ../shared/data/.),)
export ASYT_DATA_DIR := $(abspath ../shared/data)
endif
endif

.DEFAULT_GOAL := help
.PHONY: help venv data book page pdf serve notebooks lab test test-book fuzz faults gpu-check bench lint clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(INSTALLED) ## create or update .venv from the pinned versions (PYTHON=python3.13 for another Python)

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found; install Python 3.11 or say make PYTHON=python3.13"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/$(notdir $(PYTHON)) || { echo "error: .venv is not of $(PYTHON); 'make distclean' removes it"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[book,test]'
	@touch $@

data: venv ## fetch and verify the data sets that the pages read
	$(BIN)/asyt data fetch $(DATA)

book: venv ## execute the pages whose inputs changed and build the site: book/_build/html/index.html
	@$(MAKE) --no-print-directory data || echo "warning: data missing, see above; pages that need it say so and show cached tables"
	$(BIN)/python book/build.py $(if $(FORCE),--force)

page: venv ## execute one page with other knobs: make page PAGE=optical-chip ARGS="-p seed 1"
	@test -n "$(PAGE)" || { echo 'error: which page? make page PAGE=mnist ARGS="-p distortion 1.0"'; exit 2; }
	$(BIN)/python book/page.py $(PAGE) $(ARGS)

pdf: book ## the whole book as book/_build/asyt.pdf (needs Chromium)
	$(BIN)/python book/build.py --builder singlehtml
	$(BIN)/python book/pdf.py

serve: ## show the built book on http://127.0.0.1:8000 (PORT=... for another port)
	@test -f book/_build/html/index.html || { echo "error: no book yet; run 'make book' first"; exit 2; }
	$(PYTHON) -m http.server --bind 127.0.0.1 --directory book/_build/html $(PORT)

notebooks: venv ## write each page's .ipynb half, and carry edits of either half over to the other
	$(BIN)/python book/pair.py

lab: venv ## JupyterLab on the pages: each .ipynb is paired with its text, saving one saves both
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lab]'
	$(BIN)/python book/pair.py
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/book $(ARGS)

test: venv ## run the tests (those of the built book apart)
	$(BIN)/python -m pytest tests --ignore=tests/book

test-book: venv ## open the built book in a headless browser and check every page
	$(BIN)/python -m pytest tests/book

fuzz: venv ## feed every reader of files with damaged ones, guided by coverage (FUZZ_SECONDS=600)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	PYTHONPATH=tests/fuzz $(BIN)/python tests/fuzz/run.py --seconds $(or $(FUZZ_SECONDS),600)

faults: venv ## try every fault for real and store the table that the book shows
	$(BIN)/asyt run faults --profile paper --force

gpu-check: venv ## tests, bench and agreement on a GPU; exits with 2 where there is none
	$(BIN)/python tests/gpu.py

bench: venv ## time training on this machine, which should be idle, and store the table
	$(BIN)/asyt run speed --profile paper --force
	$(BIN)/asyt bench --last

lint: venv ## check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean: ## remove the built book and its executed notebooks
	rm -rf book/_build book/_stage

distclean: clean ## remove .venv too
	rm -rf .venv src/*.egg-info
