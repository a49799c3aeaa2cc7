// What the sender thread tells those who watch it.
#pragma once

#include <cstdint>
#include <string>

#include "journal/ledger.hpp"
#include "penstock/penstock.hpp"

namespace penstock::transport {

struct SenderStats {
  // What became of events since the start: of all sources in SenderHandle::stats(), of orphans in
  // what the sender publishes
  journal::Totals totals;
  std::uint64_t batches_sent = 0, retries = 0, bytes_sent = 0;
  std::uint64_t cleanups = 0;  // done
  // What processes left that are gone: in orphans, and how much of all was torn. That of those gone
  // at open() is known once `recovered`, that of those gone at a flush once `flushes_seen` counts
  // it
  std::uint64_t adopted_in_orphans = 0, torn = 0;
  bool recovered = false;
  std::uint64_t flushes_seen = 0;
  std::uint64_t orphans_pending = 0;  // records of orphans that are not sent yet
  std::uint64_t settled_seq = 0;      // of the own source: up to here nothing is left to send
  // How many flushes had been asked for when the request began that was refused last
  std::uint64_t refused_flushes = 0;
  SenderState state = SenderState::kRunning;
  std::string message;
};

}  // namespace penstock::transport
