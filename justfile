# Every chore, one line each. `just` alone lists them.
set positional-arguments

plugins := "cargo run --quiet --manifest-path plugins/Cargo.toml -p publish --"

# List the chores.
default:
    @just --list --unsorted

# Build the `wardgate` program.
build:
    cargo build --release

# Tests that need no cluster: seconds once built.
test *ARGS:
    cargo test {{ARGS}}

# What CI runs.
test-all:
    tests/run

# Over a real Kubernetes and Prometheus, with MCP clients: installs what it needs; Debian 12, as root.
e2e:
    cargo build
    tests/setup && tests/cluster/up && tests/cluster/settled
    WARDGATE_BIN=${CARGO_TARGET_DIR:-target}/debug/wardgate tests/e2e/run; status=$?; tests/cluster/down; exit $status

# What redaction finds and what it masks for nothing, on a seeded corpus: `just redaction-report --seed 7 --show 2 [--peers]`.
redaction-report *ARGS:
    cargo build --release
    python3 tests/redaction/report.py {{ARGS}} -- ${CARGO_TARGET_DIR:-target}/release/wardgate redact

# What redaction is measured beside, into the cache: secrethider, detect-secrets, gitleaks.
redaction-peers:
    tests/redaction/peers

# Constant memory, whatever comes: lines, one line without end, random bytes. `--size 1e10` for ten gigabytes of each.
redaction-memory *ARGS:
    cargo build --release
    python3 tests/redaction/memory.py {{ARGS}} -- ${CARGO_TARGET_DIR:-target}/release/wardgate redact

# How fast redaction reads, beside the same rules native: `just redaction-speed [--peers] [--size 64e6]`.
redaction-speed *ARGS:
    cargo build --release
    cargo build --release --manifest-path plugins/Cargo.toml -p secret-redactor --example mask
    python3 tests/redaction/speed.py --native ${CARGO_TARGET_DIR:-plugins/target}/release/examples/mask {{ARGS}} -- ${CARGO_TARGET_DIR:-target}/release/wardgate redact

# The redactor's stream under libFuzzer, for so many seconds: any pieces, the findings of the whole. Needs cargo-fuzz (`tests/setup cargo-fuzz`).
redaction-fuzz SECONDS='60':
    tests/redaction/fuzz {{SECONDS}}

# The redactor's property tests alone: every split point, random splits, random extra windows, no panic. `PROPTEST_CASES=5000 just redaction-laws`.
redaction-laws:
    cargo test --manifest-path plugins/Cargo.toml -p secret-redactor --test streams

# PromQL's parser and cost model under libFuzzer, each for so many seconds: `just promql-fuzz 900`. Needs cargo-fuzz (`tests/setup cargo-fuzz`).
promql-fuzz SECONDS='60':
    tests/promql/fuzz {{SECONDS}}

# Every saved query over a real Prometheus, series and values.
promql-saved *ARGS:
    tests/promql/saved {{ARGS}}

# What the guard says of a folder of rules (YAML) and dashboards (JSON): `just promql-rules FOLDER --range 30m:30s --range 1h:1m`.
promql-rules *ARGS:
    tests/promql/rules {{ARGS}}

# What the guard reads in a query against what Prometheus reads: selectors, windows, samples. `--seed N --generated N`.
promql-differential *ARGS:
    tests/promql/differential {{ARGS}}

# What denied queries cost Prometheus, beside the same sent straight to it, over the test cluster: `just promql-cost --series 500000`.
promql-cost *ARGS:
    cargo build --workspace
    tests/promql/cost-run {{ARGS}}

# Format, lints and dependency rules, as CI checks them.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo deny check bans licenses sources

# Whole calls from seeds, with faults, for so many seconds: `just sim 600`. One world: `SIM_SEED=N cargo test -p wardgate-sim`.
sim SECONDS='60':
    SIM_SECONDS={{SECONDS}} cargo test -p wardgate-sim --release -- --nocapture the_invariants

# Compile-fail tests' messages, anew.
bless:
    TRYBUILD=overwrite cargo test -p wardgate-core --test compile_fail

# Known vulnerabilities in dependencies; fetches RustSec's database.
advisories:
    tests/setup cargo-deny && . tests/cluster/lib.sh && "$CACHE/cargo-deny-$CARGO_DENY_VERSION/bin/cargo-deny" --workspace check advisories

# Benchmarks.
bench *ARGS:
    cargo bench {{ARGS}}

# Whole calls over a real cluster, beside the bare API call: `just bench-calls [--clients 1 8 32] [--seconds 8]`. Debian 12, as root.
bench-calls *ARGS:
    cargo build --release
    tests/setup && tests/setup wrk && tests/cluster/up && tests/cluster/settled
    WARDGATE_BIN=${CARGO_TARGET_DIR:-target}/release/wardgate tests/bench/calls {{ARGS}}; status=$?; tests/cluster/down; exit $status

# The admission webhook at 200 reviews a second: `just bench-webhook [--rate 200] [--seconds 30]`. Debian 12, as root.
bench-webhook *ARGS:
    cargo build --release
    tests/setup && tests/cluster/up && tests/cluster/settled
    WARDGATE_BIN=${CARGO_TARGET_DIR:-target}/release/wardgate tests/bench/webhook {{ARGS}}; status=$?; tests/cluster/down; exit $status

# Build, sign and lock the shipped policies: `just plugins --key FILE`, or with a key that is minted and thrown away.
plugins *ARGS:
    {{plugins}} build {{ARGS}}

# Whether the shipped policies are what their sources say.
plugins-check *ARGS:
    {{plugins}} check {{ARGS}}

# The embedded incident: serve it, or play an agent's triage with `just demo --walkthrough`.
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# Keep the test cluster up for a developer.
cluster:
    tests/setup && tests/cluster/up
