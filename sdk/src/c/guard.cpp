#include "c/guard.hpp"

#include <algorithm>
#include <cstring>

namespace {

// A fixed buffer, so that telling an error never needs memory.
struct LastError {
  char text[512] = "";
};
thread_local LastError last_error;

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

}  // namespace penstock::c

extern "C" {

const char* penstock_last_error(void) { return last_error.text; }

}  // extern "C"
