#include "config_check.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <string_view>

#include "file_fault.hpp"
#include "http/trusted_proxies.hpp"
#include "key_privacy.hpp"
#include "memory_plan.hpp"
#include "privacy_rules.hpp"
#include "wire/limits.hpp"

namespace penstock::gateway {
namespace {

using Errors = std::vector<std::string>;
using std::chrono::milliseconds;

bool is_address(const std::string& text) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool is_any(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

// Letters, digits, '.', '_' and '-', as Kafka takes them in a topic's name.
bool is_topic_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  });
}

bool is_digest(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

void check_listeners(const Config& config, Errors& errors) {
  const ListenConfig& listen = config.listen;
  const AdminSettings& admin = config.admin;
  for (const auto& [name, address] :
       {std::pair{"listen.address", listen.address}, std::pair{"admin.address", admin.address}}) {
    if (!is_address(address)) {
      errors.push_back(std::string(name) + ": " + quoted(address) +
                       " is not an IP address; give for example 0.0.0.0, 127.0.0.1 or ::");
    }
  }
  if (is_address(admin.address) && !is_loopback(admin.address) && !admin.allow_remote) {
    errors.push_back(
        "admin.address: " + quoted(admin.address) +
        " is reachable from other machines, and the admin listener asks for no key; use "
        "127.0.0.1, or set admin.allow_remote: true if a firewall protects it");
  }
  const bool meet =
      listen.address == admin.address || is_any(listen.address) || is_any(admin.address);
  if (listen.port != 0 && listen.port == admin.port && meet) {
    errors.push_back("admin.port: " + std::to_string(admin.port) +
                     " is also listen.port; give each its own");
  }
}

void check_proxies(const HttpSettings& http, Errors& errors) {
  for (const auto& text : http.trusted_proxies) {
    const auto network = Network::parse(text);
    if (!network)
      errors.push_back("listen.trusted_proxies: " + quoted(text) +
                       " is neither an IP address nor a network; give for example 10.0.0.7 or "
                       "10.0.0.0/24");
    else if (network->prefix_bits == 0)
      errors.push_back("listen.trusted_proxies: " + quoted(text) +
                       " is everybody, so each client could give any address as its own; list the "
                       "load balancers alone");
  }
  if (http.proxy_protocol && http.trusted_proxies.empty())
    errors.emplace_back(
        "listen.proxy_protocol: true, but listen.trusted_proxies is empty, so no PROXY header "
        "would be read; list the load balancers there");
}

void check_tls(const ListenConfig& listen, Errors& errors) {
  const auto& tls = listen.tls;
  if (tls.certificate_file.empty() != tls.private_key_file.empty()) {
    errors.emplace_back(
        tls.certificate_file.empty()
            ? "listen.tls.certificate: missing, but listen.tls.private_key is set; set both"
            : "listen.tls.private_key: missing, but listen.tls.certificate is set; set both");
  }
  for (const auto& [name, file] : {std::pair{"listen.tls.certificate", tls.certificate_file},
                                   std::pair{"listen.tls.private_key", tls.private_key_file}}) {
    const std::string fault = file.empty() ? "" : file_fault(file);
    if (!fault.empty()) errors.push_back(std::string(name) + ": " + quoted(file) + " " + fault);
  }
  if (tls.certificate_file.empty() && tls.private_key_file.empty() && !listen.allow_plain &&
      is_address(listen.address) && !is_loopback(listen.address)) {
    errors.push_back(
        "listen.tls.certificate: missing, and " + quoted(listen.address) +
        " is reachable from other machines: keys and events would travel readable; set "
        "certificate and private_key, or listen.allow_plain: true if a proxy ends TLS");
  }
}

void check_keys(const std::vector<KeyConfig>& keys, Errors& errors) {
  if (keys.empty()) {
    errors.emplace_back(
        "keys: none, so nobody could send; add one: \"- id: my-app\" and \"digest: "
        "sha256:<digest>\", "
        "from: printf %s \"$WRITE_KEY\" | sha256sum");
  }
  std::set<std::string> ids;
  std::set<std::string> digests;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& key = keys[i];
    const std::string path = "keys[" + std::to_string(i) + "].";
    if (key.id.empty()) errors.push_back(path + "id: missing; name the client, for example my-app");
    if (!key.id.empty() && !ids.insert(key.id).second)
      errors.push_back(path + "id: " + quoted(key.id) +
                       " is used twice; rotate with an id for each key");
    if (!is_digest(key.digest)) {
      errors.push_back(path +
                       "digest: expected \"sha256:\" and 64 hex digits; make it with: printf %s "
                       "\"$WRITE_KEY\" | sha256sum");
      continue;
    }
    constexpr std::string_view kOfNothing =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    std::string lower = key.digest;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower.ends_with(kOfNothing)) {
      errors.push_back(
          path +
          "digest: that of an empty key, as of a variable that is not set; make it with: "
          "printf %s \"$WRITE_KEY\" | sha256sum");
    }
    if (!digests.insert(std::move(lower)).second)
      errors.push_back(path + "digest: the same key as another id; give each client its own");
  }
}

void check_range(std::string_view name, std::size_t value, std::size_t least, std::size_t most,
                 Errors& errors) {
  if (value >= least && value <= most) return;
  errors.push_back("limits." + std::string(name) + ": " + std::to_string(value) +
                   " is out of range; give " + std::to_string(least) + " to " +
                   std::to_string(most));
}

void check_limits(const Config& config, Errors& errors) {
  const DecodeLimits& decode = config.decode;
  const std::size_t body_bytes = config.admission.body_bytes;
  const std::size_t in_flight = config.memory.bodies_in_flight_bytes;
  // The upper ends are the protocol's: what an SDK may send to any gateway.
  check_range("body_bytes", body_bytes, 1024, wire::kBodyBytesMax, errors);
  check_range("inflated_bytes", decode.inflated_bytes, 1024, wire::kInflatedBytesMax, errors);
  check_range("events_per_batch", decode.events_per_batch, 1, wire::kBatchEventsMax, errors);
  check_range("event_bytes", decode.event_bytes, 256, wire::kEventBytesMax, errors);
  check_range("depth", decode.depth, 4, wire::kJsonDepthMax, errors);
  check_range("header_bytes", config.http.header_bytes, 1024, std::size_t{1} << 20, errors);
  check_range("connections_max", config.http.connections_max, 1, 1'000'000, errors);
  if (in_flight != 0 && in_flight < body_bytes) {
    errors.push_back("limits.bodies_in_flight_bytes: " + std::to_string(in_flight) +
                     " is less than one body (limits.body_bytes: " + std::to_string(body_bytes) +
                     "); give at least that, or 0 for what follows from memory_max");
  }
  if (decode.inflated_bytes < body_bytes) {
    errors.push_back("limits.inflated_bytes: " + std::to_string(decode.inflated_bytes) +
                     " is less than limits.body_bytes, which it holds; give at least " +
                     std::to_string(body_bytes));
  }
}

void check_memory(const Config& config, Errors& errors) {
  const std::size_t least = memory_least(config);
  if (memory_max(config) < least) {
    errors.push_back("memory_max: " + std::to_string(config.memory.bytes_max) +
                     " is too little for " + std::to_string(thread_count(config)) +
                     " threads; give at least " + std::to_string((least >> 20)) + "MiB");
    return;
  }
  const std::size_t most = memory_max(config) - base_bytes(config);
  const MemoryPlan plan = memory_plan(config);
  if (plan.request_bytes > most) {
    errors.push_back("limits.bodies_in_flight_bytes: " + std::to_string(plan.request_bytes) +
                     " is more than memory_max leaves for it (" + std::to_string(most) +
                     "); give less, or 0 for what follows from memory_max");
  }
  if (plan.queue_bytes > most) {
    errors.push_back("kafka.queue_bytes_max: " + std::to_string(plan.queue_bytes) +
                     " is more than memory_max leaves for it (" + std::to_string(most) +
                     "); give less, or 0 for what follows from memory_max");
  }
}

void check_positive(std::string_view name, milliseconds value, Errors& errors) {
  if (value <= milliseconds::zero())
    errors.push_back(std::string(name) + ": must be more than 0; give for example 10s");
}

// `shorter` must end before `longer` does.
void check_order(std::string_view shorter, milliseconds shorter_value, std::string_view longer,
                 milliseconds longer_value, std::string_view why, Errors& errors) {
  if (shorter_value < longer_value) return;
  errors.push_back(std::string(shorter) + ": " + std::to_string(shorter_value.count()) +
                   "ms must be less than " + std::string(longer) + " (" +
                   std::to_string(longer_value.count()) + "ms): " + std::string(why));
}

void check_times(const Config& config, Errors& errors) {
  const HttpSettings& http = config.http;
  check_positive("limits.header_timeout", http.header_timeout, errors);
  check_positive("limits.body_timeout", http.body_timeout, errors);
  check_positive("limits.idle_timeout", http.idle_timeout, errors);
  check_positive("kafka.delivery_timeout", config.kafka.delivery_timeout, errors);
  check_order("kafka.delivery_timeout", config.kafka.delivery_timeout, "limits.request_timeout",
              http.request_timeout, "a request must outlive what it waits for", errors);
  check_order("limits.body_timeout", http.body_timeout, "limits.request_timeout",
              http.request_timeout, "reading the body is a part of the request", errors);
  check_order("kafka.delivery_timeout", config.kafka.delivery_timeout, "drain.timeout",
              config.drain.timeout, "what is in flight at SIGTERM must be able to arrive", errors);
  check_order("kafka.linger", config.kafka.linger, "kafka.delivery_timeout",
              config.kafka.delivery_timeout, "records wait that long before they are sent", errors);
}

// librdkafka's own error would name neither the file nor what is wrong with it.
void check_property_files(const KafkaSettings& kafka, Errors& errors) {
  for (const auto& [name, value] : kafka.properties) {
    const bool is_file =
        name.starts_with("ssl.") && name.ends_with(".location") && value != "probe";
    if (!is_file || value.empty() || std::filesystem::is_directory(value)) continue;
    const std::string fault = file_fault(value);
    if (!fault.empty())
      errors.push_back("kafka.properties." + name + ": " + quoted(value) + " " + fault);
  }
}

void check_kafka(const Config& config, Errors& errors) {
  const KafkaSettings& kafka = config.kafka;
  const DecodeLimits& limits = config.decode;
  constexpr std::size_t kPrefixBytesMax = 200;  // Kafka allows 249 for a whole name
  if (!is_topic_text(kafka.topic_prefix) || kafka.topic_prefix.size() > kPrefixBytesMax) {
    errors.push_back("kafka.topic_prefix: " + quoted(kafka.topic_prefix) +
                     " must be letters, digits, '.', '_' and '-', at most 200");
  }
  if (kafka.partitions < 1 || kafka.partitions > 1000)
    errors.emplace_back("kafka.partitions: give 1 to 1000");
  check_property_files(kafka, errors);
  // A batch is sent whole or not at all, so the largest must fit.
  constexpr std::size_t kMost = 10'000'000;
  if (kafka.queue_events_max < limits.events_per_batch || kafka.queue_events_max > kMost) {
    errors.push_back("kafka.queue_events_max: give limits.events_per_batch (" +
                     std::to_string(limits.events_per_batch) + ") to " + std::to_string(kMost));
  }
  if (config.memory.queue_bytes_max != 0 &&
      config.memory.queue_bytes_max < 2 * limits.inflated_bytes) {
    errors.push_back(
        "kafka.queue_bytes_max: give at least twice limits.inflated_bytes (" +
        std::to_string(2 * limits.inflated_bytes) +
        "), since stamped events are larger than what came; or 0 for what follows from memory_max");
  }
}

}  // namespace

bool is_loopback(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return address == "::1";
}

std::vector<std::string> check_config(const Config& config) {
  Errors errors;
  check_listeners(config, errors);
  check_proxies(config.http, errors);
  check_tls(config.listen, errors);
  if (config.project.empty())
    errors.emplace_back("project: empty; name the installation, for example default");
  constexpr unsigned kThreadsMax = 256;
  if (config.threads > kThreadsMax)
    errors.emplace_back("threads: at most 256; 0 is one for each core");
  else
    check_memory(config, errors);
  check_keys(config.keys, errors);
  check_limits(config, errors);
  check_times(config, errors);
  check_kafka(config, errors);
  for (auto& error : privacy_errors(config.privacy)) errors.push_back(std::move(error));
  for (auto& error : key_privacy_errors(config)) errors.push_back(std::move(error));
  return errors;
}

}  // namespace penstock::gateway
