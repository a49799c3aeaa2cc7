#include "admission.hpp"

#include <algorithm>

#include "memory_problem.hpp"

namespace penstock::gateway {
namespace {

// A key is most often a whole product: alone it may hold four fifths of the memory, where one
// address gets half.
constexpr std::size_t kKeyWeight = 4;
// Of most bodies this is all.
constexpr std::uint64_t kFirstBytes = std::uint64_t{16} * 1024;

Problem rate_limited(std::string_view what, const ClientKey& client,
                     std::chrono::nanoseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return Problem{429, "rate_limited",
                 "key \"" + client.id + "\" has sent too many " + std::string(what) +
                     "; try again after the time in Retry-After",
                 static_cast<int>(std::clamp<std::int64_t>(seconds, 1, 24 * 3600))};
}

}  // namespace

Admission::Admission(AdmissionLimits limits, const std::vector<KeyRates>& keys,
                     MemoryBudget& memory, Clock clock)
    : limits_(limits), memory_(memory), keys_(make_keys(keys, nullptr)), clock_(std::move(clock)) {}

std::shared_ptr<const Admission::Keys> Admission::make_keys(const std::vector<KeyRates>& keys,
                                                            const Keys* before) {
  auto made = std::make_shared<Keys>(
      Keys{RateLimiter(keys, before == nullptr ? nullptr : &before->rates), {}});
  for (const KeyRates& key : keys)
    made->shares.try_emplace(key.key_id,
                             &shares_.try_emplace(key.key_id, kKeyWeight).first->second);
  return made;
}

void Admission::replace_keys(const std::vector<KeyRates>& keys) {
  const std::lock_guard lock(replace_mutex_);
  keys_.replace(make_keys(keys, keys_.get().get()));
}

std::chrono::nanoseconds Admission::steady_clock() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

Outcome<MemoryLease> Admission::admit(const ClientKey& client, const RequestHead& head) {
  const std::uint64_t bytes = head.content_length.value_or(limits_.body_bytes);
  if (bytes > limits_.body_bytes) {
    return Problem{413,
                   "body_too_large",
                   "the body has " + std::to_string(bytes) + " bytes; at most " +
                       std::to_string(limits_.body_bytes) + " are taken: split the batch",
                   {}};
  }
  // Memory first: a client is not charged a request that an overloaded gateway turns away.
  const auto keys = keys_.get();
  const auto share = keys->shares.find(client.id);
  MemoryLease lease(memory_, head.address_share,
                    share == keys->shares.end() ? nullptr : share->second);
  if (!lease.grow(static_cast<std::size_t>(std::min(bytes, kFirstBytes)))) return overloaded();
  if (const auto wait = keys->rates.take_request(client.id, clock_()))
    return rate_limited("requests", client, *wait);
  return lease;
}

Outcome<void> Admission::admit_events(const ClientKey& client, std::size_t events) {
  if (const auto wait = keys_.get()->rates.take_events(client.id, events, clock_()))
    return rate_limited("events", client, *wait);
  return {};
}

std::optional<RateStatus> Admission::rate_status(const ClientKey& client) const {
  return keys_.get()->rates.request_status(client.id, clock_());
}

}  // namespace penstock::gateway
