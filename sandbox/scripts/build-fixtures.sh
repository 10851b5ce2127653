#!/bin/sh
# Rebuilds the test modules from their sources with clang 14, wasi-libc and rustc 1.63 as Debian 12 packs them:
#   apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 libc++abi-14-dev-wasm32 \
#     rustc libstd-rust-dev-wasm32
# Usage: build-fixtures.sh [output folder]. A compiler that is missing is named and its modules are skipped.
set -eu
sources=$(cd "$(dirname "$0")/../test/fixtures" && pwd)
output=${1:-$sources}
rustc=${RUSTC:-/usr/bin/rustc}
flags="--target=wasm32-wasi -Oz -s -Wall -Wextra -Werror -Wl,--gc-sections"

if clang --target=wasm32-wasi -xc -o /dev/null - <"$sources/loop.c" 2>/dev/null &&
  clang++ --target=wasm32-wasi -fno-exceptions -xc++ -fsyntax-only "$sources/iostream.cpp" 2>/dev/null; then
  for source in "$sources"/*.c; do
    clang $flags "$source" -o "$output/$(basename "$source" .c).wasm"
  done
  clang++ $flags -fno-exceptions "$sources/iostream.cpp" -o "$output/iostream.wasm"
else
  echo "skipped the C and C++ fixtures: clang cannot build for wasm32-wasi here" >&2
fi
if "$rustc" --print target-libdir --target wasm32-wasi >/dev/null 2>&1 &&
  [ -d "$("$rustc" --print target-libdir --target wasm32-wasi)" ]; then
  "$rustc" --target wasm32-wasi --edition 2021 -C opt-level=s -C lto -C strip=symbols -C panic=abort \
    --remap-path-prefix "$sources=." "$sources/words.rs" -o "$output/words.wasm"
else
  echo "skipped the Rust fixture: $rustc has no target wasm32-wasi here" >&2
fi
find "$output" -name "*.wasm" -exec chmod 644 {} +
