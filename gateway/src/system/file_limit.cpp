#include "file_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace penstock::gateway {
namespace {

// The admin listener's connections, two for each of 30 brokers, event loops, files.
constexpr std::size_t kReserve = 128;
// Of a limit that is too small for that, a half.
constexpr std::size_t kLeastPart = 2;

}  // namespace

std::size_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kReserve;
  const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
  const rlim_t now = ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
  return now == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max()
                              : static_cast<std::size_t>(now);
}

std::size_t connections_within(std::size_t file_limit) {
  return file_limit - std::min(kReserve, file_limit / kLeastPart);
}

}  // namespace penstock::gateway
