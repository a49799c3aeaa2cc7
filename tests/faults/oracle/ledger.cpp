#include "faults/oracle/ledger.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace penstock::oracle {
namespace {

constexpr std::size_t kExamplesMax = 10;

std::string name_of(const Seen& seen) { return seen.stream + " #" + std::to_string(seen.number); }

class Comparison {
 public:
  explicit Comparison(const std::vector<Claim>& claims) {
    for (const Claim& claim : claims) {
      verdict_.claimed += claim.returned;
      streams_[claim.stream] = {claim, std::vector<const Seen*>(claim.intended, nullptr)};
    }
  }

  void add(const Seen& seen) {
    if (const auto known = by_event_id_.find(seen.event_id); known != by_event_id_.end()) {
      ++verdict_.duplicates;
      if (name_of(*known->second) != name_of(seen)) {
        breach(verdict_.two_ids, "eventId " + seen.event_id + " names " + name_of(*known->second) +
                                     " and " + name_of(seen));
      }
      return;
    }
    by_event_id_[seen.event_id] = &seen;
    ++verdict_.distinct;
    place(seen);
    check_order(seen);
  }

  Verdict finish() {
    for (const auto& [name, stream] : streams_) {
      for (std::uint64_t number = 1; number <= stream.claim.returned; ++number) {
        if (stream.seen[number - 1] == nullptr) {
          breach(verdict_.missing, name + " #" + std::to_string(number) + " is missing");
        }
      }
    }
    return std::move(verdict_);
  }

 private:
  struct Stream {
    Claim claim;
    std::vector<const Seen*> seen;  // by number - 1
  };

  void breach(std::uint64_t& count, std::string example) {
    ++count;
    if (verdict_.examples.size() < kExamplesMax) verdict_.examples.push_back(std::move(example));
  }

  void place(const Seen& seen) {
    const auto stream = streams_.find(seen.stream);
    if (stream == streams_.end() || seen.number == 0 ||
        seen.number > stream->second.claim.intended) {
      breach(verdict_.invented, name_of(seen) + " was never recorded");
      return;
    }
    const Seen*& first = stream->second.seen[seen.number - 1];
    if (first != nullptr) {
      breach(verdict_.two_ids,
             name_of(seen) + " has eventIds " + first->event_id + " and " + seen.event_id);
    }
    first = &seen;
    if (seen.number > stream->second.claim.returned) ++verdict_.unclaimed;
  }

  void check_order(const Seen& seen) {
    std::uint64_t& highest = highest_seq_[{seen.install_id, seen.topic, seen.partition}];
    if (seen.seq <= highest) {
      breach(verdict_.disordered, name_of(seen) + " has seq " + std::to_string(seen.seq) +
                                      " behind " + std::to_string(highest) + " in " + seen.topic +
                                      "[" + std::to_string(seen.partition) + "]");
    }
    highest = std::max(highest, seen.seq);
  }

  Verdict verdict_;
  std::unordered_map<std::string, Stream> streams_;
  std::unordered_map<std::string, const Seen*> by_event_id_;
  std::map<std::tuple<std::string, std::string, int>, std::uint64_t> highest_seq_;
};

}  // namespace

Verdict compare(const std::vector<Claim>& claims, const std::vector<Seen>& seen) {
  Comparison comparison(claims);
  for (const Seen& record : seen) comparison.add(record);
  return comparison.finish();
}

}  // namespace penstock::oracle
