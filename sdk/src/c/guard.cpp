#include "c/guard.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

namespace {

// A fixed buffer, so that telling an error never needs memory.
struct LastError {
  char text[512] = "";
};
thread_local LastError last_error;
std::atomic<std::uint64_t> stale_handles{0};

}  // namespace

namespace penstock::c {

penstock_status fail(penstock_status status, std::string_view message) noexcept {
  if (message.empty()) message = penstock_status_name(status);
  const std::size_t size = std::min(message.size(), sizeof last_error.text - 1);
  std::memcpy(last_error.text, message.data(), size);
  last_error.text[size] = '\0';
  return status;
}

penstock_status report(const Status& status) noexcept {
  if (!status.ok()) return fail(static_cast<penstock_status>(status.code()), status.message());
  last_error.text[0] = '\0';
  return PENSTOCK_OK;
}

penstock_status fail_stale(const char* what) noexcept {
  stale_handles.fetch_add(1, std::memory_order_relaxed);
  return fail(PENSTOCK_MISUSE, what);
}

}  // namespace penstock::c

extern "C" {

const char* penstock_last_error(void) { return last_error.text; }

uint64_t penstock_stale_handles(void) { return stale_handles.load(std::memory_order_relaxed); }

}  // extern "C"
