# The verbs of this repository; each is a line or two. `make help` lists them.
SWIFT ?= swift
PYTHON = .venv/bin/python
export NULLIUS_TEST_PYTHON = $(CURDIR)/$(PYTHON)

.DEFAULT_GOAL := help
.PHONY: help build demo test suite check lint format layers bench generate bootstrap clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the two executables (debug)
	$(SWIFT) build --product nullius
	$(SWIFT) build --product nullius-proxy

demo: bootstrap build ## a shop of four services in the mesh, told as a story; KEEP=1 leaves it running
	$(PYTHON) Examples/shop/demo $(if $(KEEP),--keep)

test: bootstrap ## build and run every test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest --no-parallel
	env -u KUBECONFIG $(PYTHON) -m pytest -q -rs Tests/KubernetesSuite Tests/EmbeddedSuite

suite: bootstrap ## clients we did not write against the API server of KUBECONFIG, or the embedded one
	$(if $(KUBECONFIG),,$(SWIFT) build --product nullius)
	$(PYTHON) -m pytest Tests/KubernetesSuite

check: lint layers test ## what CI runs: format, layers, tests

lint: ## is every file formatted?
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## format every file
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

layers: ## does every arrow between modules point down?
	@$(SWIFT) package describe >/dev/null && echo "layers: every arrow points down or sideways"

bench: bootstrap ## requests per second and latency, direct and through the mesh (release build)
	$(SWIFT) build --configuration release --product nullius
	$(SWIFT) build --configuration release --product nullius-proxy
	$(PYTHON) scripts/bench.py --build .build/release

generate: ## write the Swift code of the .proto files anew
	scripts/generate

bootstrap: ## install what demo and tests need (Debian packages, .venv)
	@scripts/bootstrap

clean: ## remove what was built, and .venv
	rm -rf .build .venv
