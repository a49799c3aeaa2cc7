// Requests to erase what was sent under an install id: one small file each, so that they outlive
// the process, the journals and a denied consent, until the gateway has taken them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "penstock/status.hpp"

namespace penstock::consent {

struct ErasureRequest {
  std::string install_id;    // UUID text
  std::string requested_at;  // ISO 8601
};

// Any thread, any process: the files are the state. The folder is opened for each call, so that a
// queue whose folder was deleted goes on in a new one.
class ErasureQueue {
 public:
  // `directory`, an absolute path, is the one that the processes share. Fails with kIo.
  static Result<ErasureQueue> open(const std::filesystem::path& directory);

  // On the disk when it returns, also against a loss of power. Fails with kIo or kStorageFull.
  Status add(const std::string& install_id, std::int64_t now_unix_milliseconds) const;
  // At most 1000. Foreign files are passed over.
  std::vector<ErasureRequest> pending() const;
  void remove(const ErasureRequest& request) const;

 private:
  explicit ErasureQueue(std::filesystem::path directory) noexcept
      : directory_(std::move(directory)) {}
  std::filesystem::path directory_;
};

}  // namespace penstock::consent
