#!/usr/bin/env bash
# Goal: what docs/operating/install.md tells its reader to do works, each command and each file of it.
# Method: take the fenced blocks under each of the given headings, in order: a block of cmake becomes CMakeLists.txt, a
# block of sh is run. A project gets program.cpp and program.c, of programs/, which use the whole of both APIs.
#
# follow_page.sh <sources> <release build> <work> <prefix for CMake, or ''> <heading>...
set -euo pipefail
sources=$1 build=$2 work=$3 replaced_prefix=$4
shift 4

fail() { echo "follow_page: $*" >&2; exit 1; }

# The reader's clone, with what has been built in it.
make_clone() {
  rm -rf "$work/clone" && mkdir -p "$work/clone/build"
  ln -s "$build" "$work/clone/build/release"
  cp -r "$sources"/{CMakeLists.txt,CMakePresets.json,README.md,CHANGELOG.md,LICENSE,CONTRIBUTING.md,SECURITY.md} "$work/clone"
  cp -r "$sources"/{bindings,cmake,docs,sdk,schemas,samples} "$work/clone"
  mkdir -p "$work/clone/gateway" && cp -r "$sources"/gateway/{gateway.example.yaml,deploy} "$work/clone/gateway"
  mkdir -p "$work/clone/tools/penstockctl"
  cp "$sources/tools/penstockctl/topics.example.yaml" "$work/clone/tools/penstockctl"
}

# What FetchContent fetches: a repository made of the sources as they are, which stands in for the page's address.
make_repository() {
  local repository=$work/repository
  rm -rf "$repository" && mkdir -p "$repository"
  cp -r "$sources/CMakeLists.txt" "$sources/cmake" "$sources/sdk" "$repository"
  git -C "$repository" init -q -b main
  git -C "$repository" add .
  git -C "$repository" -c user.name=test -c user.email=test@example.com commit -qm sources
  export GIT_CONFIG_COUNT=1
  export GIT_CONFIG_KEY_0=url.file://$repository.insteadOf GIT_CONFIG_VALUE_0=https://git.example.com/penstock.git
}

# blocks <heading> <folder>: writes 01.sh, 02.cmake, ... of that section.
blocks() {
  awk -v heading="$1" -v folder="$2" '
    /^```/ && open { open = 0; close(file); next }
    /^```/ { open = 1; file = ""; if (ours) file = sprintf("%s/%02d.%s", folder, ++count, substr($0, 4)); next }
    open { if (file != "") print > file; next }
    /^#/ { ours = ($0 == heading) }' "$sources/docs/operating/install.md"
}

follow() {
  local heading=$1 project=$work/project
  rm -rf "$project" "$work/blocks" && mkdir -p "$project" "$work/blocks"
  cp "$sources"/tests/install/programs/program.* "$project"
  ln -s "$sources" "$project/penstock"
  blocks "$heading" "$work/blocks"
  [ -n "$(ls "$work/blocks")" ] || fail "the page has no commands under \"$heading\""
  local block
  for block in "$work"/blocks/*; do
    echo "-- $heading: $(basename "$block")"
    if [ -n "$replaced_prefix" ]; then
      sed -i "s|CMAKE_PREFIX_PATH=\"\$HOME/penstock\"|CMAKE_PREFIX_PATH=\"$replaced_prefix\"|" "$block"
    fi
    case $block in
      *.cmake) cp "$block" "$project/CMakeLists.txt" ;;
      *.sh) (cd "$project" && bash -euo pipefail "$block") || fail "a command under \"$heading\" failed" ;;
      *) fail "a block of an unknown kind under \"$heading\"" ;;
    esac
  done
}

ccache=$(ccache --get-config cache_dir 2>/dev/null || true)
rm -rf "$work/home" && mkdir -p "$work/home"
make_clone
make_repository
export HOME=$work/home PENSTOCK=$work/clone
unset PKG_CONFIG_PATH LD_LIBRARY_PATH CMAKE_PREFIX_PATH
if [ -n "$ccache" ]; then  # which only makes this quicker
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1 CCACHE_DIR=$ccache
fi
for heading in "$@"; do
  follow "$heading"
  if [ "$heading" = "# Installing" ]; then  # what is installed may be moved
    python3 "$sources/tests/docs/links.py" "$HOME"/penstock/share/doc/penstock || fail "an installed page has a dead link"
    [ -f "$HOME/penstock/share/doc/penstock/gateway/gateway.example.yaml" ] || fail "the gateway's example is not installed"
    [ -f "$HOME/penstock/share/doc/penstock/gateway/deploy/kubernetes/kustomization.yaml" ] || fail "gateway/deploy is not installed"
    rm -rf "$work/moved" && mv "$HOME" "$work/moved"
    HOME=$work/moved
  fi
done
