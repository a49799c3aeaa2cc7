// What became of the events: the counts that a client gives.
#pragma once

#include <vector>

#include "journal/ledger.hpp"
#include "journal/reader.hpp"
#include "penstock/penstock.hpp"

namespace penstock {

// `totals.dropped` into the members of `stats` that name a reason.
void fill_drops(const journal::DropTotals& totals, Stats& stats) noexcept;

// A row for each type that the ledger has something of.
std::vector<LedgerRow> ledger_rows(const journal::Counts& counts);

}  // namespace penstock
