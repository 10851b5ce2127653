#!/bin/sh
# Builds build/python.wasm from MicroPython's source with Debian 12's clang, byte for byte as it is committed.
#   MICROPYTHON_SOURCE=<file>  the source archive, if it is there already; else apt-get fetches it (Debian 13 has it)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../../node_modules/.bin:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=1.25.0
archive="micropython_$version+ds.orig.tar.xz"
sha256=7b25be99a502f070b2de81dafc08da7051d992325d6e67daa9045a918fffdbea

for tool in make gcc python3 patch node wasm-opt; do
  command -v $tool >/dev/null || { echo "$tool is missing; see runtimes/python/README.md." >&2; exit 127; }
done
printf '#include <stdlib.h>\nint main() {}\n' | clang --target=wasm32-wasi -xc - -o /dev/null || {
  echo "clang can't build for WASI. Install: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32" >&2
  exit 127
}

fetch_source() {
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | head -n 1)
  echo "deb-src [trusted=yes] $mirror trixie main" >"$work/sources.list"
  mkdir -p "$work/lists/partial"
  options="-o Dir::Etc::SourceList=$work/sources.list -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists=$work/lists
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root"
  apt-get $options -qq update >&2
  (cd "$work" && apt-get $options -qq source --tar-only micropython >&2)
}

if [ -n "${MICROPYTHON_SOURCE:-}" ]; then cp "$MICROPYTHON_SOURCE" "$work/$archive"; else fetch_source; fi
echo "$sha256  $work/$archive" | sha256sum --check --quiet
tar -C "$work" -xf "$work/$archive"
top="$work/micropython-$version"
for change in "$here"/patches/*.patch; do patch -s -d "$top" -p1 <"$change"; done

# MicroPython names its version and the day of the build.
export MICROPY_GIT_TAG="v$version" MICROPY_GIT_HASH=millrace SOURCE_DATE_EPOCH=1744675200 LC_ALL=C
jobs=$(nproc)
make -s -j "$jobs" -C "$top/mpy-cross" >/dev/null
make -s -j "$jobs" -C "$here/port" TOP="$top" BUILD="$work/build" >/dev/null
mkdir -p "$here/build"
node "$here/scripts/finish.ts" "$work/build/linked.wasm" "$work/unwinding.wasm"
wasm-opt --mvp-features --enable-sign-ext --enable-nontrapping-float-to-int --enable-mutable-globals -O2 \
  "$work/unwinding.wasm" -o "$here/build/python.wasm"
