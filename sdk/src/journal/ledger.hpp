// What became of each event, by type: counts that survive kills. One file beside the segments,
// mapped, so that a count is in the kernel's hands at once.
//
//   recorded = settled (acknowledged, rejected or dropped, by reason) + pending
//
// always: what is settled is written together with the number up to which it is, and recorded is
// never counted but follows from it and from the segments. docs/journal-format.md has the argument.
//
// All tables here are by the numbers of codes.hpp, as in the file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "journal/codes.hpp"
#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"
#include "platform/mutex.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

// By type, then by fate.
using Settled = std::array<std::array<std::uint64_t, kFateCodes>, kTypeCodes>;

// How many events were dropped, by reason.
struct DropTotals {
  std::array<std::uint64_t, kRefusalCodes> refused{};
  std::array<std::uint64_t, kFateCodes> later{};  // 0 for fates that are not drops

  std::uint64_t of(wire::DropReason reason) const noexcept;  // kOther: of all unknown ones
  friend bool operator==(const DropTotals&, const DropTotals&) = default;
  friend DropTotals operator-(DropTotals from, const DropTotals& less) noexcept {
    for (std::size_t i = 0; i < kRefusalCodes; ++i) from.refused[i] -= less.refused[i];
    for (std::size_t i = 0; i < kFateCodes; ++i) from.later[i] -= less.later[i];
    return from;
  }
};

// What became of all events, whatever their type.
struct Totals {
  std::uint64_t acknowledged = 0, rejected = 0;
  DropTotals dropped;

  // Those that were recorded and are done: all but what was refused.
  std::uint64_t settled() const noexcept;
  Totals& operator+=(const Totals& more) noexcept;
  friend Totals operator-(Totals from, const Totals& less) noexcept {
    from.acknowledged -= less.acknowledged;
    from.rejected -= less.rejected;
    from.dropped = from.dropped - less.dropped;
    return from;
  }
};

// Any thread.
class Ledger {
 public:
  static constexpr const char* kFileName = "ledger";

  // The file in `folder`, which the caller has locked; a new one if there is none or it is damaged
  // (then set aside as *.bad, and counts begin at zero). Fails with kIo or kStorageFull, and with
  // kDirectoryInUse if a later version of Penstock has written it: then it is left as it is.
  static Result<std::unique_ptr<Ledger>> open(const platform::Folder& folder);

  // Goes on in `folder`, with all counts. Fails with kIo or kStorageFull; then it is where it was.
  Status move_to(const platform::Folder& folder) PENSTOCK_EXCLUDES(mutex_);

  // --- Settled: one transaction each ------------------------------------------------------------

  // The install id being counted; all zeros before the first event.
  wire::Uuid install_id() const noexcept PENSTOCK_EXCLUDES(mutex_);
  // From now on this sequence is counted, from its first event on unless it is the same as before.
  void count_for(const wire::Uuid& install_id) noexcept PENSTOCK_EXCLUDES(mutex_);
  // Adds `counts` and says that of `install_id`'s sequence all up to `seq` are counted. Durable
  // against kill -9 as a whole or not at all.
  void settle(const wire::Uuid& install_id, std::uint64_t seq, const Settled& counts) noexcept
      PENSTOCK_EXCLUDES(mutex_);
  // Up to which number the events of this sequence are counted; 0 for none.
  std::uint64_t settled_seq(const wire::Uuid& install_id) const noexcept PENSTOCK_EXCLUDES(mutex_);
  Settled settled() const noexcept PENSTOCK_EXCLUDES(mutex_);

  // Of all types; refusals of track() included.
  Totals totals() const noexcept PENSTOCK_EXCLUDES(mutex_);

  // --- What batches have told the gateway -------------------------------------------------------

  // All drops so far.
  DropTotals dropped() const noexcept { return totals().dropped; }
  // How many of these the gateway knows.
  DropTotals reported() const noexcept PENSTOCK_EXCLUDES(mutex_);
  // Records that the gateway knows `reported`.
  void report(const DropTotals& reported) noexcept PENSTOCK_EXCLUDES(mutex_);

  // --- Refused by track(), so never recorded ----------------------------------------------------
  // Counts one more. Takes no lock.
  void refuse(wire::DropReason reason, wire::TypeId type) noexcept;
  std::uint64_t refused(std::size_t reason, std::size_t type) const noexcept;

  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

 private:
  struct Page;
  struct Copy;

  explicit Ledger(platform::MappedFile file) noexcept : file_(std::move(file)) {}
  Page& page() const noexcept;
  const Copy& current() const noexcept PENSTOCK_REQUIRES(mutex_);
  bool choose_copy() noexcept PENSTOCK_EXCLUDES(mutex_);
  template <typename Change>
  void commit(Change change) noexcept PENSTOCK_REQUIRES(mutex_);

  platform::MappedFile file_;  // at one address for ever
  mutable platform::Mutex mutex_;
  std::size_t current_ PENSTOCK_GUARDED_BY(mutex_) = 0;  // of the two copies
};

}  // namespace penstock::journal
