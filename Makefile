PYTHON ?= python3
STAGE ?= dev
SAM ?= .venv-sam/bin/sam
# Lambda's own Python, where the machine has it: on the path, or as one of pyenv's.
PYTHON313 ?= $(shell python3.13 -c 'import sys; print(sys.executable)' 2>/dev/null || \
	PYENV_VERSION=$$(pyenv latest 3.13 2>/dev/null) pyenv which python3.13 2>/dev/null)
F ?= qr_orders/create

BIN := .venv/bin
# -qq: a machine's own pip configuration may warn about every package; errors still show.
PIP := -m pip install -qq --disable-pip-version-check --no-warn-conflicts -c constraints.txt
LAMBDA := --python-version 3.13 --implementation cp --only-binary=:all: --no-compile \
	--platform manylinux_2_34_aarch64 --platform manylinux_2_28_aarch64 \
	--platform manylinux2014_aarch64
RUNTIME := layers/dependencies/requirements.txt
NO_DEPS := layers/dependencies/requirements-no-deps.txt
DOCUMENTS := layers/documents/requirements.txt
REDIS := layers/redis/requirements.txt
# Of four hundred services in botocore's data the layer keeps those that shared/aws.py speaks to.
AWS := dynamodb events kms lambda s3 secretsmanager sesv2 sqs
# The whole, by samconfig.toml; or one service's own stack: make deploy SERVICE=qr_partners PARAMETERS="A=1 B=2"
DEPLOYED := $(if $(SERVICE),--template-file build/release/templates/$(SERVICE).yaml \
	--stack-name payments-$(STAGE)-$(subst _,-,$(SERVICE)) \
	--parameter-overrides "Stage=$(STAGE) $(PARAMETERS)",--template-file build/release/template.yaml)
SAM_OFFLINE := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1
# What writes docs/: compared by `make check`, or by a test.
CHECKED := local.openapi local.endpoint_map local.error_catalogue local.status_diagrams
TESTED := local.privileges local.deployment local.dashboards bench.cost \
	tests.fleet_payment_systems.providers.documentation
empty :=

.DEFAULT_GOAL := help
demo up pos terminal load invoke provider imports bench privileges documents documents-check docs: \
	export PYTHONPATH := $(subst $(empty) ,:,$(wildcard layers/*/python))

.PHONY: help setup demo up pos terminal load provider test test-proofs test-runtime bench check lint types \
	imports templates privileges documents documents-check docs check-templates sam-check deps fonts \
	build release deploy invoke pins clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: .venv/.done  ## .venv with everything pinned; redone when a requirements file changes

.venv/.done: $(RUNTIME) $(NO_DEPS) $(DOCUMENTS) $(REDIS) requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later, please: make PYTHON=python3.12" \
		if sys.version_info < (3, 11) else 0)'
	@echo "making .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) -r $(RUNTIME) -r $(DOCUMENTS) -r $(REDIS) -r requirements-dev.txt
	@$(BIN)/python $(PIP) --no-deps -r $(NO_DEPS)
	@touch $@

.venv-check/.done: requirements-check.txt
	@echo "making .venv-check"
	@$(PYTHON) -m venv .venv-check
	@.venv-check/bin/python -m pip install -qq --disable-pip-version-check -r requirements-check.txt
	@touch $@

.venv-sam/.done: requirements-sam.txt
	@echo "making .venv-sam"
	@$(PYTHON) -m venv .venv-sam
	@.venv-sam/bin/python -m pip install -qq --disable-pip-version-check -r requirements-sam.txt
	@touch $@

demo: setup fonts  ## bills paid by QR and drivers paid at terminals, on this machine
	@$(BIN)/python -m local.demo

up: setup fonts  ## the same stack left running; addresses and keys in build/local.json
	@$(BIN)/python -m local.up

pos: setup  ## a restaurant's till on the stack of `make up`, or ARGS="--url ... --key ... cancel ID"
	@$(BIN)/python -m local.pos $(ARGS)

terminal: setup  ## a payment system's terminal: ARGS="city24 pay 100245 150.00", or with --link
	@$(BIN)/python -m local.terminal $(ARGS)

load: setup fonts  ## terminals pay 10 times a second, then 50 at once: latencies, and each credit once
	@$(BIN)/python -m local.load $(ARGS)

invoke: setup  ## sends events/$F.json to the function F=qr_orders/create of `make up`
	@STAGE=$(STAGE) $(BIN)/python -m local.invoke $(F)

test: setup fonts  ## every test but test-runtime
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/runtime
	@$(MAKE) --no-print-directory privileges

privileges: setup  ## what `make test` saw functions do, held against their policies
	@$(BIN)/python -m local.privileges --seen

test-proofs: setup fonts  ## only the proofs: crashes, interleavings, hostile inputs
	@PROOFS=all $(BIN)/python -m pytest -n auto --dist worksteal tests/proofs \
		tests/fleet_payment_systems/providers/test_generated.py

test-runtime: setup fonts build/.runtime release  ## what is shipped starts under Lambda's runtime client
	@$(BIN)/python -m pytest -n auto tests/runtime

provider: setup  ## a new payment system NAME=acme in all its places, as a plain OSMP dialect
	@$(BIN)/python -m local.new_provider "$(NAME)"
	@$(MAKE) documents

build/.runtime: $(RUNTIME) $(NO_DEPS) $(DOCUMENTS) $(REDIS) requirements-runtime.txt constraints.txt
	@echo "making build/runtime with $(or $(PYTHON313),$(PYTHON))"
	@rm -rf build/runtime
	@$(or $(PYTHON313),$(PYTHON)) -m venv build/runtime
	@build/runtime/bin/python $(PIP) -r $(RUNTIME) -r $(DOCUMENTS) -r $(REDIS) -r requirements-runtime.txt
	@build/runtime/bin/python $(PIP) --no-deps -r $(NO_DEPS)
	@touch $@

bench: deps build/.plain  ## calls and units of an order, what polling costs, sizes, cold and warm ratios
	@$(BIN)/python -m bench

check: lint types imports templates documents-check  ## what a change must pass before its tests

lint: setup
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .

types: setup
	@$(BIN)/mypy --no-error-summary layers functions local tests bench

imports: setup
	@$(BIN)/lint-imports --no-logo

templates: .venv-check/.done
	@.venv-check/bin/cfn-lint --regions eu-central-1 --template template.yaml templates/*.yaml

documents: setup  ## writes what docs/ says of the code: OpenAPI, maps, catalogues, tables
	@for each in $(CHECKED) $(TESTED); do $(BIN)/python -m $$each || exit 1; done

documents-check: setup
	@for each in $(CHECKED); do $(BIN)/python -m $$each --check || exit 1; done

docs: setup  ## the OpenAPI documents as a site in build/site, looked at in a browser; needs npm
	@$(BIN)/python -m local.site
	@$(BIN)/python -m local.site_check

check-templates: setup .venv-check/.done  ## checkov, on the templates as written and expanded
	@$(BIN)/python -m local.template_check

sam-check: deps .venv-sam/.done  ## SAM CLI validates, builds, and finds every folder
	@$(SAM_OFFLINE) $(SAM) validate --lint --template template.yaml
	@for each in templates/*.yaml; do \
		$(SAM_OFFLINE) $(SAM) validate --lint --template $$each || exit 1; done
	@$(SAM_OFFLINE) $(SAM) build --build-dir build/sam >/dev/null
	@SAM_CLI_TELEMETRY=0 .venv-sam/bin/python -m local.sam_folders

fonts: setup
	@$(BIN)/python -m local.fonts build/documents/fonts

deps: build/.dependencies build/.documents build/.redis fonts  ## the package layers, for Lambda's platform
	@$(BIN)/python -m local.layer_check $(if $(PYTHON313),,--without-bytecode)

build/.dependencies: $(RUNTIME) $(NO_DEPS) constraints.txt local/layer_data.py | .venv/.done
	@rm -rf build/dependencies build/chalice
	@$(BIN)/python $(PIP) $(LAMBDA) --target build/dependencies/python -r $(RUNTIME)
	@$(BIN)/python $(PIP) $(LAMBDA) --target build/chalice --no-deps -r $(NO_DEPS)
	@mkdir build/dependencies/python/chalice
	@cp build/chalice/chalice/__init__.py build/chalice/chalice/app.py \
		build/dependencies/python/chalice
	@rm -rf build/chalice build/dependencies/python/bin
	@$(BIN)/python -m local.layer_data build/dependencies/python/botocore/data $(AWS)
	@$(call bytecode,build/dependencies/python)
	@touch $@

build/.documents: $(DOCUMENTS) constraints.txt | .venv/.done
	@rm -rf build/documents/python
	@$(BIN)/python $(PIP) $(LAMBDA) --target build/documents/python -r $(DOCUMENTS)
	@rm -rf build/documents/python/bin
	@$(call bytecode,build/documents/python)
	@touch $@

build/.redis: $(REDIS) constraints.txt | .venv/.done
	@rm -rf build/redis
	@$(BIN)/python $(PIP) $(LAMBDA) --target build/redis/python -r $(REDIS)
	@$(call bytecode,build/redis/python)
	@touch $@

# What `make bench` compares the dependency layer with.
build/.plain: $(RUNTIME) $(NO_DEPS) constraints.txt | .venv/.done
	@rm -rf build/plain
	@$(BIN)/python $(PIP) $(LAMBDA) --target build/plain -r $(RUNTIME) -r $(NO_DEPS)
	@touch $@

# Bytecode of Lambda's own Python, trusted as it is: a cold start neither compiles nor checks.
define bytecode
if [ -n "$(PYTHON313)" ]; then \
	$(PYTHON313) -m compileall -q --invalidation-mode unchecked-hash $(1); \
else echo "no python3.13 here: $(1) goes without bytecode, cold starts are slower"; fi
endef

build: deps release .venv-sam/.done  ## what is shipped, in build/release: packages and our code, compiled
	@$(SAM_OFFLINE) $(SAM) validate --template build/release/template.yaml

release: setup
	@$(BIN)/python -m local.release $(PYTHON313)

deploy: build  ## to STAGE=dev, with the caller's AWS credentials; one stack alone with SERVICE=, PARAMETERS=
	$(SAM) deploy --config-file $(CURDIR)/samconfig.toml --config-env $(STAGE) $(DEPLOYED)

pins: setup  ## constraints.txt from what .venv holds
	@mkdir -p build
	@sed -n 1p constraints.txt > build/constraints.txt
	@$(BIN)/python -m pip freeze 2>/dev/null | grep -v '^chalice=' >> build/constraints.txt
	@mv build/constraints.txt constraints.txt

clean:  ## removes everything that make has made
	rm -rf build .aws-sam .venv .venv-check .venv-sam .mypy_cache .ruff_cache .hypothesis .import_linter_cache
