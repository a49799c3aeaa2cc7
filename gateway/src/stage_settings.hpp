// What follows from the configuration for a stage. A stage whose settings stand there as they are
// is given these.
#pragma once

#include <string>
#include <vector>

#include "admit/admission.hpp"
#include "auth/key_store.hpp"
#include "config/config.hpp"

namespace penstock::gateway {

// `config` has passed check_config(); else sizes that follow from it may be anything.
HttpSettings http_settings(const Config& config);
KafkaSettings kafka_settings(const Config& config);

// Each key's client, within the namespace of the project: eventIds are UUIDv5 within it.
// A key with a privacy part has rules of its own, made from the common ones; keys with the same
// part share them. `common_rules`: rule_set_options(config.privacy).
std::vector<KeyStore::Entry> key_entries(const Config& config,
                                         const privacy::RuleSetOptions& common_rules);
std::vector<KeyRates> key_rates(const Config& config);
std::vector<std::string> key_ids(const Config& config);

}  // namespace penstock::gateway
