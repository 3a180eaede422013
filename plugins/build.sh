#!/bin/sh
# Builds the core modules of the policies named as arguments (default: all of them) for wasm32-unknown-unknown, and prints the
# folder they are in as its last line. `--toolchain` prints the compiler that would be used, and builds nothing.
#
# The compiler: rustup's own where it has a standard library for the target; otherwise Debian's rustc-web, unpacked once into
# ${WARDGATE_CACHE:-~/.cache/wardgate}/rustc-web (its sources make the standard library; nothing is installed). WARDGATE_RUSTC_WEB=1
# takes the latter in any case.
# The same sources and compiler give the same bytes, wherever the checkout, cargo's home and the cache are.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cache=${WARDGATE_CACHE:-${HOME:-/root}/.cache/wardgate}
target=wasm32-unknown-unknown
sysroot=$(env -u RUSTC rustc --print sysroot)
cd "$here"

fetch_rustc_web() {
    debs=$cache/rustc-web-debs
    mkdir -p "$debs"
    if ! ls "$debs"/rustc-web_*.deb >/dev/null 2>&1; then
        echo "fetching Debian's rustc-web (about 140 MB) into $debs" >&2
        apt-cache show rustc-web >/dev/null 2>&1 || apt-get update >&2
        needed=$(apt-cache depends rustc-web | sed -n 's/^ *Depends: \(libstd-rust-web-[0-9.]*\|libllvm[0-9]*\)$/\1/p')
        # shellcheck disable=SC2086 # a list of package names
        (cd "$debs" && apt-get download rustc-web rust-web-src libstd-rust-web-dev $needed >&2)
    fi
    rm -rf "$cache/rustc-web.new"
    mkdir -p "$cache/rustc-web.new"
    for deb in "$debs"/*.deb; do dpkg -x "$deb" "$cache/rustc-web.new"; done
    mv "$cache/rustc-web.new" "$cache/rustc-web"
}

if [ -z "${WARDGATE_RUSTC_WEB:-}" ] && { [ -d "$sysroot/lib/rustlib/$target/lib" ] || rustup target add $target >/dev/null 2>&1; }; then
    rustc=$sysroot/bin/rustc
    toolchain=$sysroot
    std=
else
    [ -x "$cache/rustc-web/usr/bin/rustc" ] || fetch_rustc_web
    toolchain=$cache/rustc-web
    rustc=$toolchain/usr/bin/rustc
    std=-Zbuild-std=std,panic_abort
    export LD_LIBRARY_PATH="$toolchain/usr/lib/x86_64-linux-gnu" RUSTC_BOOTSTRAP=1
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$sysroot/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"
    [ -x "$CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER" ] || { echo "no rust-lld in $sysroot: install Rust with rustup" >&2; exit 1; }
fi
export RUSTC="$rustc"
if [ "${1:-}" = --toolchain ]; then exec "$rustc" -V; fi

if [ $# -eq 0 ]; then
    for name in $(sed -n 's/^    { name = "\([a-z0-9-]*\)".*/\1/p' Cargo.toml); do
        if [ -f "$name/Cargo.toml" ]; then set -- "$@" "$name"; fi
    done
fi
packages=
for name in "$@"; do packages="$packages -p $name"; done

# A folder of its own: another compiler's artifacts, and another lock than the tests'.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/plugins-target}/modules
home=${CARGO_HOME:-${HOME:-/root}/.cargo}
# 128 KiB of stack, as the host keeps a guest's first pages; simd128 as the host allows it. 0x1f separates flags.
us=$(printf '\037')
flags="-Ctarget-feature=+simd128${us}-Clink-arg=-zstack-size=131072"
# Of several prefixes that fit, the last one counts: the build folder may lie within the checkout.
flags="$flags${us}--remap-path-prefix=$root=/wardgate${us}--remap-path-prefix=$toolchain=/rust"
flags="$flags${us}--remap-path-prefix=$home=/cargo${us}--remap-path-prefix=$CARGO_TARGET_DIR=/target"
unset RUSTFLAGS
export CARGO_TARGET_DIR CARGO_ENCODED_RUSTFLAGS="$flags" SOURCE_DATE_EPOCH=0 CARGO_INCREMENTAL=0
# Build scripts with the same hash seeds every time, so that what they write is the same.
mkdir -p "$CARGO_TARGET_DIR"
steady=$CARGO_TARGET_DIR/steady-random.so
cc -shared -fPIC -O1 -o "$steady" "$here/steady-random.c"
export LD_PRELOAD="$steady"
# shellcheck disable=SC2086 # lists of arguments
"$sysroot/bin/cargo" build --release --locked --target $target $std $packages >&2
echo "$CARGO_TARGET_DIR/$target/release"
