#!/bin/sh
# Builds build/csv-pipeline.wasm. Needs a Rust compiler with a WASI target: Debian 12's packages rustc and
# libstd-rust-dev-wasm32, or any newer one (rustup target add wasm32-wasip1).
set -eu
cd "$(dirname "$0")"
for rustc in "${RUSTC:-rustc}" /usr/bin/rustc; do
  for target in wasm32-wasi wasm32-wasip1; do
    libraries=$("$rustc" --print target-libdir --target "$target" 2>/dev/null) || continue
    [ -d "$libraries" ] || continue
    mkdir -p build
    exec "$rustc" --target "$target" --edition 2021 -C opt-level=3 -C lto -C codegen-units=1 -C panic=abort \
      -C strip=symbols --remap-path-prefix "$PWD=." src/main.rs -o build/csv-pipeline.wasm
  done
done
echo "No Rust compiler with a WASI target found. Install one: rustup target add wasm32-wasip1" >&2
exit 127
