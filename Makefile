# Guetteur. `make` alone lists what can be made; every target does its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
SCORED := build/scored
DATA := daemon/guetteur/data/knowledge.json
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' daemon/guetteur/__init__.py)
# The day of the last change, so that anyone who builds this state gets these bytes.
EPOCH = $(shell git log -1 --format=%ct 2>/dev/null || echo 1580601600)
EXTENSION := dist/extension/chromium/manifest.json
FIREFOX := dist/extension/firefox/manifest.json
EXTENSION_SOURCES := $(shell find extension blocklists/guide -type f -not -path '*/node_modules/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test test-long check fmt e2e pictures corpus bench bench-lists bench-reports bench-detection load soak evaluate evaluate-mail train fuzz coverage mutate sync-blocklists build extension package package-check sbom docs lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: $(VENV)/.done $(DATA) $(EXTENSION) ## build all, start the daemon, show a browser warning of lookalike pages
	$(PY) tests/demo/run.py

test: check corpus e2e ## everything: check, the evaluation data where it is, real browsers

check: $(VENV)/.done $(DATA) extension/node_modules/.done ## format, lint, types, import rules, unit and contract tests
	$(BIN)/ruff format --check daemon tests blocklists
	$(BIN)/ruff check daemon tests blocklists
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	npm --prefix extension run --silent lint
	npm --prefix extension run --silent types
	npm --prefix extension run --silent test
	$(BIN)/pytest tests/unit tests/contract

corpus: $(VENV)/.done $(DATA) ## official and popular hosts against the evaluation data (GUETTEUR_DATA), skipped without
	$(BIN)/pytest tests/corpus

e2e: $(VENV)/.done $(DATA) $(EXTENSION) $(FIREFOX) ## real Chromium and Firefox with extension, relay and daemon; screenshots in build/
	$(BIN)/pytest tests/e2e --timeout 300

pictures: $(VENV)/.done $(DATA) $(EXTENSION) ## take the pictures of README and docs anew, from the extension in Chromium, into docs/images/
	$(PY) tests/e2e/pictures.py

bench: $(VENV)/.done $(DATA) $(EXTENSION) $(FIREFOX) ## measure the check in the browsers, in process and over the socket
	$(PY) tests/bench/check.py
	$(PY) tests/e2e/measure.py
	$(PY) tests/e2e/measure_report.py

bench-lists: $(VENV)/.done $(DATA) extension/node_modules/.done ## measure list look-ups beside peers and the cost of a renewal (SIZES="1 5 10" millions)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/requirements.lock
	npm --prefix tests/bench/peers install --silent --no-audit --no-fund
	GUETTEUR_UBO=tests/bench/peers/node_modules/@gorhill/ubo-core $(PY) tests/bench/lists.py $(or $(SIZES),1)
	$(PY) tests/bench/renewal.py

bench-reports: $(VENV)/.done $(DATA) ## measure the outbox and how reports hang together, beside peers (GUETTEUR_DATA), into docs/reference/reports.md
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/requirements.lock
	$(PY) tests/bench/reports.py outbox $(if $(wildcard $(or $(GUETTEUR_DATA),../shared/data)/mail),likeness) pictures speed

load: $(VENV)/.done $(DATA) $(EXTENSION) ## 64 checks at once for MINUTES (10) beside the floor, 200 tabs at once in Chromium, into docs/reference/load.md
	$(PY) tests/bench/load.py $(MINUTES)
	$(PY) tests/e2e/measure_tabs.py

soak: $(VENV)/.done $(DATA) ## a heavy day of one person in HOURS (1): memory, files, threads, disk; plot in build/soak/
	$(PY) tests/bench/soak.py $(or $(HOURS),1)

evaluate: $(VENV)/.done $(DATA) ## measure recall and false alarms (GUETTEUR_DATA) into docs/reference/detection.md
	$(PY) tests/bench/detection.py ours $(if $(wildcard $(SCORED)/cross_validated.csv),cross-validated age) \
	  $(if $(wildcard $(SCORED)/before_2026.csv),temporal) addresses --scored $(SCORED)

evaluate-mail: $(VENV)/.done $(DATA) ## measure mails, real (GUETTEUR_DATA) and written for the tests, into docs/reference/mail.md
	$(PY) tests/bench/mail.py $(if $(wildcard $(or $(GUETTEUR_DATA),../shared/data)/mail),developer speed) written

train: $(VENV)/.done $(DATA) ## fit the weights of the host-name signals anew (GUETTEUR_DATA) into blocklists/model/ (10 minutes)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r blocklists/model/requirements.lock
	$(PY) blocklists/model/imitated.py
	$(PY) -m guetteur.publish.bundle
	$(PY) blocklists/model/train.py --scored $(SCORED)
	$(PY) -m guetteur.publish.bundle

bench-detection: $(VENV)/.done $(DATA) ## measure peers on the same hosts, and speed, into docs/reference/detection.md (10 minutes)
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/bench/requirements.lock
	$(PY) tests/bench/detection.py peers speed --scored $(SCORED)

test-long: $(VENV)/.done $(DATA) ## the long forms of the crash tests: kill -9 at 200 points of a sync and of a publish, at 1,000 of the outbox
	GUETTEUR_LONG=1 $(BIN)/pytest tests/unit/lists/test_kills.py tests/unit/reports/test_outbox_kills.py --timeout 600

fuzz: $(VENV)/.done $(DATA) build/fuzz/venv/.done ## fuzz every reader and the daemon's calls for MINUTES in all (10), TARGETS alone; see docs/reference/fuzzing.md
	PYTHONPATH=daemon:tests build/fuzz/venv/bin/python -m fuzz.run $(or $(MINUTES),10) $(TARGETS)

coverage: $(VENV)/.done $(DATA) ## what the unit and contract tests cover of each package; fails below 100 % of core and signals, 90 % elsewhere
	rm -rf build/coverage && mkdir -p build/coverage
	$(PY) -m coverage run -m pytest tests/unit tests/contract --timeout 180
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage json --quiet -o build/coverage/files.json
	$(PY) tests/quality/coverage_shares.py build/coverage/files.json

mutate: $(VENV)/.done $(DATA) build/mutate/venv/.done ## change core in SAMPLE small ways (1000, or all), one at a time: how many do its tests not notice
	build/mutate/venv/bin/python tests/quality/mutate.py $(or $(SAMPLE),1000)

sync-blocklists: $(VENV)/.done $(DATA) ## fetch, judge, sign and publish the lists (DRY=1 shows the change; KEYS="folders", ACCEPT="sources", MIRROR=address)
	$(PY) -m guetteur.publish.sync_blocklists $(if $(DRY),--dry) $(addprefix --keys ,$(KEYS)) $(addprefix --accept ,$(ACCEPT)) \
	  $(if $(MIRROR),--mirror $(MIRROR))

build: $(VENV)/.done ## compile blocklists/ into the files the package ships
	$(PY) -m guetteur.publish.bundle

extension: $(EXTENSION) $(FIREFOX) ## build the extension for Chromium and Firefox, unpacked and packed, into dist/
	npm --prefix extension run --silent pack
	npm --prefix extension run --silent lint:addon

package: $(VENV)/.done ## build the wheel and the source archive into dist/, the same bytes from the same sources
	SOURCE_DATE_EPOCH=$(EPOCH) $(PY) -m build --no-isolation --outdir dist .

package-check: $(VENV)/.done extension/node_modules/.done ## build the packages twice; install them with pip, pipx, uv in every Python found
	GUETTEUR_LONG=1 $(BIN)/pytest tests/contract/test_packages.py --timeout 900

# The extension ships no code from npm: its tools are for developers alone. The bill is that of what pip installs.
sbom: package ## list what the wheel brings along, as CycloneDX, into dist/
	rm -rf build/sbom && mkdir -p build/sbom
	$(PYTHON) -m venv build/sbom/tool
	build/sbom/tool/bin/pip install --quiet --disable-pip-version-check uv cyclonedx-bom==7.5.0
	build/sbom/tool/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header -c requirements.lock pyproject.toml -o build/sbom/shipped.txt
	$(PYTHON) -m venv --without-pip build/sbom/shipped
	$(PY) -m pip --python build/sbom/shipped/bin/python install --quiet --require-hashes --no-deps -r build/sbom/shipped.txt
	$(PY) -m pip --python build/sbom/shipped/bin/python install --quiet --no-deps dist/guetteur-$(VERSION)-py3-none-any.whl
	sed 's/^dynamic = .*/version = "$(VERSION)"/' pyproject.toml > build/sbom/pyproject.toml
	SOURCE_DATE_EPOCH=$(EPOCH) build/sbom/tool/bin/cyclonedx-py environment --output-reproducible --pyproject build/sbom/pyproject.toml \
	  --output-format JSON --output-file dist/guetteur-$(VERSION).cdx.json build/sbom/shipped

docs: $(VENV)/.done $(DATA) ## write the generated part of docs/reference
	$(PY) -m guetteur.publish.reference docs/reference
	$(PY) -m guetteur.cli_reference docs/reference

fmt: $(VENV)/.done extension/node_modules/.done ## format all sources
	$(BIN)/ruff format daemon tests blocklists
	$(BIN)/ruff check --fix daemon tests blocklists
	npm --prefix extension run --silent format

lock: $(VENV)/.done ## renew requirements.lock from pyproject.toml, and the locks of benches, fuzzing and training
	$(PY) -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --group dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header -c requirements.lock tests/bench/requirements.in -o tests/bench/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header -c requirements.lock tests/fuzz/requirements.in -o tests/fuzz/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header -c requirements.lock tests/quality/requirements.in -o tests/quality/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header -c requirements.lock blocklists/model/requirements.in -o blocklists/model/requirements.lock

clean: ## remove everything that was built
	rm -rf $(VENV) build dist extension/node_modules tests/bench/peers/node_modules daemon/guetteur/data/*.bin daemon/guetteur/data/*.json
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

$(VENV)/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DATA): $(VENV)/.done $(shell find blocklists -type f -not -path '*/.work/*' -not -path '*/repository/*') daemon/guetteur/publish/bundle.py daemon/guetteur/lists/writer.py
	$(PY) -m guetteur.publish.bundle
	@touch $@

build/mutate/venv/.done: requirements.lock tests/quality/requirements.lock
	$(PYTHON) -m venv --clear build/mutate/venv
	build/mutate/venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock -r tests/quality/requirements.lock
	@touch $@

build/fuzz/venv/.done: requirements.lock tests/fuzz/requirements.lock
	$(PYTHON) -m venv --clear build/fuzz/venv
	build/fuzz/venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock -r tests/fuzz/requirements.lock
	@touch $@

extension/node_modules/.done: extension/package-lock.json
	npm --prefix extension ci --silent --no-audit --no-fund
	@touch $@

$(EXTENSION) $(FIREFOX) &: extension/node_modules/.done $(EXTENSION_SOURCES) daemon/guetteur/__init__.py
	npm --prefix extension run --silent build
	@touch $(EXTENSION) $(FIREFOX)
