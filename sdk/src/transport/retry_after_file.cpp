#include "transport/retry_after_file.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "journal/crc32c.hpp"
#include "transport/retry_policy.hpp"

namespace penstock::transport {
namespace {

using std::chrono::milliseconds;

constexpr const char* kFileName = "retry-after";
constexpr std::size_t kFileBytes = 4096;
// A word is the time, which lasts until 2109, and in front of it what tells gateways apart whose
// words have the same place.
constexpr unsigned kTimeBits = 42;
constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << kTimeBits) - 1;

using Word = std::atomic<std::uint64_t>;
static_assert(Word::is_always_lock_free && sizeof(Word) == 8);

std::optional<platform::MappedFile> open_or_create(const std::filesystem::path& directory) {
  const auto folder = platform::Folder::open(directory);
  if (!folder) return std::nullopt;
  auto file = platform::MappedFile::open_or_create(*folder, kFileName, kFileBytes);
  if (!file) return std::nullopt;
  return *std::move(file);
}

Word& word_of(const platform::MappedFile& file, std::uint32_t gateway) noexcept {
  return reinterpret_cast<Word*>(file.data())[gateway % (kFileBytes / sizeof(Word))];
}

std::uint64_t tag_of(std::uint32_t gateway) noexcept { return std::uint64_t{gateway} >> 10; }

}  // namespace

RetryAfterFile::RetryAfterFile(const std::filesystem::path& directory,
                               std::string_view host_and_port)
    : file_(open_or_create(directory)),
      gateway_(journal::crc32c(host_and_port.data(), host_and_port.size(), 0)) {}

void RetryAfterFile::keep(std::int64_t until_unix_ms) noexcept {
  if (!file_) return;
  const auto until = static_cast<std::uint64_t>(std::max<std::int64_t>(0, until_unix_ms));
  word_of(*file_, gateway_).store(tag_of(gateway_) << kTimeBits | std::min(until, kTimeMask));
}

milliseconds RetryAfterFile::left(std::int64_t now_unix_ms) noexcept {
  if (!file_) return milliseconds(0);
  const std::uint64_t word = word_of(*file_, gateway_).load();
  if (word >> kTimeBits != tag_of(gateway_)) return milliseconds(0);
  const milliseconds left(static_cast<std::int64_t>(word & kTimeMask) - now_unix_ms);
  if (left <= kRetryAfterMax) return std::max(left, milliseconds(0));
  keep(now_unix_ms + milliseconds(kRetryAfterMax).count());
  return kRetryAfterMax;
}

}  // namespace penstock::transport
