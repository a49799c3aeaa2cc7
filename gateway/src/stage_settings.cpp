#include "stage_settings.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include "config/key_privacy.hpp"
#include "config/memory_plan.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

// Of Penstock itself; a project's is made within it from the project's name. Never changes: every
// eventId rests on it.
constexpr wire::Uuid kPenstockNamespace{{0x8f, 0x0c, 0x1d, 0x5e, 0x2b, 0x7a, 0x4c, 0x3e, 0x9d, 0x61,
                                         0x5a, 0x43, 0xe7, 0xb8, 0x16, 0xf2}};

// One set of rules for each distinct privacy part.
class KeyRules {
 public:
  KeyRules(const Config& config, const privacy::RuleSetOptions& common)
      : config_(config), common_(common) {}

  // Null for a part that says nothing.
  std::shared_ptr<const privacy::RuleSet> of(const KeyPrivacyConfig& part) {
    if (part == KeyPrivacyConfig()) return nullptr;
    for (const auto& [known, rules] : made_)
      if (*known == part) return rules;
    const auto options = key_rule_set_options(common_, config_.privacy, part);
    made_.emplace_back(&part, std::make_shared<const privacy::RuleSet>(options));
    return made_.back().second;
  }

 private:
  const Config& config_;
  const privacy::RuleSetOptions& common_;
  std::vector<std::pair<const KeyPrivacyConfig*, std::shared_ptr<const privacy::RuleSet>>> made_;
};

}  // namespace

HttpSettings http_settings(const Config& config) {
  HttpSettings settings = config.http;
  settings.connections_max = memory_plan(config).connections;
  return settings;
}

KafkaSettings kafka_settings(const Config& config) {
  KafkaSettings settings = config.kafka;
  settings.queue_bytes_max = memory_plan(config).queue_bytes;
  settings.topics.insert(settings.topics.end() - 1, wire::kTopicErasureRequests);
  if (!config.event_types.schemas_folder.empty())
    settings.topics.insert(settings.topics.end() - 1, wire::kTopicCustomEvents);
  return settings;
}

std::vector<KeyStore::Entry> key_entries(const Config& config,
                                         const privacy::RuleSetOptions& common_rules) {
  const wire::Uuid project = wire::name_uuid(kPenstockNamespace, config.project);
  KeyRules rules(config, common_rules);
  std::vector<KeyStore::Entry> entries;
  for (const auto& key : config.keys) {
    const auto digest = parse_digest(key.digest);
    if (!digest) throw std::logic_error("a digest that check_config() has passed cannot be read");
    auto client = std::make_shared<ClientKey>();
    client->id = key.id;
    client->name_space = project;
    client->requests_per_second = key.requests_per_second;
    client->events_per_second = key.events_per_second;
    client->rules = rules.of(key.privacy);
    entries.emplace_back(*digest, std::move(client));
  }
  return entries;
}

std::vector<std::string> key_ids(const Config& config) {
  std::vector<std::string> ids;
  ids.reserve(config.keys.size());
  for (const auto& key : config.keys) ids.push_back(key.id);
  return ids;
}

std::vector<KeyRates> key_rates(const Config& config) {
  std::vector<KeyRates> rates;
  rates.reserve(config.keys.size());
  for (const auto& key : config.keys)
    rates.push_back({key.id, key.requests_per_second, key.events_per_second, key.burst_seconds});
  return rates;
}

}  // namespace penstock::gateway
