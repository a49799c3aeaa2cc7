#include "consent/hash_salt.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>

#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"
#include "wire/random.hpp"

namespace penstock::consent {
namespace {

constexpr const char* kFileName = "salt";
constexpr std::size_t kFileBytes = 4096;
constexpr std::size_t kWords = 4;

using Word = std::atomic<std::uint64_t>;
static_assert(Word::is_always_lock_free && sizeof(Word) == sizeof(std::uint64_t));

std::uint64_t random_word() noexcept {
  std::uint64_t word = 0;
  while (word == 0) wire::fill_random(&word, sizeof word);
  return word;
}

std::uint64_t agreed(Word& word) noexcept {
  std::uint64_t kept = 0;
  const std::uint64_t mine = random_word();
  return word.compare_exchange_strong(kept, mine) ? mine : kept;
}

}  // namespace

Result<std::string> open_salt(const std::filesystem::path& directory) {
  const auto folder = platform::Folder::open(directory);
  if (!folder) return folder.status();
  auto file = platform::MappedFile::open_or_create(*folder, kFileName, kFileBytes);
  if (!file) return file.status();
  auto* const words = reinterpret_cast<Word*>(file->data());
  std::string salt(kWords * sizeof(Word), '\0');
  for (std::size_t i = 0; i < kWords; ++i) {
    const std::uint64_t word = agreed(words[i]);
    std::memcpy(salt.data() + i * sizeof word, &word, sizeof word);
  }
  if (Status kept = file->sync(kFileBytes); !kept) return kept;
  if (Status kept = folder->sync(); !kept) return kept;
  return salt;
}

Result<std::string> renew_salt(const std::filesystem::path& directory, const std::string& current) {
  auto kept = open_salt(directory);
  if (!kept || *kept != current) return kept;
  remove_salt(directory);
  return open_salt(directory);
}

void remove_salt(const std::filesystem::path& directory) {
  if (const auto folder = platform::Folder::open(directory)) folder->remove(kFileName);
}

std::string random_salt() {
  std::string salt(kWords * sizeof(Word), '\0');
  wire::fill_random(salt.data(), salt.size());
  return salt;
}

}  // namespace penstock::consent
