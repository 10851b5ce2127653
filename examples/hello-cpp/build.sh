#!/bin/sh
# Builds build/hello.wasm with the first clang that can build C++ programs for WASI.
set -eu
cd "$(dirname "$0")"
mkdir -p build
for compiler in "${CXX:-}" "${WASI_SDK_PATH:-/opt/wasi-sdk}/bin/clang++" clang++; do
  printf '#include <string>\nint main() {}\n' |
    "$compiler" --target=wasm32-wasi -xc++ - -o /dev/null 2>/dev/null || continue
  exec "$compiler" --target=wasm32-wasi -std=c++20 -Oz -s -fno-exceptions -Wall -Wextra -Wl,--gc-sections \
    src/main.cpp -o build/hello.wasm
done
cat >&2 <<'END'
There is no clang here that builds C++ for WASI. Install one of:
  apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 libc++abi-14-dev-wasm32  (Debian 12)
  the WASI SDK (https://github.com/WebAssembly/wasi-sdk), with its folder in WASI_SDK_PATH
END
exit 127
