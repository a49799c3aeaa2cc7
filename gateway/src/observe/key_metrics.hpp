// Who sends what: what is counted for each write key, by its id.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "id_map.hpp"
#include "replaceable.hpp"
#include "wire/verdict.hpp"

namespace penstock::gateway {

// The last of wire::RejectCode, which is dense from 0.
inline constexpr std::size_t kRejectCodes =
    static_cast<std::size_t>(wire::RejectCode::kRecordTooLarge) + 1;

// Any thread. The number of series is bounded: keys beyond the first kKeysMax that there ever were
// are counted together, as the key "other", and codes are the gateway's own words.
class KeyMetrics {
 public:
  static constexpr std::size_t kKeysMax = 200;

  explicit KeyMetrics(prometheus::Registry& registry);  // which outlives it

  // The keys that there are from now on. What those that are gone have sent stays counted.
  void set_keys(const std::vector<std::string>& ids);

  struct Series {
    prometheus::Counter* requests = nullptr;
    prometheus::Counter* body_bytes = nullptr;
    prometheus::Counter* accepted = nullptr;
    std::array<prometheus::Counter*, kRejectCodes> rejected_by_code{};
  };
  // Null for "", and for an unknown id.
  const Series* find(std::string_view id) const;
  // Takes a lock.
  void request_refused(std::string_view id, std::string_view code);

 private:
  using Found = IdMap<const Series*>;
  Series& make(const std::string& label);

  prometheus::Family<prometheus::Counter>&requests_, &body_bytes_, &accepted_, &rejected_,
      &refused_;
  std::mutex mutex_;                      // guards what follows
  std::map<std::string, Series> series_;  // by label
  Replaceable<const Found> by_id_;
};

}  // namespace penstock::gateway
