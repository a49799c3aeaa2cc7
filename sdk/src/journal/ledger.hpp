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
#include <utility>

#include "journal/codes.hpp"
#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

// By type, then by outcome.
using Settled = std::array<std::array<std::uint64_t, kOutcomeCodes>, kTypeCodes>;

// How many events were dropped, by reason.
struct DropTotals {
  std::array<std::uint64_t, kRefusalCodes> refused{};
  std::array<std::uint64_t, kOutcomeCodes> later{};  // 0 for outcomes that are no drops

  std::uint64_t of(wire::DropReason reason) const noexcept;  // kOther: of all unknown ones
  friend bool operator==(const DropTotals&, const DropTotals&) = default;
  friend DropTotals operator-(DropTotals from, const DropTotals& less) noexcept {
    for (std::size_t i = 0; i < kRefusalCodes; ++i) from.refused[i] -= less.refused[i];
    for (std::size_t i = 0; i < kOutcomeCodes; ++i) from.later[i] -= less.later[i];
    return from;
  }
};

// One thread at a time, but for refuse() and refused(). Movable.
class Ledger {
 public:
  static constexpr const char* kFileName = "ledger";

  // The file in `folder`, which the caller has locked; a new one if there is none or it is damaged
  // (then set aside as *.bad, and counts begin at zero). Fails with kIo or kStorageFull, and with
  // kDirectoryInUse if a later version of Penstock has written it: then it is left as it is.
  static Result<Ledger> open(const platform::Folder& folder);

  // Goes on in `folder`, with all counts. Fails with kIo or kStorageFull; then it is where it was.
  Status move_to(const platform::Folder& folder);

  // --- Settled: one transaction each ------------------------------------------------------------

  // The install id being counted; all zeros before the first event.
  wire::Uuid install_id() const noexcept;
  void begin(const wire::Uuid& install_id) noexcept;
  // Adds `counts` and says that of `install_id`'s sequence all up to `seq` are counted. Durable
  // against kill -9 as a whole or not at all.
  void settle(const wire::Uuid& install_id, std::uint64_t seq, const Settled& counts) noexcept;
  // Up to which number the events of this sequence are counted; 0 for none.
  std::uint64_t settled_seq(const wire::Uuid& install_id) const noexcept;
  const Settled& settled() const noexcept;

  // --- What batches have told the gateway -------------------------------------------------------

  // All drops so far; refusals of track() included.
  DropTotals dropped() const noexcept;
  // How many of these the gateway knows.
  DropTotals reported() const noexcept;
  void report(const DropTotals& reported) noexcept;

  // --- Refused by track(), so never recorded. Any thread ----------------------------------------
  void refuse(wire::DropReason reason, wire::TypeId type) noexcept;
  std::uint64_t refused(std::size_t reason, std::size_t type) const noexcept;

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
