#include "wire/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace penstock::wire {

void fill_random(void* to, std::size_t bytes) noexcept {
  auto* next = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t got = getrandom(next, bytes, 0);
    if (got < 0) {
      // Only a kernel older than 3.17 or a wrong pointer. An id that is not unique would lose
      // events.
      if (errno != EINTR) std::abort();
      continue;
    }
    next += got;
    bytes -= static_cast<std::size_t>(got);
  }
}

}  // namespace penstock::wire
