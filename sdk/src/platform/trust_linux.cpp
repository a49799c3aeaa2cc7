#include <unistd.h>

#include <string>

#include "platform/trust.hpp"

namespace penstock::platform {
namespace {

Status refused(const std::filesystem::path& path, const std::string& why) {
  return {StatusCode::kIo, path.string() + " is not used: " + why};
}

}  // namespace

Status check_own(const struct stat& status, const std::filesystem::path& path) {
  const uid_t user = ::geteuid();
  if (status.st_uid != user) {
    return refused(path, "it belongs to user " + std::to_string(status.st_uid) +
                             ", and this program runs as user " + std::to_string(user) +
                             "; name a folder of this user, or remove it");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refused(path,
                   "its group or others may write it, and may have put events there; remove it, or "
                   "chmod go-w if nobody has");
  }
  return {};
}

Status check_own_file(const struct stat& status, const std::filesystem::path& path) {
  if (!S_ISREG(status.st_mode)) return refused(path, "it is not a regular file; remove it");
  if (Status own = check_own(status, path); !own) return own;
  // None: it was removed in this moment.
  if (status.st_nlink > 1)
    return refused(path, "it has a second name (a hard link); remove one of the two");
  return {};
}

}  // namespace penstock::platform
