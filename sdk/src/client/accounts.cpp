#include "client/accounts.hpp"

#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

#include "journal/codes.hpp"
#include "wire/drop_reason.hpp"
#include "wire/event_type.hpp"

namespace penstock {
namespace {

LedgerRow ledger_row(const journal::Counts& counts, wire::TypeId type) {
  LedgerRow row;
  row.type = wire::kTypeNames[static_cast<std::size_t>(type)];
  std::array<std::uint64_t, wire::kDropReasons> refused{}, dropped{};
  for (std::uint32_t code = 0; code < journal::kTypeCodes; ++code) {
    if (journal::type_of(code) != type) continue;
    const auto& settled = counts.settled[code];
    row.acknowledged += settled[journal::code_of(journal::Fate::kAcknowledged)];
    row.rejected += settled[journal::code_of(journal::Fate::kRejected)];
    row.pending += counts.pending[code];
    row.recorded += counts.pending[code] + std::accumulate(settled.begin(), settled.end(), 0ULL);
    const auto add = [](auto& by_reason, journal::DropCode drop, std::uint64_t count) {
      by_reason[static_cast<std::size_t>(journal::reason_of(drop))] += count;
    };
    for (std::size_t reason = 0; reason < journal::kRefusalCodes; ++reason)
      add(refused, {false, reason}, counts.refused[reason][code]);
    for (std::size_t fate = journal::kFirstDropCode; fate < settled.size(); ++fate)
      add(dropped, {true, fate}, settled[fate]);
  }
  for (std::size_t i = 0; i < wire::kDropReasons; ++i) {
    if (refused[i] != 0) row.refused.emplace_back(wire::kDropReasonNames[i], refused[i]);
    if (dropped[i] != 0) row.dropped.emplace_back(wire::kDropReasonNames[i], dropped[i]);
  }
  return row;
}

}  // namespace

void fill_drops(const journal::DropTotals& totals, Stats& stats) noexcept {
  stats.dropped_invalid = totals.of(wire::DropReason::kInvalid);
  stats.dropped_too_large = totals.of(wire::DropReason::kTooLarge);
  stats.dropped_storage_full = totals.of(wire::DropReason::kStorageFull);
  stats.dropped_io_error = totals.of(wire::DropReason::kIoError);
  stats.dropped_out_of_memory = totals.of(wire::DropReason::kOutOfMemory);
  stats.dropped_not_allowed = totals.of(wire::DropReason::kNotAllowed);
  stats.dropped_too_large_for_gateway = totals.of(wire::DropReason::kTooLargeForGateway);
  stats.dropped_expired = totals.of(wire::DropReason::kExpired);
  stats.dropped_consent_denied = totals.of(wire::DropReason::kConsentDenied);
  stats.dropped_forgotten = totals.of(wire::DropReason::kForgotten);
}

std::vector<LedgerRow> ledger_rows(const journal::Counts& counts) {
  std::vector<LedgerRow> rows;
  for (std::size_t i = 0; i < wire::kTypes; ++i) {
    LedgerRow row = ledger_row(counts, static_cast<wire::TypeId>(i));
    if (row.recorded != 0 || !row.refused.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace penstock
