#include <sys/utsname.h>

#include "platform/host_info.hpp"

namespace penstock::platform {

std::string operating_system_name() {
  utsname names{};
  if (uname(&names) != 0) return "unknown";
  return std::string(names.sysname) + " " + names.release;
}

}  // namespace penstock::platform
