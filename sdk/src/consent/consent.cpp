#include "consent/consent.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace penstock::consent {
namespace {

constexpr const char* kFileName = "consent";
constexpr std::size_t kFileBytes = 4096;
// Words, not small numbers: damage is not taken for an answer.
constexpr std::uint64_t kGrantedWord = 0x4445'544E'4152'4759;
constexpr std::uint64_t kDeniedWord = 0x4445'494E'4544'4E59;

}  // namespace

struct ConsentGate::Page {
  std::atomic<std::uint64_t> word;  // anything else: unknown
};

ConsentGate::Page& ConsentGate::page() const noexcept {
  return *reinterpret_cast<Page*>(file_.data());
}

Result<ConsentGate> ConsentGate::open(const std::filesystem::path& directory,
                                      WithoutConsent unknown_means) {
  auto folder = platform::Folder::open(directory);
  if (!folder) return folder.status();
  auto file = platform::MappedFile::open_or_create(*folder, kFileName, kFileBytes);
  if (!file) return file.status();
  return ConsentGate(directory, *std::move(file), unknown_means);
}

Consent ConsentGate::state() const noexcept {
  switch (page().word.load(std::memory_order_acquire)) {
    case kGrantedWord:
      return Consent::kGranted;
    case kDeniedWord:
      return Consent::kDenied;
    default:
      return Consent::kUnknown;
  }
}

Status ConsentGate::set(Consent state) {
  std::uint64_t word = 0;
  if (state == Consent::kGranted) word = kGrantedWord;
  if (state == Consent::kDenied) word = kDeniedWord;
  page().word.store(word, std::memory_order_seq_cst);
  return file_.sync(kFileBytes);
}

Status ConsentGate::keep_again() {
  const std::uint64_t word = page().word.load(std::memory_order_acquire);
  auto again = open(directory_, unknown_means_);
  if (!again) return again.status();
  std::uint64_t none = 0;
  again->page().word.compare_exchange_strong(none, word);
  return file_.become(std::move(again->file_));
}

}  // namespace penstock::consent
