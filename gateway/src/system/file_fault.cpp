#include "file_fault.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace penstock::gateway {
namespace {

std::string user_name() {
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? "user " + std::to_string(geteuid()) : std::string(user->pw_name);
}

}  // namespace

std::string file_fault(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT) return "does not exist; check the path";
    if (errno == ENOTDIR) return "does not exist: a part of its path is a file; check the path";
    if (errno == EACCES)
      return "may not be read by " + user_name() +
             ", who runs this program; give that user the right to, also on the folders above it";
    return std::string("cannot be read: ") + std::strerror(errno);
  }
  struct stat status{};
  const bool known = fstat(descriptor, &status) == 0;
  close(descriptor);
  if (known && S_ISDIR(status.st_mode)) return "is a folder; give a file";
  if (known && S_ISREG(status.st_mode) && status.st_size == 0)
    return "is empty; whatever was to write it has not";
  return {};
}

}  // namespace penstock::gateway
