# One command for each thing that is done here; `make` lists them. What is built lies under target/ and dist/, but for
# the addons, the modules of Node in one file and the licence notices, which are packed from beside the sources of their package.

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
STAGE   := target/stage
BENCH   := target/bench
TOOLS   := target/tools
PYTHON  := $(TOOLS)/python/bin
SDK     := xilnex-auth-sdk-$(VERSION)
CBINDGEN_VERSION := 0.29.4
MUTANTS_VERSION := 27.1.0
DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.2
SEMVER_VERSION := 0.51.0
BLOAT_VERSION := 0.12.1
PDOC_VERSION := 16.0.0
# It reads types by a compiler in JavaScript, which TypeScript 7 no longer is.
TYPEDOC := typedoc@0.28.20 typescript@5.9.3
MUTANTS := $(TOOLS)/cargo-mutants-$(MUTANTS_VERSION)
DENY := $(TOOLS)/cargo-deny-$(DENY_VERSION)
SEMVER := $(TOOLS)/cargo-semver-checks-$(SEMVER_VERSION)
FUZZ := $(TOOLS)/cargo-fuzz-$(FUZZ_VERSION)
BLOAT := $(TOOLS)/cargo-bloat-$(BLOAT_VERSION)
CBINDGEN := $(TOOLS)/cbindgen-$(CBINDGEN_VERSION)
HEADER  := $(CBINDGEN)/bin/cbindgen --quiet --lockfile Cargo.lock
CLIENT_H  := --config bindings-c/cbindgen.toml --crate xilnex-auth-c --output include/xilnex_auth.h bindings-c
SANDBOX_H := --config bindings-c/sandbox/cbindgen.toml --crate xilnex-auth-sandbox-c \
	--output include/xilnex_auth_sandbox.h bindings-c/sandbox

# What has a reference of Rust.
DOCUMENTED := -p xilnex-auth -p xilnex-auth-wiping -p xilnex-auth-lasting -p xilnex-auth-sandbox -p xilnex-auth-cli

# Folders are listed too: one is newer when a file in it has come or gone.
RUST := Cargo.toml Cargo.lock tools/notices.py tools/papers.py tools/sbom.py $(shell find wiping/src lasting/src core/src sandbox/src cli/src) $(wildcard */Cargo.toml)
PYTHON_SOURCES := bindings-python/pyproject.toml bindings-python/README.md \
	$(shell find bindings-python/src bindings-python/python -not -path '*__pycache__*')
NODE_SOURCES := bindings-node/package.json bindings-node/package-lock.json bindings-node/README.md bindings-node/build.rs \
	$(shell find bindings-node/src bindings-node/sandbox bindings-node/bin bindings-node/lib) \
	$(filter-out %/modules.js %/seldom.js,$(wildcard bindings-node/*.js)) $(wildcard bindings-node/*.mjs bindings-node/*.ts bindings-node/*.mts)
C_SOURCES := $(shell find bindings-c include) CHANGELOG.md LICENSE-MIT LICENSE-APACHE

# forget FILES MARK: a mark says that something was made; where that has gone, so must the mark.
forget = $(if $(wildcard $(1)),,$(shell rm -f $(2)))
$(call forget,dist/*.whl,dist/.wheel)
$(call forget,dist/*.tgz,dist/.node)
$(call forget,dist/$(SDK)-*.tar.gz,dist/.sdk)
$(call forget,bindings-node/node_modules,$(TOOLS)/npm.done)
$(call forget,tests/interop/node_modules,$(TOOLS)/tests.done)
$(call forget,$(BENCH)/node $(BENCH)/python $(BENCH)/bin,$(BENCH)/*.done)
$(call forget,$(STAGE)/python,$(STAGE)/python.done)
$(call forget,$(STAGE)/node,$(STAGE)/node.done)
$(call forget,$(STAGE)/sdk,$(STAGE)/sdk.done)

.PHONY: help demo test check dist dist-all stage compat test-rust version header docs reliability sanitize syscalls loss fuzz mutants bench bench-quick clean
.DELETE_ON_ERROR:

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "make %-11s %s\n", $$1, $$2 }'

demo: stage ## show the main job in all languages against the sandbox
	@python3 demo/run.py $(STAGE)

test: stage $(TOOLS)/tests.done ## pass every test of every language
	@python3 tools/test.py $(STAGE)

dist: dist/.wheel dist/.node dist/.sdk ## build the wheel, the npm tarball and the C SDK into dist/
	@python3 tools/sizes.py dist

dist-all: ## build and run the packages of every platform, and write dist/MANIFEST.md (or TARGETS="..." of them)
	@tools/require.sh rust python node c
	@python3 tools/everywhere $(TARGETS)

check: $(CBINDGEN).done $(DENY).done stage ## format, lints, licences, drift of generated files, types
	@tools/require.sh lints memory
	cargo fmt --all --check
	$(PYTHON)/ruff format --quiet --check .
	$(PYTHON)/ruff check --quiet .
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo fmt --all --check --manifest-path fuzz/Cargo.toml
	cargo fmt --all --check --manifest-path bench/rust/Cargo.toml
	cargo clippy --locked --quiet --manifest-path bench/rust/Cargo.toml --target-dir $(BENCH)/rust -- -D warnings
	RUSTFLAGS='--cfg fuzzing' cargo clippy --locked --quiet --manifest-path fuzz/Cargo.toml --target-dir target/fuzz/check -- -D warnings
	$(DENY)/bin/cargo-deny --locked check --hide-inclusion-graph bans licenses sources
	$(HEADER) --verify $(CLIENT_H)
	$(HEADER) --verify $(SANDBOX_H)
	python3 tools/catalogue.py --verify
	tools/strict.sh
	cd bindings-python && ../$(STAGE)/python/bin/python -m mypy --strict python/xilnex_auth examples
	cd bindings-python && ../$(STAGE)/python/bin/pyright --pythonpath ../$(STAGE)/python/bin/python
	$(STAGE)/python/bin/python -m mypy.stubtest xilnex_auth
	cd bindings-node && npm run --silent types
	$(STAGE)/sdk/bin/xilnex-auth sandbox -- python3 tools/cost.py $(STAGE)
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --quiet $(DOCUMENTED)

compat: $(SEMVER).done ## compare the C and Rust interfaces with the last release (or with the commit SINCE)
	python3 tools/compat.py $(SEMVER)/bin/cargo-semver-checks $(SINCE)

test-rust: ## pass the tests that need nothing but Rust
	cargo test --locked --no-fail-fast -p xilnex-auth-wiping -p xilnex-auth-lasting -p xilnex-auth -p xilnex-auth-sandbox -p xilnex-auth-cli -p xilnex-auth-handles

version: ## set the version of everything: make version VERSION=1.2.3
	$(if $(filter command,$(firstword $(origin VERSION))),,$(error say which: make version VERSION=1.2.3))
	python3 tools/version.py $(VERSION)

header: $(CBINDGEN).done ## generate the headers in include/ from the C binding
	$(HEADER) $(CLIENT_H)
	$(HEADER) $(SANDBOX_H)

docs: stage $(TOOLS)/docs.done ## write the references of Rust, Python, Node and C into target/docs
	@tools/require.sh doxygen
	@rm -rf target/docs && mkdir -p target/docs
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --quiet $(DOCUMENTED)
	cp -R target/doc target/docs/rust
	PYTHONPATH=$(TOOLS)/pdoc $(STAGE)/python/bin/python -W error -m pdoc --output-directory target/docs/python \
		xilnex_auth xilnex_auth.testing xilnex_auth.integrations.requests xilnex_auth.integrations.httpx \
		xilnex_auth.integrations.aiohttp
	$(TOOLS)/typedoc/node_modules/.bin/typedoc --options bindings-node/types/typedoc.json
	doxygen bindings-c/Doxyfile

reliability: stage $(FUZZ).done ## take the figures of RELIABILITY.md and write it
	@tools/require.sh memory syscalls loss
	cargo build --locked --quiet --profile figures -p xilnex-auth-tests --bin figures
	@python3 tools/reliability.py $(FUZZ)/bin/cargo-fuzz $(if $(SECTION),"$(SECTION)")

sanitize: stage ## watch the memory of the tests and of the C programs
	@python3 tools/sanitize.py

syscalls: stage ## let each system call of fetching a token fail
	@python3 tools/syscalls.py

loss: stage ## fetch over a network that loses packets
	@python3 tools/loss.py

fuzz: $(FUZZ).done ## run every fuzz target a hundred million times and write fuzz/record.md
	@python3 tools/fuzz.py $(FUZZ)/bin/cargo-fuzz --runs 100000000 --record

mutants: $(MUTANTS).done ## change the engine's decisions one by one and see whether a test notices
	@python3 tools/mutants.py $(MUTANTS)/bin/cargo-mutants

bench: $(BENCH)/ready.done $(BENCH)/rust.done $(BLOAT).done ## measure against the clients people use and write bench/REPORT.md
	@$(BENCH)/python/bin/python bench/run.py dist $(BENCH) $(BLOAT)/bin/cargo-bloat

bench-quick: $(BENCH)/ready.done ## print the ratios of make bench in two minutes
	@$(BENCH)/python/bin/python bench/run.py --quick dist $(BENCH)

clean: ## remove everything that was built
	rm -rf target dist bindings-node/node_modules tests/interop/node_modules
	rm -rf bindings-node/*.node bindings-node/modules.js bindings-node/seldom.js bindings-*/THIRD-PARTY-NOTICES.md bindings-*/sbom.cyclonedx.json .ruff_cache bindings-python/.mypy_cache

# The packages.

dist/.wheel: $(RUST) $(PYTHON_SOURCES) | $(TOOLS)/python.done
	@mkdir -p dist && rm -f dist/*.whl
	@$(PYTHON)/python tools/papers.py wheel bindings-python
	$(PYTHON)/maturin build --release --locked --quiet --manifest-path bindings-python/Cargo.toml --out dist
	@touch $@

dist/.node: $(RUST) $(NODE_SOURCES) | $(TOOLS)/npm.done $(TOOLS)/python.done
	@mkdir -p dist && rm -f dist/*.tgz bindings-node/*.node
	@$(PYTHON)/python tools/papers.py npm bindings-node
	cd bindings-node && npm run --silent build && npm pack --silent --pack-destination ../dist
	@touch $@

dist/.sdk: $(RUST) $(C_SOURCES) | $(TOOLS)/python.done
	@mkdir -p dist $(TOOLS)/papers && rm -rf dist/xilnex-auth-sdk-*
	@$(PYTHON)/python tools/papers.py sdk $(TOOLS)/papers
	python3 bindings-c/sdk/assemble.py dist $(TOOLS)/papers
	@touch $@

# The packages installed as their users install them, and what is compiled against them.

stage: $(STAGE)/python.done $(STAGE)/node.done $(STAGE)/sdk.done

$(STAGE)/python.done: dist/.wheel bindings-python/requirements-dev.txt
	@rm -rf $(STAGE)/python && mkdir -p $(STAGE)
	python3 -m venv $(STAGE)/python
	$(STAGE)/python/bin/python -m pip install --quiet --disable-pip-version-check -r bindings-python/requirements-dev.txt dist/*.whl
	@touch $@

$(STAGE)/node.done: dist/.node tests/drivers/driver.mjs demo/service.mjs
	@rm -rf $(STAGE)/node && mkdir -p $(STAGE)/node
	cd $(STAGE)/node && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund "$(CURDIR)"/dist/*.tgz
	@cp tests/drivers/driver.mjs demo/service.mjs $(STAGE)/node
	@touch $@

$(STAGE)/sdk.done: dist/.sdk tools/compile.sh $(wildcard tests/drivers/driver.*) $(wildcard tests/edges/*.[ch]) \
	tests/memory/client.c tests/system/shim.c $(wildcard demo/*.c demo/*.cpp demo/*.h)
	@rm -rf $(STAGE)/sdk && mkdir -p $(STAGE)/sdk $(STAGE)/drivers $(STAGE)/edges $(STAGE)/memory $(STAGE)/demo
	tar -xzf dist/$(SDK)-*.tar.gz -C $(STAGE)/sdk --strip-components 1
	@sh tools/compile.sh $(STAGE)/sdk tests demo $(STAGE)
	@touch $@

# What is measured, ours and the rivals, in places of their own.

$(BENCH)/python.done: dist/.wheel bench/requirements.txt | $(TOOLS)/required.done
	@rm -rf $(BENCH)/python && mkdir -p $(BENCH)
	python3 -m venv $(BENCH)/python
	$(BENCH)/python/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt dist/*.whl
	@touch $@

$(BENCH)/node.done: dist/.node $(wildcard bench/node/*.json) | $(TOOLS)/required.done
	@rm -rf $(BENCH)/node && mkdir -p $(BENCH)/node && cp bench/node/*.json $(BENCH)/node
	cd $(BENCH)/node && npm ci --silent --no-audit --no-fund
	cd $(BENCH)/node && npm install --silent --no-audit --no-fund --no-save "$(CURDIR)"/dist/*.tgz
	@touch $@

$(BENCH)/ready.done: $(STAGE)/sdk.done $(BENCH)/python.done $(BENCH)/node.done bench/prepare.sh $(wildcard bench/programs/*)
	@tools/require.sh bench
	bench/prepare.sh $(STAGE)/sdk $(BENCH)
	@cp bench/programs/*.mjs $(BENCH)/node
	@touch $@

$(BENCH)/rust.done: $(RUST) $(wildcard bench/rust/Cargo.* bench/rust/src/*)
	cargo build --locked --quiet --release --manifest-path bench/rust/Cargo.toml --target-dir $(BENCH)/rust
	@touch $@

# The tools that the registries deliver; nothing has to be installed by hand.

$(TOOLS)/required.done: tools/require.sh
	@tools/require.sh rust python node c
	@mkdir -p $(TOOLS) && touch $@

$(TOOLS)/python.done: bindings-python/requirements-dev.txt | $(TOOLS)/required.done
	python3 -m venv $(TOOLS)/python
	$(PYTHON)/python -m pip install --quiet --disable-pip-version-check -r bindings-python/requirements-dev.txt
	@touch $@

# What only the tests need: CMake, and an authorization server that is not ours.
$(TOOLS)/tests.done: tests/requirements.txt tests/interop/package.json tests/interop/package-lock.json | $(TOOLS)/python.done
	@tools/require.sh documents
	$(PYTHON)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	cd tests/interop && npm ci --silent --no-audit --no-fund
	@touch $@

$(TOOLS)/docs.done: | $(TOOLS)/python.done
	$(PYTHON)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(TOOLS)/pdoc pdoc==$(PDOC_VERSION)
	npm install --silent --no-audit --no-fund --prefix $(TOOLS)/typedoc $(TYPEDOC)
	@touch $@

$(TOOLS)/npm.done: bindings-node/package-lock.json | $(TOOLS)/required.done
	cd bindings-node && npm ci --silent --no-audit --no-fund
	@touch $@

$(MUTANTS).done: | $(TOOLS)/required.done
	cargo install --quiet cargo-mutants --version $(MUTANTS_VERSION) --locked --root $(MUTANTS)
	@touch $@

$(DENY).done: | $(TOOLS)/required.done
	cargo install --quiet cargo-deny --version $(DENY_VERSION) --locked --root $(DENY)
	@touch $@

$(FUZZ).done: | $(TOOLS)/required.done
	cargo install --quiet cargo-fuzz --version $(FUZZ_VERSION) --locked --root $(FUZZ)
	@touch $@

$(SEMVER).done: | $(TOOLS)/required.done
	cargo install --quiet cargo-semver-checks --version $(SEMVER_VERSION) --locked --root $(SEMVER)
	@touch $@

$(BLOAT).done: | $(TOOLS)/required.done
	cargo install --quiet cargo-bloat --version $(BLOAT_VERSION) --locked --root $(BLOAT)
	@touch $@

$(CBINDGEN).done: | $(TOOLS)/required.done
	cargo install --quiet cbindgen --version $(CBINDGEN_VERSION) --locked --root $(CBINDGEN)
	@touch $@
