# Sourced by scripts/test and scripts/check. A run consists of parts; each goes on after the failure
# of another, so that one run tells all. The end of the run shows the output of what failed, and one
# line: what passed, what failed, and how long each part took (scripts/report).

jobs=$(($(nproc) * 2))  # tests: many of them wait more than they compute
parts=build/parts  # a line a part: name, seconds, status, log, JUnit file or nothing

# ThreadSanitizer of GCC 12 does not start where the kernel moves memory by more bits than it knows
# ("unexpected memory mapping"). A container may forbid switching that off; then it runs as it is.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

. scripts/heading.sh

begin_parts() {
  mkdir -p build/logs
  : >"$parts"
}

part() {  # the name $1, a file of JUnit's form that the command writes or "", the command
  local name=$1 junit=$2 log="build/logs/${1// /-}.log" begin=$SECONDS status=0
  shift 2
  heading "$name"
  [ -z "$junit" ] || rm -f "$junit"
  "$@" 2>&1 | tee "$log" || status=$?
  printf '%s\t%s\t%s\t%s\t%s\n' "$name" $((SECONDS - begin)) "$status" "$log" "$junit" >>"$parts"
  return "$status"
}

configure_and_build() {  # the preset $1; the other arguments go to the build
  local preset=$1
  shift
  cmake --preset "$preset" -Wno-dev >"build/logs/configure-$preset.log" 2>&1 || {
    cat "build/logs/configure-$preset.log"
    return 1
  }
  cmake --build --preset "$preset" "$@"
}

build_part() { part "build $1" "" configure_and_build "$@"; }  # the preset, then what the build is told

test_part() {  # the preset; the other arguments go to ctest
  local preset=$1 junit=$PWD/build/$1/junit.xml
  shift
  part "test $preset" "$junit" \
    "${fixed_addresses[@]}" ctest --preset "$preset" -j "$jobs" --output-junit "$junit" "$@"
}
