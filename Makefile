# One word for each thing one does with Penstock. Everything is done by CMake presets and the scripts that the
# targets name; nothing here is needed to build by hand: cmake --preset release && cmake --build --preset release
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
# Of `make oracle` and `make streams-oracle`; empty: their own defaults.
KILLS ?=
SECONDS ?=
SEED ?=
# Of `make bindings`; empty: all that are there.
LANGUAGES ?=
# Of `make fuzz`: for how long each fuzz target runs.
FUZZ_SECONDS ?= 60

.PHONY: help
help:  ## what there is to make (this list)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:  ## install what is missing to build and run the demo
	@scripts/setup

.PHONY: build
build: setup  ## build everything into build/release
	@printf '\n== Building everything (preset release)\n'
	@cmake --preset release -Wno-dev
	@cmake --build --preset release

.PHONY: demo
demo: setup  ## a program, a gateway with TLS, and the events coming out of Kafka
	@scripts/demo

.PHONY: streams-demo
streams-demo:  ## from events to answers: a real Kafka, and counts, joins and sessions of Kafka Streams
	@scripts/setup --test
	@scripts/streams-demo

.PHONY: check
check:  ## before each commit: format, build, unit tests, other tests of what changed
	@scripts/setup --test --lint
	@scripts/check

.PHONY: test
test:  ## every test, with a real Kafka; unit tests under the sanitizers; the bindings
	@scripts/setup --test --bindings
	@scripts/test

.PHONY: bench
bench:  ## measure beside the peers, print each ratio
	@scripts/setup --test --bench
	@scripts/bench

.PHONY: abi
abi:  ## accept the C ABI as penstock.h has it now (docs/abi.md)
	@scripts/setup --test
	@cmake --preset release -Wno-dev >/dev/null
	@python3 tests/install/abi.py update c++ sdk/include,build/release/include sdk/abi/penstock.abi

.PHONY: oracle
oracle:  ## kill -9 everything at random, lose nothing (KILLS=, SECONDS=, SEED=; FLEET=3: behind HAProxy)
	@scripts/setup --test
	@scripts/oracle $(if $(FLEET),--fleet $(FLEET)) $(if $(KILLS),--kills $(KILLS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

.PHONY: streams-oracle
streams-oracle:  ## the same with the Streams application beside it: each count right (KILLS=, SECONDS=, SEED=)
	@scripts/setup --test
	@scripts/oracle --streams --rate 100 --kills $(or $(KILLS),60) --seconds $(or $(SECONDS),120) $(if $(SEED),--seed $(SEED))

.PHONY: stress
stress:  ## end, fork and cancel beside a busy sender, again and again (ROUNDS=1000)
	@scripts/setup --test
	@cmake --preset release -Wno-dev >/dev/null && cmake --build --preset release --target fault_host_life >/dev/null
	@PENSTOCK_ROUNDS=$(or $(ROUNDS),1000) build/release/tests/faults/host_life/fault_host_life

.PHONY: attacks
attacks:  ## attack the gateway's memory; print the peak of each beside memory_max
	@scripts/setup --test
	@cmake --preset release -Wno-dev >/dev/null && cmake --build --preset release --target integration_memory_attack >/dev/null
	@build/release/tests/integration/integration_memory_attack --gtest_brief=1

.PHONY: privacy
privacy:  ## what of personal data is found, kind by kind, and what of ordinary text is taken for it (SEED=)
	@scripts/setup
	@cmake --preset release -Wno-dev >/dev/null && cmake --build --preset release --target penstock-privacy-figure >/dev/null
	@build/release/tests/privacy/penstock-privacy-figure $(if $(SEED),--seed $(SEED))

.PHONY: bindings
bindings:  ## build and test the packages of other languages; one table (LANGUAGES=)
	@scripts/bindings $(LANGUAGES)

.PHONY: fuzz
fuzz:  ## run each fuzz target (FUZZ_SECONDS=60)
	@scripts/setup --fuzz
	@scripts/fuzz $(FUZZ_SECONDS)

.PHONY: format
format:  ## let clang-format decide
	@scripts/setup --lint
	@git ls-files '*.hpp' '*.cpp' '*.h' '*.c' | xargs clang-format-19 -i

.PHONY: lint
lint:  ## clang-format and clang-tidy, changing nothing
	@scripts/setup --lint
	@scripts/lint

.PHONY: install
install: build  ## install the release build (PREFIX=/usr/local)
	@cmake --install build/release --prefix '$(PREFIX)'

.PHONY: clean
clean:  ## remove what was built; the cache of setup stays
	@rm -rf build
