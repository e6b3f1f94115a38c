# `make run` to see it, `make test` before you hand anything in.

.DEFAULT_GOAL := help
.PHONY: help run test bench kill faults partition replicas flood crawl fairness load soak rush fuzz upgrades tools set-up as-root in-full fixtures fmt packages frontend licences clippy doc unit browser screenshots paint embedded lighthouse interop contract release deb sbom supply supply-tools sizing reproduce
# The checks go from cheap to dear; side by side they would only fight over cargo's lock.
.NOTPARALLEL:

LISTEN ?= 127.0.0.1:8080
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
# What Python brings, beside what Rust builds.
VENV := $(TARGET)/schemathesis
# Looked up when used, that is after `set-up` may have installed it.
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || true)
# The dependencies are those of Cargo.lock, here as in CI.
LOCKED := --locked

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: tools ## the site with its demo data, on http://127.0.0.1:8080 (LISTEN=address:port for another)
	@test -x $(TARGET)/release/archipelago || echo "First build: several minutes…"
	@echo "Once it has started, open http://$(LISTEN) (Ctrl+C stops it)."
	cargo run --release $(LOCKED) -- serve --demo --listen $(LISTEN)

test: set-up fixtures fmt frontend licences clippy doc unit contract browser interop ## every check there is, cheap ones first
	@echo "Everything passed."

bench: tools ## the benchmarks
	@echo "── Benchmarks: an optimised build first, several minutes when nothing is built yet."
	cargo bench $(LOCKED)

kill: set-up ## the kill -9 run in full: ten minutes (KILL_ACTIVITIES and KILL_SEED for another)
	KILL_ACTIVITIES=$(or $(KILL_ACTIVITIES),1200) cargo test $(LOCKED) --test it kill:: -- --nocapture

faults: in-full ## every fault in full: full disks, clocks that are set, the kill -9 run; some minutes, as root
	@echo "── Faults, with file systems and networks of their own and clocks that are set: some minutes."
	cargo test $(LOCKED) --test it faults:: -- --include-ignored --skip partition --nocapture --test-threads 2
	KILL_ACTIVITIES=$(or $(KILL_ACTIVITIES),200) cargo test $(LOCKED) --test it kill:: -- --nocapture

partition: in-full ## replicas and PostgreSQL in network namespaces of their own, with the line between them cut; as root
	cargo test $(LOCKED) --test it partition -- --ignored --nocapture

replicas: set-up ## three replicas behind nginx, where nothing else runs: a change at one shows at all within two seconds, at a mirror within five
	REPLICAS_ALONE=1 cargo test $(LOCKED) --test it -- replicas:: mirror::copied::a_changed --nocapture --test-threads 1

flood: tools ## what nobody should post, by the tens of thousands, and the memory the node then holds
	cargo bench $(LOCKED) --bench inbox -- flood

crawl: tools ## ten thousand simulated hosts, crawled twice (CRAWL_HOSTS and CRAWL_SEED for another web)
	cargo bench $(LOCKED) --bench crawl

fairness: tools ## where 100,000 people end up, by search and by /go (FAIRNESS_PEOPLE and FAIRNESS_SEED for others)
	cargo bench $(LOCKED) --bench fairness

load: tools ## questions over HTTP, as many as the node answers, against what actix-web can send
	cargo bench $(LOCKED) --bench http

soak: tools ## a day of a directory of a thousand hosters, in a quarter of an hour: it fails if anything grows (DAY_HOSTS, DAY_SECONDS, DAY_SEED)
	cargo bench $(LOCKED) --bench day -- soak

rush: tools ## everybody at once, and then ten times too many
	cargo bench $(LOCKED) --bench day -- rush

FUZZ_TARGETS ?= $(shell sed -n 's|^path = "targets/\(.*\)\.rs"|\1|p' tests/fuzz/Cargo.toml)
FUZZ_SECONDS ?= 60
FUZZ := $(abspath tests/fuzz)

# libFuzzer's instruments are not stable; the stable compiler has them and is told that this is meant.
fuzz: tools ## every reader of foreign input under libFuzzer, a minute each (FUZZ_SECONDS, FUZZ_TARGETS="documents …")
	@cargo fuzz --version >/dev/null 2>&1 || { echo "cargo-fuzz is missing: cargo install --locked cargo-fuzz" >&2; exit 1; }
	@command -v c++ >/dev/null || { echo "A C++ compiler is missing (on Debian: apt-get install g++), then try again." >&2; exit 1; }
	FUZZ_CORPUS=$(FUZZ)/corpus FUZZ_ROUNDS=0 cargo test $(LOCKED) --test it fuzz::
	@cp Cargo.lock $(FUZZ)/Cargo.lock
	@echo "── Fuzzing $(words $(FUZZ_TARGETS)) targets, $(FUZZ_SECONDS) s each, after an optimised build of several minutes."
	@set -e; for target in $(FUZZ_TARGETS); do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir $(FUZZ) --target-dir $(TARGET)/fuzz $$target $(FUZZ)/corpus/$$target -- \
			-max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512 -max_len=65536 \
			-dict=$(FUZZ)/words.dict -print_final_stats=1; \
	done

upgrades: tools ## the databases of fixtures/upgrades made anew, by the programs of their time: half an hour of builds
	UPGRADES_BINS=$(or $(UPGRADES_BINS),$(TARGET)/upgrades) fixtures/upgrades/make

# ── What must be there

tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs, then try again." >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19 or newer (https://nodejs.org), then try again." >&2; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing (on Debian: apt-get install build-essential), then try again." >&2; exit 1; }

set-up: tools ## what the tests need beside Rust and Node.js: installed as root on Debian, named elsewhere
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 \
		|| { echo "rustfmt or clippy is missing: rustup component add rustfmt clippy" >&2; exit 1; }
	$(INSTALL)

as-root:
	@test "$$(id -u)" = 0 \
		|| { echo "Only root may mount file systems and make network namespaces: please try again as root." >&2; exit 1; }

in-full: as-root set-up
	$(INSTALL)

# Adds to `missing` the packages of Debian that are.
set-up: LOOK = \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v nginx >/dev/null || test -x /usr/sbin/nginx || missing="$$missing nginx"; \
	test -x "$(CHROMIUM)" || missing="$$missing chromium"; \
	python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing="$$missing python3-venv"
in-full: LOOK = \
	ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$$missing faketime"; \
	command -v ip >/dev/null || missing="$$missing iproute2"; \
	command -v curl >/dev/null || missing="$$missing curl"

define INSTALL
@missing=; $(LOOK); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The tests need$$missing; please install (on Debian: sudo apt-get install$$missing), then try again." >&2; exit 1; \
	fi; \
	echo "── Installing$$missing with apt-get: a minute or two."; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq </dev/null \
		&& apt-get install -y -qq --no-install-recommends $$missing </dev/null >/dev/null
endef

# ── The checks

fixtures: ## the derived fixtures are those their sources give
	@echo "── Fixtures."
	node fixtures/derive.mjs --check

fmt: ## rustfmt
	@echo "── Format."
	cargo fmt --check

# build.rs takes the same lock and asks the same question, so that a build beside this one never meets half a node_modules.
packages:
	@cd frontend && $(shell command -v flock >/dev/null && echo flock .) sh -c ' \
		test node_modules/.package-lock.json -nt package-lock.json && exit 0; \
		echo "── Packages of the front end: half a minute."; \
		npm ci --no-audit --no-fund'

frontend: packages ## types, lints and unit tests of the scripts
	@echo "── Scripts of the pages."
	cd frontend && npm run check && npm test

licences: ## licences and sources of what we depend on, and what nothing needs, where cargo-deny and cargo-machete are installed
	@echo "── Dependencies."
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked --log-level error check bans licenses sources; \
		else echo "Nobody looks at licences: cargo install --locked cargo-deny"; fi
	@if cargo machete --version >/dev/null 2>&1; then cargo machete; \
		else echo "Nobody looks for what nothing needs: cargo install --locked cargo-machete"; fi

clippy: ## lints; the first build of all dependencies
	@echo "── Lints: several minutes when nothing is built yet."
	cargo clippy $(LOCKED) --all-targets -- -D warnings

doc: ## the documentation has no dead link
	@echo "── Documentation."
	RUSTDOCFLAGS="-D warnings" cargo doc $(LOCKED) --no-deps

# Tests wait for servers more than they reckon: half as many again as there are processors.
unit: export RUST_TEST_THREADS ?= $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))
unit: ## the Rust tests, on SQLite and on a PostgreSQL of their own
	@echo "── Rust tests: several minutes when nothing is built yet."
	cargo test $(LOCKED)

contract: set-up ## the real binary, asked whatever its API says and what it does not (CONTRACT="--seed 1" for more)
	@echo "── The binary, and Schemathesis with the API: a minute or two."
	cargo build $(LOCKED)
	@test $(VENV)/ready -nt tests/schemathesis/requirements.txt || { rm -rf $(VENV) && python3 -m venv $(VENV) \
		&& $(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/schemathesis/requirements.txt \
		&& touch $(VENV)/ready; }
	ARCHIPELAGO_BIN="$(TARGET)/debug/archipelago" VENV="$(VENV)" tests/schemathesis/run $(CONTRACT)

browser: packages ## the real binary in a real Chromium
	@echo "── The binary, and the pages in Chromium: a minute or two."
	cargo build $(LOCKED)
	cd frontend && ARCHIPELAGO_BIN="$(TARGET)/debug/archipelago" CHROMIUM="$(CHROMIUM)" npm run browser

screenshots: packages ## every page in both languages, by day and by night, on a phone and a desk, in the folder screenshots
	@echo "── The binary, and a picture of every page: some minutes."
	cargo build $(LOCKED)
	cd frontend && ARCHIPELAGO_BIN="$(TARGET)/debug/archipelago" CHROMIUM="$(CHROMIUM)" npm run screenshots

paint: packages ## how long a phone on a slow line sees nothing
	cargo build --release $(LOCKED)
	cd frontend && ARCHIPELAGO_BIN="$(TARGET)/release/archipelago" CHROMIUM="$(CHROMIUM)" npm run paint

embedded: packages ## how long the widget takes on another site's page, on a slow processor
	cargo build --release $(LOCKED)
	cd frontend && ARCHIPELAGO_BIN="$(TARGET)/release/archipelago" CHROMIUM="$(CHROMIUM)" npm run embedded

lighthouse: packages ## Lighthouse's judgement of the pages people meet; below 95 of 100 fails
	@cd frontend/lighthouse && { test node_modules/.package-lock.json -nt package-lock.json \
		|| { echo "── Lighthouse: 180 MB, half a minute."; npm ci --no-audit --no-fund --loglevel=error; }; }
	cargo build $(LOCKED)
	cd frontend && ARCHIPELAGO_BIN="$(TARGET)/debug/archipelago" CHROMIUM="$(CHROMIUM)" npm run lighthouse

interop: tools ## the real binary and Fedify, and the verifiers of PeerTube and Misskey
	@echo "── The binary, and other software that speaks ActivityPub: a minute."
	cargo build $(LOCKED)
	@cd tests/interop && { test node_modules/.package-lock.json -nt package-lock.json \
		|| npm ci --no-audit --no-fund --loglevel=error; }
	cd tests/interop && npm run check && ARCHIPELAGO_BIN="$(TARGET)/debug/archipelago" npm test

# ── What is handed out

# Paths of this machine stand in no program: not those of the source, of what is built on the way, or of the crates.
CARGO_HOME ?= $(HOME)/.cargo
BUILT := $(abspath $(or $(CARGO_BUILD_BUILD_DIR),$(TARGET)))
PLACES := $(CURDIR)=/archipelago $(BUILT)=/target $(CARGO_HOME)=/cargo

release: tools packages ## the program as it is handed out, without a path of this machine in it
	@echo "── An optimised build: several minutes."
	CARGO_HOME="$(CARGO_HOME)" CARGO_INCREMENTAL=0 SOURCE_DATE_EPOCH=$(EPOCH) \
	RUSTFLAGS="$(PLACES:%=--remap-path-prefix=%)" CFLAGS="$(PLACES:%=-ffile-prefix-map=%)" \
		cargo build --release $(LOCKED)
	sha256sum $(TARGET)/release/archipelago

# The day of the last commit, for whatever writes one.
EPOCH = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct))

deb: release ## the package for Debian, in target/debian
	@cargo deb --version >/dev/null 2>&1 || { echo "cargo-deb is missing: cargo install --locked cargo-deb" >&2; exit 1; }
	SOURCE_DATE_EPOCH=$(EPOCH) cargo deb --no-build $(LOCKED)

sbom: packages ## what is compiled in, as a CycloneDX document beside the program
	@mkdir -p $(TARGET)/release
	SOURCE_DATE_EPOCH=$(EPOCH) node packaging/sbom.mjs $(TARGET)/release/archipelago.cdx.json

supply: supply-tools licences ## the same with known faults of what we depend on, which has to be asked for
	cargo deny --locked check advisories

supply-tools:
	@for tool in deny machete; do cargo $$tool --version >/dev/null 2>&1 \
		|| { echo "cargo-$$tool is missing: cargo install --locked cargo-$$tool" >&2; exit 1; }; done

sizing: release ## what a node needs for 100, 1,000 and 10,000 hosters
	node packaging/sizing.mjs $(TARGET)/release/archipelago

reproduce: tools ## builds the last commit twice, in two places, and compares: some ten minutes
	packaging/reproducible
