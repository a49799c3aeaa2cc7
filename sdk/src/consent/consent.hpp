// What the user has said about recording. One file for all processes that share a directory, mapped,
// so that each of them sees another's change with its next load.
#pragma once

#include <filesystem>
#include <utility>

#include "penstock/options.hpp"
#include "penstock/penstock.hpp"
#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"

namespace penstock::consent {

// Any thread.
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
  ConsentGate(platform::MappedFile file, WithoutConsent unknown_means) noexcept
      : file_(std::move(file)), unknown_means_(unknown_means) {}
  Page& page() const noexcept;

  platform::MappedFile file_;
  WithoutConsent unknown_means_;
};

}  // namespace penstock::consent
