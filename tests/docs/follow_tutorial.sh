#!/usr/bin/env bash
# Goal: who follows docs/tutorials/first-event.md to the letter gets there.
# Method: run its blocks of sh in order, in one shell, with free ports in the place of the page's, and look at the results
# that the page promises.
#
# follow_tutorial.sh <sources> <release build> <work>
set -euo pipefail
sources=$1 build=$2 work=$3
fail() { echo "follow_tutorial: $*" >&2; exit 1; }

rm -rf "$work" && mkdir -p "$work/home" "$work/clone/build"
ln -s "$build" "$work/clone/build/release"
read -r port admin < <(python3 -c 'import socket
sockets = [socket.socket() for _ in range(2)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))')
awk '/^```/ { if (inside) { inside = 0; print "echo \"-- end of block " ++count "\"" } else inside = ($0 == "```sh"); next } inside' \
  "$sources/docs/tutorials/first-event.md" |
  sed "s|:8443|:$port|; s|port: 8443|port: $port|; s|127.0.0.1:9464|127.0.0.1:$admin|; s|/path/to/the/clone|$work/clone|
       s|penstockctl tail|penstockctl tail --admin http://127.0.0.1:$admin|" >"$work/commands.sh"
# Job control, as in the terminal of a reader; what was begun in the background ends with this.
(
  export HOME=$work/home PENSTOCK_ADMIN_PORT=$admin
  trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
  set -m
  . "$work/commands.sh"
) >"$work/output" 2>&1 </dev/null || { cat "$work/output"; fail "a command of the page failed"; }
says() { grep -qF -- "$1" "$work/output" || { cat "$work/output"; fail "nothing said: $1"; }; }
says "ready"
says '{"accepted":1,"rejected":[]}'
says "EMBEDDED"
says "kept for the next run"
# One run's events, then those of the two that the gateway got after it was started again.
[ "$(grep -c ' REQ-1041 ' "$work/output")" -eq 2 ] || { cat "$work/output"; fail "not both runs' events arrived"; }
ls "$work"/home/penstock-try/prefix/lib*/ >/dev/null || fail "nothing is installed"
