// Any YAML: read with errors that name what is wrong, or as a configuration that check_config()
// judges; and what it lets pass is within the limits. No error shows a key's digest or one of
// librdkafka's properties, which may be passwords.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "check.hpp"
#include "config/config_check.hpp"
#include "config/config_loader.hpp"
#include "config/memory_plan.hpp"

namespace {

using namespace penstock::gateway;
namespace wire = penstock::wire;

using Errors = std::vector<std::string>;

LoadedConfig load(const std::string& yaml) {
  LoadedConfig loaded = parse_config(yaml, "fuzz.yaml", {});
  for (const auto& error : loaded.errors) PENSTOCK_CHECK(error.starts_with("fuzz.yaml"));
  // These are opened, and what a fuzzer names may be a device that never ends.
  TlsSettings& tls = loaded.config.listen.tls;
  for (std::string* file : {&tls.certificate_file, &tls.private_key_file})
    if (!file->empty()) *file = "/proc/self/exe";
  return loaded;
}

Errors all_errors(const LoadedConfig& loaded) {
  Errors errors = loaded.errors;
  const auto faults = check_config(loaded.config);
  errors.insert(errors.end(), faults.begin(), faults.end());
  return errors;
}

bool shown(const std::string& secret, const Errors& errors) {
  return std::any_of(errors.begin(), errors.end(),
                     [&](const std::string& error) { return error.find(secret) != error.npos; });
}

// One that stands twice in the file may be shown from the other place. And fuzzers make secrets out
// of the errors' own words: those are still there when the secret is another one.
void check_hidden(const std::string& secret, const std::string& yaml, const Errors& errors) {
  const auto at = yaml.find(secret);
  if (at == yaml.npos || yaml.find(secret, at + 1) != yaml.npos || !shown(secret, errors)) return;
  std::string other = yaml;
  other.replace(at, secret.size(), secret.size(), 'Q');
  PENSTOCK_CHECK(shown(secret, all_errors(load(other))));
}

void check_within(std::size_t value, std::size_t least, std::size_t most) {
  PENSTOCK_CHECK(value >= least && value <= most);
}

void check_passed(const Config& config) {
  const std::size_t body_bytes = config.admission.body_bytes;
  const DecodeLimits& decode = config.decode;
  const HttpSettings& http = config.http;
  check_within(body_bytes, 1, wire::kBodyBytesMax);
  check_within(decode.inflated_bytes, body_bytes, wire::kInflatedBytesMax);
  check_within(decode.events_per_batch, 1, wire::kBatchEventsMax);
  check_within(decode.event_bytes, 1, wire::kEventBytesMax);
  check_within(decode.depth, 1, wire::kJsonDepthMax);
  check_within(memory_max(config), memory_least(config), ~std::size_t{0});
  const MemoryPlan plan = memory_plan(config);
  check_within(plan.request_bytes, body_bytes, memory_max(config));
  check_within(plan.queue_bytes, body_bytes, memory_max(config));
  check_within(plan.connections, 1, http.connections_max);
  PENSTOCK_CHECK(config.kafka.delivery_timeout < http.request_timeout);
  PENSTOCK_CHECK(http.header_timeout.count() > 0 && http.body_timeout.count() > 0);
  PENSTOCK_CHECK(config.threads <= 256 && !config.keys.empty() && !config.project.empty());
  for (const auto& key : config.keys) {
    PENSTOCK_CHECK(!key.id.empty() && key.digest.size() == sizeof "sha256:" - 1 + 64);
    PENSTOCK_CHECK(key.requests_per_second >= 0 && key.events_per_second >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string yaml(reinterpret_cast<const char*>(data), size);
  const LoadedConfig loaded = load(yaml);
  const Errors errors = all_errors(loaded);
  for (const auto& key : loaded.config.keys) check_hidden(key.digest, yaml, errors);
  for (const auto& [name, value] : loaded.config.kafka.properties)
    check_hidden(value, yaml, errors);
  if (errors.empty()) check_passed(loaded.config);
  return 0;
}
