// Which letters have been redriven: a bit each, in blocks of the topic redrive-ledger, so that no
// letter is redriven twice, whichever runs have been stopped, in whichever order filters were given.
//
// A record of the topic is one block: key "<partition>/<number>", value the bits of its kBlock
// offsets, eight a byte, the lowest first. The topic is compacted: the newest record of a key counts.
// A run's changed blocks are written in the transaction that brings its letters to their topics. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::ctl {

// One thread at a time.
class LetterLedger {
 public:
  static constexpr std::int64_t kBlock = 8192;  // offsets; 1 KiB

  // A record of the topic. Throws std::runtime_error for one that is none of these.
  void read(std::string_view key, std::string_view value);

  bool has(std::int32_t partition, std::int64_t offset) const noexcept;
  void add(std::int32_t partition, std::int64_t offset);
  // Behind the last one of the partition; 0 if there is none.
  std::int64_t end_of(std::int32_t partition) const noexcept;

  // The blocks that add() has changed since the last call: key and value.
  std::vector<std::pair<std::string, std::string>> changed();

 private:
  using Place = std::pair<std::int32_t, std::int64_t>;  // partition, number of the block
  using Bits = std::array<std::uint8_t, kBlock / 8>;

  std::map<Place, Bits> blocks_;
  std::set<Place> changed_;
};

// How far a run that has not ended is to go: the record of the topic with the key kKey. A run that
// goes on keeps to it, so that it does not redrive what its first half has put back. Pure.
struct RunEnds {
  static constexpr std::string_view kKey = "run";

  std::string command;                        // a digest of what the run was told to do
  std::map<std::int32_t, std::int64_t> ends;  // of each partition: the first offset that it leaves

  std::string to_value() const;
  // Throws std::runtime_error.
  static RunEnds from_value(std::string_view value);
};

}  // namespace penstock::ctl
