#!/bin/sh
# Builds build/hello.wasm with the first Rust compiler that has a WASI target. Where cargo belongs to it, cargo builds,
# so that you can add crates to Cargo.toml.
set -eu
cd "$(dirname "$0")"
mkdir -p build
for rustc in "${RUSTC:-rustc}" /usr/bin/rustc; do
  for target in wasm32-wasip1 wasm32-wasi; do
    libraries=$("$rustc" --print target-libdir --target "$target" 2>/dev/null) || continue
    [ -d "$libraries" ] || continue
    cargo=${CARGO:-cargo}
    if [ "$rustc" = "${RUSTC:-rustc}" ] && "$cargo" --version >/dev/null 2>&1; then
      "$cargo" build --quiet --release --target "$target" --target-dir build/cargo
      exec cp "build/cargo/$target/release/function.wasm" build/hello.wasm
    fi
    exec "$rustc" --target "$target" --edition 2021 -C opt-level=s -C lto -C codegen-units=1 -C panic=abort \
      -C strip=symbols --remap-path-prefix "$PWD=." src/main.rs -o build/hello.wasm
  done
done
cat >&2 <<'END'
There is no Rust compiler with a WASI target here. Install one of:
  rustup target add wasm32-wasip1               (Rust from https://rustup.rs)
  apt-get install rustc libstd-rust-dev-wasm32  (Debian 12)
END
exit 127
