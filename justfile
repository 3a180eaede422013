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

# Everything, with the real parts: a Kubernetes, a Prometheus, MCP clients. Installs what it needs; Debian, as root.
test-all:
    tests/run

# Format, lints and dependency rules, as CI checks them.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --release -- -D warnings
    cargo deny check bans licenses sources

# Compile-fail tests' messages, anew.
bless:
    TRYBUILD=overwrite cargo test -p wardgate-core --test compile_fail

# Benchmarks.
bench *ARGS:
    cargo bench {{ARGS}}

# Whole calls from a seed, for as long as you like: `just sim 1000000`.
sim CALLS="100000":
    SIM_CALLS={{CALLS}} cargo test --release -p wardgate-sim -- --nocapture

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
