#include "key_metrics.hpp"

#include <memory>

namespace penstock::gateway {
namespace {

constexpr const char* kOther = "other";

prometheus::Family<prometheus::Counter>& family(prometheus::Registry& registry, const char* name,
                                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

KeyMetrics::KeyMetrics(prometheus::Registry& registry)
    : requests_(family(registry, "penstock_key_requests_total", "Requests answered, by key")),
      body_bytes_(family(registry, "penstock_key_body_bytes_total",
                         "Bytes of request bodies, as they travelled, by key")),
      accepted_(family(registry, "penstock_key_events_accepted_total",
                       "Events that the brokers have acknowledged, by key")),
      rejected_(family(registry, "penstock_key_events_rejected_total",
                       "Events whose dead letter the brokers have acknowledged, by key and code")),
      refused_(family(registry, "penstock_key_requests_refused_total",
                      "Requests refused as a whole, by key and the problem's code")),
      by_id_(std::make_shared<const Found>()) {}

KeyMetrics::Series& KeyMetrics::make(const std::string& label) {
  const auto [at, is_new] = series_.try_emplace(label);
  Series& series = at->second;
  if (!is_new) return series;
  const prometheus::Labels key{{"key", label}};
  series.requests = &requests_.Add(key);
  series.body_bytes = &body_bytes_.Add(key);
  series.accepted = &accepted_.Add(key);
  for (std::size_t i = 0; i < kRejectCodes; ++i) {
    const auto code = wire::reject_code_name(static_cast<wire::RejectCode>(i));
    series.rejected_by_code[i] = &rejected_.Add({{"key", label}, {"code", std::string(code)}});
  }
  return series;
}

void KeyMetrics::set_keys(const std::vector<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  const auto found = std::make_shared<Found>();
  for (const auto& id : ids) {
    const bool fits = series_.size() < kKeysMax || series_.contains(id);
    found->emplace(id, &make(fits ? id : kOther));
  }
  by_id_.replace(found);
}

const KeyMetrics::Series* KeyMetrics::find(std::string_view id) const {
  if (id.empty()) return nullptr;
  const auto by_id = by_id_.get();
  const auto found = by_id->find(id);
  return found == by_id->end() ? nullptr : found->second;
}

void KeyMetrics::request_refused(std::string_view id, std::string_view code) {
  const std::lock_guard lock(mutex_);
  if (id.empty()) return;
  const std::string label = series_.contains(std::string(id)) ? std::string(id) : kOther;
  refused_.Add({{"key", label}, {"code", std::string(code)}}).Increment();
}

}  // namespace penstock::gateway
