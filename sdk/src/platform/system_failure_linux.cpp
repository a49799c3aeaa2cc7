#include <cerrno>
#include <string>
#include <system_error>

#include "platform/system_failure.hpp"

namespace penstock::platform {
namespace {

const char* cure_of(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "; give this user the right to read and write it, or name another folder";
    case EROFS:
      return "; name a folder on a file system that can be written";
    case ENOTDIR:
    case EEXIST:
      return "; a file is in the way: remove it, or name another folder";
    case ENOSPC:
    case EDQUOT:
      return "; free some space, or lower disk_bytes_max";
    case EFBIG:
      return "; raise the limit of a file's size (RLIMIT_FSIZE, ulimit -f), or lower segment_bytes";
    case EMFILE:
    case ENFILE:
      return "; raise the limit of open files";
    default:
      return "";
  }
}

}  // namespace

Status system_failure(std::string_view what, const std::filesystem::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {full ? StatusCode::kStorageFull : StatusCode::kIo,
          std::string(what) + " " + path.string() + ": " +
              std::error_code(error, std::generic_category()).message() + cure_of(error)};
}

}  // namespace penstock::platform
