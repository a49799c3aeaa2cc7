// How far a replay is, as it is noted together with what it has brought. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::ctl {

// Of one partition of the source: from `begin` on, before `end`; the next offset is `at`.
struct ReplayPart {
  std::int32_t partition = 0;
  std::int64_t begin = 0, at = 0, end = 0;
};

// The ends are those of the first run, so that a topic that is replayed into itself has an end.
struct ReplayState {
  std::string digest;             // of what is replayed (replay_plan.hpp)
  std::vector<ReplayPart> parts;  // by partition
  std::uint64_t brought = 0;      // records
  std::uint64_t skipped = 0;      // records that this replay had brought there already
  std::uint64_t renamed = 0;      // events that got another eventId
  std::uint64_t rejected = 0;     // events that a gateway has rejected
  std::int64_t expired = 0;       // offsets that retention took before they were read

  std::int64_t done() const noexcept;   // offsets
  std::int64_t total() const noexcept;  // offsets
  bool finished() const noexcept { return done() == total(); }

  // For the metadata of a committed offset: all of `part` but `at`, and the counts if it is the
  // first part.
  std::string to_metadata(const ReplayPart& part) const;
  // Adds the part that was committed with this metadata. Throws std::runtime_error for metadata of
  // another program.
  void add_part(std::int32_t partition, std::int64_t at, std::string_view metadata);
};

}  // namespace penstock::ctl
