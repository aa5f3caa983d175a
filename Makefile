# One command for each thing that is done here; `make` lists them. Everything built lies under target/ and dist/.

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
STAGE   := target/stage
TOOLS   := target/tools
PYTHON  := $(TOOLS)/python/bin
SDK     := xilnex-auth-sdk-$(VERSION)
CBINDGEN_VERSION := 0.29.4

RUST := Cargo.toml Cargo.lock $(shell find core/src sandbox/src cli/src -name '*.rs') $(wildcard */Cargo.toml)
PYTHON_SOURCES := bindings-python/pyproject.toml bindings-python/README.md $(shell find bindings-python/src bindings-python/python -type f -not -name '*.pyc' -not -name '*.so')
NODE_SOURCES := bindings-node/package.json bindings-node/package-lock.json $(shell find bindings-node/src bindings-node/bin -type f) $(wildcard bindings-node/*.js bindings-node/*.mjs bindings-node/*.ts bindings-node/*.mts bindings-node/*.md)
C_SOURCES := $(shell find bindings-c/src bindings-c/sdk include -type f) bindings-c/build.rs

.PHONY: help demo test check dist stage header bench clean
.DELETE_ON_ERROR:

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "make %-8s %s\n", $$1, $$2 }'

demo: stage ## show the main job in all languages against the sandbox
	@python3 demo/run.py $(STAGE)

test: stage $(TOOLS)/tests.done ## pass every test of every language
	@python3 tools/test.py $(STAGE)

dist: dist/.wheel dist/.node dist/.sdk ## build the wheel, the npm tarball and the C SDK into dist/
	@python3 tools/sizes.py dist

check: $(TOOLS)/cbindgen.done stage ## format, lints, drift of generated files, types
	cargo fmt --all --check
	$(PYTHON)/ruff format --quiet --check .
	$(PYTHON)/ruff check --quiet .
	cargo clippy --locked --workspace --all-targets -- -D warnings
	$(TOOLS)/cbindgen/bin/cbindgen --quiet --config bindings-c/cbindgen.toml --crate xilnex-auth-c --lockfile Cargo.lock --verify --output include/xilnex_auth.h bindings-c
	cd bindings-python && $(CURDIR)/$(STAGE)/python/bin/python -m mypy --strict python/xilnex_auth
	$(STAGE)/python/bin/python -m mypy.stubtest xilnex_auth
	cd bindings-node && npm run --silent types
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps -q -p xilnex-auth -p xilnex-auth-sandbox -p xilnex-auth-cli

header: $(TOOLS)/cbindgen.done ## generate include/xilnex_auth.h from the C binding
	$(TOOLS)/cbindgen/bin/cbindgen --quiet --config bindings-c/cbindgen.toml --crate xilnex-auth-c --lockfile Cargo.lock --output include/xilnex_auth.h bindings-c

bench: stage ## compare the cost of a cached token with the floor of each language
	@python3 tools/bench.py $(STAGE)

clean: ## remove everything that was built
	rm -rf target dist bindings-node/node_modules tests/interop/node_modules

# The packages.

dist/.wheel: $(RUST) $(PYTHON_SOURCES) tools/notices.py $(TOOLS)/python.done
	@mkdir -p dist && rm -f dist/*.whl
	@python3 tools/notices.py xilnex-auth-python > bindings-python/THIRD-PARTY-NOTICES.md
	$(PYTHON)/maturin build --release --locked --quiet --manifest-path bindings-python/Cargo.toml --out dist
	@touch $@

dist/.node: $(RUST) $(NODE_SOURCES) tools/notices.py $(TOOLS)/npm.done
	@mkdir -p dist && rm -f dist/*.tgz
	@python3 tools/notices.py xilnex-auth-node > bindings-node/THIRD-PARTY-NOTICES.md
	cd bindings-node && npm run --silent build && npm pack --silent --pack-destination ../dist
	@touch $@

dist/.sdk: $(RUST) $(C_SOURCES) tools/notices.py
	@tools/require.sh rust python c
	@mkdir -p dist $(TOOLS) && rm -rf dist/xilnex-auth-sdk-*
	@python3 tools/notices.py xilnex-auth-c xilnex-auth-cli > $(TOOLS)/notices.md
	python3 bindings-c/sdk/assemble.py dist $(TOOLS)/notices.md
	@touch $@

# The packages installed as their users install them, and what is compiled against them.

stage: $(STAGE)/python.done $(STAGE)/node.done $(STAGE)/sdk.done

$(STAGE)/python.done: dist/.wheel bindings-python/requirements-dev.txt
	@rm -rf $(STAGE)/python && mkdir -p $(STAGE)
	python3 -m venv $(STAGE)/python
	$(STAGE)/python/bin/pip install --quiet --disable-pip-version-check -r bindings-python/requirements-dev.txt dist/*.whl
	@touch $@

$(STAGE)/node.done: dist/.node tests/drivers/driver.mjs demo/service.mjs
	@rm -rf $(STAGE)/node && mkdir -p $(STAGE)/node
	cd $(STAGE)/node && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund $(CURDIR)/dist/*.tgz
	@cp tests/drivers/driver.mjs demo/service.mjs $(STAGE)/node
	@touch $@

$(STAGE)/sdk.done: dist/.sdk tests/drivers/driver.c tests/drivers/driver.cpp $(wildcard demo/*.c demo/*.cpp demo/*.h)
	@rm -rf $(STAGE)/sdk && mkdir -p $(STAGE)/sdk $(STAGE)/drivers $(STAGE)/demo
	tar -xzf dist/$(SDK)-*.tar.gz -C $(STAGE)/sdk --strip-components 1
	@sh tools/compile.sh $(STAGE)/sdk tests/drivers demo $(STAGE)
	@touch $@

# The tools that the registries deliver; nothing has to be installed by hand.

$(TOOLS)/python.done: bindings-python/requirements-dev.txt
	@tools/require.sh rust python node c
	@mkdir -p $(TOOLS)
	python3 -m venv $(TOOLS)/python
	$(PYTHON)/pip install --quiet --disable-pip-version-check -r bindings-python/requirements-dev.txt
	@touch $@

# What only the tests need: CMake, and an authorization server that is not ours.
$(TOOLS)/tests.done: tests/requirements.txt tests/interop/package.json tests/interop/package-lock.json $(TOOLS)/python.done $(TOOLS)/npm.done
	$(PYTHON)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	cd tests/interop && npm ci --silent --no-audit --no-fund
	@touch $@

$(TOOLS)/npm.done: bindings-node/package-lock.json
	@tools/require.sh rust python node c
	@mkdir -p $(TOOLS)
	cd bindings-node && npm ci --silent --no-audit --no-fund
	@touch $@

$(TOOLS)/cbindgen.done:
	cargo install --quiet cbindgen --version $(CBINDGEN_VERSION) --locked --root $(TOOLS)/cbindgen
	@touch $@
