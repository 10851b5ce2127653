#!/bin/sh
# Builds build/*.wasm, the kernels that `bench -- machine` and the long tests of the machine run. Each reads from standard
# input how often it does its work. Needs what Debian 12 has: apt-get install clang lld wasi-libc
# libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 libc++abi-14-dev-wasm32 rustc libstd-rust-dev-wasm32
set -eu
cd "$(dirname "$0")"
mkdir -p build
clang --target=wasm32-wasi -O2 -s -Wall sha256.c -o build/sha256.wasm
for name in sort regex; do
  clang++ --target=wasm32-wasi -std=c++20 -O2 -s -fno-exceptions -Wall -Wl,--gc-sections $name.cpp -o build/$name.wasm
done
/usr/bin/rustc --target wasm32-wasi --edition 2021 -C opt-level=3 -C lto -C codegen-units=1 -C panic=abort \
  -C strip=symbols --remap-path-prefix "$PWD=." json.rs -o build/json.wasm
../../../../node_modules/.bin/asc assembly/matrix.ts --outFile build/matrix.wasm --optimizeLevel 3 --runtime stub \
  --exportStart _start --use abort=
