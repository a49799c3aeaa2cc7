// What the user has said about recording. One file for all processes that share a directory,
// mapped, so that each of them sees another's change with its next load.
#pragma once

#include <filesystem>
#include <utility>

#include "penstock/options.hpp"
#include "penstock/penstock.hpp"
#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"

namespace penstock::consent {

// Any thread; keep_again() one at a time.
class ConsentGate {
 public:
  // The file in `directory`, which exists; kUnknown if there is none yet or it is damaged. Fails
  // with kIo or kStorageFull.
  static Result<ConsentGate> open(const std::filesystem::path& directory,
                                  WithoutConsent unknown_means);

  Consent state() const noexcept;
  // Durable when it returns, also against a loss of power. Fails with kIo; it is in force all the
  // same.
  Status set(Consent state);

  // Somebody has deleted the file: keeps the state in a new one, or obeys what another process has
  // put there. Fails with kIo or kStorageFull.
  Status keep_again();

  // One load each.
  bool may_record() const noexcept {
    const Consent now = state();
    return now == Consent::kGranted ||
           (now == Consent::kUnknown && unknown_means_ != WithoutConsent::kDrop);
  }
  bool may_send() const noexcept {
    const Consent now = state();
    return now == Consent::kGranted ||
           (now == Consent::kUnknown && unknown_means_ == WithoutConsent::kSend);
  }

 private:
  struct Page;
  ConsentGate(std::filesystem::path directory, platform::MappedFile file,
              WithoutConsent unknown_means) noexcept
      : directory_(std::move(directory)), file_(std::move(file)), unknown_means_(unknown_means) {}
  Page& page() const noexcept;

  std::filesystem::path directory_;
  platform::MappedFile file_;
  WithoutConsent unknown_means_;
};

}  // namespace penstock::consent
