#include "consent/erasure_queue.hpp"

#include <string_view>

#include "platform/folder.hpp"
#include "wire/timestamp.hpp"
#include "wire/uuid.hpp"

namespace penstock::consent {
namespace {

// erase-<install id>-<time>: all there is to know is in the name, so nothing can be half-written.
constexpr std::string_view kPrefix = "erase-";
constexpr std::size_t kPendingMax = 1000;

std::string file_name(const ErasureRequest& request) {
  return std::string(kPrefix) + request.install_id + '@' + request.requested_at;
}

}  // namespace

Result<ErasureQueue> ErasureQueue::open(const std::filesystem::path& directory) {
  const auto folder = platform::Folder::open(directory);
  if (!folder) return folder.status();
  return ErasureQueue(directory);
}

Status ErasureQueue::add(const std::string& install_id, std::int64_t now_ms) const {
  ErasureRequest request{install_id, std::string(wire::kTimestampBytes, '\0')};
  wire::format_timestamp(now_ms, request.requested_at.data());
  const auto folder = platform::Folder::open_or_create(directory_);
  if (!folder) return folder.status();
  if (Status status = folder->create_empty(file_name(request).c_str()); !status) return status;
  return folder->sync();
}

std::vector<ErasureRequest> ErasureQueue::pending() const {
  std::vector<ErasureRequest> requests;
  const auto folder = platform::Folder::open(directory_);
  if (!folder) return requests;
  const auto names = folder->names();
  if (!names) return requests;
  for (const std::string& name : *names) {
    const std::size_t install_id_end = kPrefix.size() + wire::kUuidTextBytes;
    if (!name.starts_with(kPrefix)) continue;
    if (name.size() != install_id_end + 1 + wire::kTimestampBytes || name[install_id_end] != '@')
      continue;
    ErasureRequest request{name.substr(kPrefix.size(), wire::kUuidTextBytes),
                           name.substr(install_id_end + 1)};
    if (!wire::parse_uuid(request.install_id) || !wire::parse_timestamp(request.requested_at))
      continue;
    requests.push_back(std::move(request));
    if (requests.size() == kPendingMax) break;
  }
  return requests;
}

void ErasureQueue::remove(const ErasureRequest& request) const {
  const auto folder = platform::Folder::open(directory_);
  if (folder) folder->remove(file_name(request).c_str());
}

}  // namespace penstock::consent
