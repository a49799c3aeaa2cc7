#include "terminal.hpp"

#include <unistd.h>

#include <cstdlib>

namespace penstock::ctl {

bool wants_colour() {
  const char* const no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace penstock::ctl
