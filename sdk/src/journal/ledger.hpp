// What became of each event, by type: counts that survive kills. One file beside the segments,
// mapped, so that a count is in the kernel's hands at once.
//
//   recorded = settled (acknowledged, rejected or dropped, by reason) + pending
//
// always: what is settled is written together with the number up to which it is, and recorded is
// never counted but follows from it and from the segments. docs/journal-format.md has the argument.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"
#include "wire/drop_reason.hpp"
#include "wire/event_type.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

// The last word on a recorded event.
enum class Outcome : std::uint8_t {
  kAcknowledged,
  kRejected,  // it is in the dead-letter topic
  // Dropped, as wire::DropReason has them
  kTooLargeForGateway,
  kEvicted,
  kExpired,
  kConsentDenied,
  kForgotten,
};
inline constexpr std::size_t kOutcomes = 7;
inline constexpr std::size_t kRefusals = static_cast<std::size_t>(wire::kFirstLaterReason);
static_assert(kRefusals + kOutcomes - 2 == wire::kDropReasons);

using DropTotals = std::array<std::uint64_t, wire::kDropReasons>;

// One thread at a time, but for refuse() and refused(). Movable.
class Ledger {
 public:
  // By type, then by outcome.
  using Settled = std::array<std::array<std::uint64_t, kOutcomes>, wire::kTypes>;

  // The file in `folder`, which the caller has locked; a new one if there is none or it is damaged
  // (then set aside as *.bad, and counts begin at zero). Fails with kIo or kStorageFull.
  static Result<Ledger> open(const platform::Folder& folder);

  // --- Settled: one transaction each ------------------------------------------------------------

  // Of which sequence the counts go on; all zeros: of none yet.
  wire::Uuid install_id() const noexcept;
  void begin(const wire::Uuid& install_id) noexcept;
  // Adds `counts` and says that of `install_id`'s sequence all up to `seq` are in. Durable against
  // kill -9 as a whole or not at all.
  void settle(const wire::Uuid& install_id, std::uint64_t seq, const Settled& counts) noexcept;
  // Of this sequence all up to it are counted; 0 for none.
  std::uint64_t settled_seq(const wire::Uuid& install_id) const noexcept;
  const Settled& settled() const noexcept;

  // --- What batches have told the gateway -------------------------------------------------------

  // All that were dropped ever, by reason; refusals of track() included.
  DropTotals dropped() const noexcept;
  // Of them the gateway knows these.
  DropTotals reported() const noexcept;
  void report(const DropTotals& reported) noexcept;

  // --- Refused by track(), so never recorded. Any thread ----------------------------------------
  void refuse(wire::DropReason reason, wire::TypeId type) noexcept;
  std::uint64_t refused(wire::DropReason reason, wire::TypeId type) const noexcept;

  Ledger(Ledger&&) noexcept = default;
  Ledger& operator=(Ledger&&) noexcept = default;

 private:
  struct Page;
  struct Copy;

  explicit Ledger(platform::MappedFile file) noexcept : file_(std::move(file)) {}
  Page& page() const noexcept;
  const Copy& current() const noexcept;
  bool choose_copy() noexcept;
  template <typename Change>
  void commit(Change change) noexcept;

  platform::MappedFile file_;
  std::size_t current_ = 0;  // of the two copies
};

}  // namespace penstock::journal
