#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "platform/file.hpp"

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

Status make_private_folder(const std::filesystem::path& path) {
  std::error_code error;
  const auto parent = std::filesystem::absolute(path, error).parent_path();
  if (!error) std::filesystem::create_directories(parent, error);
  if (error) return system_failure("cannot create the folder", parent, error.value());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_failure("cannot create the folder", path, errno);
  }
  if (!std::filesystem::is_directory(path, error)) {
    return system_failure("cannot use as a folder", path, error ? error.value() : ENOTDIR);
  }
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    return system_failure("cannot write in the folder", path, errno);
  }
  return {};
}

Status sync_folder(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int error = fd >= 0 && ::fsync(fd) == 0 ? 0 : errno;
  if (fd >= 0) ::close(fd);
  if (error != 0) return system_failure("cannot force to the disk:", path, error);
  return {};
}

}  // namespace penstock::platform
