// What each stage is told of the configuration, so that no stage has to know it.
#pragma once

#include <string>
#include <vector>

#include "admin/admin_server.hpp"
#include "admit/admission.hpp"
#include "auth/key_store.hpp"
#include "config/config.hpp"
#include "decode/decode_limits.hpp"
#include "http/http_settings.hpp"
#include "http/tls_context.hpp"
#include "observe/logger.hpp"
#include "privacy/rule_set.hpp"
#include "sink/kafka_settings.hpp"

namespace penstock::gateway {

// `config` has passed check_config(); else sizes that follow from it may be anything.
AdminSettings admin_settings(const Config& config);
AdmissionLimits admission_limits(const Config& config);
DecodeLimits decode_limits(const Config& config);
HttpSettings http_settings(const Config& config);
KafkaSettings kafka_settings(const Config& config);
LogSettings log_settings(const Config& config);
TlsSettings tls_settings(const Config& config);
privacy::RuleSetOptions rule_set_options(const Config& config);

// Each key's client, within the namespace of the project: eventIds are UUIDv5 within it.
std::vector<KeyStore::Entry> key_entries(const Config& config);
std::vector<KeyRates> key_rates(const Config& config);
std::vector<std::string> key_ids(const Config& config);

}  // namespace penstock::gateway
