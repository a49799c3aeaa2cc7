// What a replay is told to do, as texts: which offsets, and what makes two calls the same work.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay_filter.hpp"

namespace penstock::ctl {

// Of one partition: from `begin` on, before `end`.
struct OffsetRange {
  std::int32_t partition = 0;
  std::int64_t begin = 0;
  std::optional<std::int64_t> end;  // none: all that lie there
  bool operator==(const OffsetRange&) const = default;
};

// "[3]@100-200" (both included), "[3]@100-" (and all behind it), "[3]@100" (that one) or "[3]".
// Throws std::runtime_error, which says how to write one.
OffsetRange parse_offsets(std::string_view text);
// The same for several. Throws if two are of one partition, too.
std::vector<OffsetRange> parse_offset_list(const std::vector<std::string>& texts);

// All that decides what is replayed, to where, and as what.
struct ReplayOrder {
  std::string from;
  std::string to;  // kind and place
  std::string since, until;
  std::vector<std::string> offsets;
  ReplayFilter filter;
  bool new_timestamps = false;
  bool whole = false;
};

// The same for the same order, wherever it is given.
std::string digest_of(const ReplayOrder& order);
// The name of a run that was given none.
std::string name_of_digest(const std::string& digest);
// What is wrong with a run's name, which becomes part of Kafka's names; "" if nothing is.
std::string name_fault(const std::string& name);

}  // namespace penstock::ctl
