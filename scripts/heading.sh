# Sourced: heading <text>. Bold on a terminal alone, and not where NO_COLOR is set.
heading() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    printf '\n\033[1m== %s\033[0m\n' "$1"
  else
    printf '\n== %s\n' "$1"
  fi
}
