#!/usr/bin/env bash
# Goal: a program whose C++ types lie in memory in another way than the library's does not link, and the message says
# what differs.
# Method: compile programs/program.cpp against the build with each switch that changes a layout, and with the headers of
# another version.
#
# other_layouts.sh <sources> <build> <work> <compiler> <library>
set -euo pipefail
sources=$1 build=$2 work=$3 compiler=$4 library=$5

fail() { echo "other_layouts: $*" >&2; exit 1; }
# link_program <include folder of version.h> <flag>...
link_program() {
  "$compiler" -std=c++17 -I"$sources/sdk/include" -I"$1" "${@:2}" "$sources/tests/install/programs/program.cpp" \
    -o "$work/program" "$library" -Wl,-rpath,"$(dirname "$library")" 2>"$work/messages"
}
# refuses <mark> <include folder> <flag>...
refuses() {
  if link_program "${@:2}"; then fail "a program with ${*:3} $2 links"; fi
  grep -q "penstock::Client::open.*\[abi:$1\]" "$work/messages" || { cat "$work/messages"; fail "no word of $1"; }
}

rm -rf "$work" && mkdir -p "$work/later/penstock"
link_program "$build/include" || { cat "$work/messages"; fail "the usual program does not link"; }
"$work/program" || fail "the usual program does not run"

refuses cxx98 "$build/include" -D_GLIBCXX_USE_CXX11_ABI=0
refuses cxx11_debug "$build/include" -D_GLIBCXX_DEBUG
sed 's/\(VERSION_MINOR\) .*/\1 99/' "$build/include/penstock/version.h" >"$work/later/penstock/version.h"
refuses v0_99 "$work/later"
