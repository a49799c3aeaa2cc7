#!/usr/bin/env bash
# Goal: docs/operating/install.md names each shared library that a program, the gateway or penstockctl needs to run.
# Method: compare the page with what the files themselves name. Numbers differ between distributions, so names are
# compared up to `.so`.
#
# libraries.sh <page> <file>...
set -euo pipefail
page=$1
for file in "${@:2}"; do
  needed=$(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  [ -n "$needed" ] || { echo "libraries: $file needs nothing, which cannot be" >&2; exit 1; }
  for library in $needed; do
    name=${library%%.so*}
    case $name in ld-linux*) name=ld-linux ;; *) name=$name.so ;; esac
    grep -qF "\`$name" "$page" || { echo "libraries: $page does not name $library, which $file needs" >&2; exit 1; }
  done
done
