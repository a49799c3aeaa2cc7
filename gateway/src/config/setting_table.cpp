#include "setting_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include "setting_value.hpp"

namespace penstock::gateway {
namespace {

// Path: pointers to members, from the target to the setting.
// clang-format off
template <typename Value, typename Target, auto... Path>
bool assign_one(Target& target, SettingValues values) {
  return values.size() == 1 && Value::parse(values.front(), (target.* ... .* Path));
}

template <typename Target, auto... Path>
bool assign_list(Target& target, SettingValues values) {
  (target.* ... .* Path).assign(values.begin(), values.end());
  return true;
}

template <typename Target, auto... Path>
bool is_same(const Target& one, const Target& other) {
  return (one.* ... .* Path) == (other.* ... .* Path);
}
// clang-format on

template <typename Value, auto... Path>
constexpr Setting<Config> setting(std::string_view path) {
  return {path, Value::kExpected, &assign_one<Value, Config, Path...>, &is_same<Config, Path...>};
}

template <typename Value, auto Member>
constexpr Setting<KeyConfig> key_setting(std::string_view path, bool secret = false) {
  return {path,
          Value::kExpected,
          &assign_one<Value, KeyConfig, Member>,
          &is_same<KeyConfig, Member>,
          false,
          secret};
}

constexpr std::string_view kNamesExpected = "a list of names, for example [nickname, notes]";
constexpr std::string_view kNetworksExpected =
    "a list of addresses and networks, for example [10.0.0.0/24]";
constexpr std::string_view kRulesExpected = "a list of rules, for example [details.notes remove]";

template <auto... Path>
constexpr Setting<Config> names(std::string_view path, std::string_view expected = kNamesExpected) {
  return {path, expected, &assign_list<Config, Path...>, &is_same<Config, Path...>, true};
}

template <auto Member>
constexpr Setting<KeyConfig> key_names(std::string_view path, std::string_view expected) {
  return {path, expected, &assign_list<KeyConfig, &KeyConfig::privacy, Member>,
          &is_same<KeyConfig, &KeyConfig::privacy, Member>, true};
}

using Privacy = PrivacyConfig;
using KeyPrivacy = KeyPrivacyConfig;
constexpr auto kListen = &Config::listen;
constexpr auto kTls = &ListenConfig::tls;
constexpr auto kAdmin = &Config::admin;
constexpr auto kMemory = &Config::memory;
constexpr auto kAdmission = &Config::admission;
constexpr auto kDecode = &Config::decode;
constexpr auto kHttp = &Config::http;
constexpr auto kKafka = &Config::kafka;
constexpr auto kPrivacy = &Config::privacy;

// clang-format off
constexpr Setting<Config> kSettings[] = {
    setting<TextValue, kListen, &ListenConfig::address>("listen.address"),
    setting<PortValue, kListen, &ListenConfig::port>("listen.port"),
    setting<BooleanValue, kListen, &ListenConfig::allow_plain>("listen.allow_plain"),
    names<kHttp, &HttpSettings::trusted_proxies>("listen.trusted_proxies", kNetworksExpected),
    setting<BooleanValue, kHttp, &HttpSettings::proxy_protocol>("listen.proxy_protocol"),
    setting<TextValue, kListen, kTls, &TlsSettings::certificate_file>("listen.tls.certificate"),
    setting<TextValue, kListen, kTls, &TlsSettings::private_key_file>("listen.tls.private_key"),
    setting<TlsVersionValue, kListen, kTls, &TlsSettings::tls13_only>("listen.tls.min_version"),
    setting<TextValue, kAdmin, &AdminSettings::address>("admin.address"),
    setting<PortValue, kAdmin, &AdminSettings::port>("admin.port"),
    setting<BooleanValue, kAdmin, &AdminSettings::allow_remote>("admin.allow_remote"),
    names<kAdmin, &AdminSettings::hosts>("admin.hosts"),
    setting<CountValue, &Config::threads>("threads"),
    setting<SizeValue, kMemory, &MemoryConfig::bytes_max>("memory_max"),
    setting<TextValue, &Config::project>("project"),
    setting<SizeValue, kMemory, &MemoryConfig::bodies_in_flight_bytes>(
        "limits.bodies_in_flight_bytes"),
    setting<SizeValue, kAdmission, &AdmissionLimits::body_bytes>("limits.body_bytes"),
    setting<SizeValue, kDecode, &DecodeLimits::inflated_bytes>("limits.inflated_bytes"),
    setting<CountValue, kDecode, &DecodeLimits::events_per_batch>("limits.events_per_batch"),
    setting<SizeValue, kDecode, &DecodeLimits::event_bytes>("limits.event_bytes"),
    setting<CountValue, kDecode, &DecodeLimits::depth>("limits.depth"),
    setting<SizeValue, kHttp, &HttpSettings::header_bytes>("limits.header_bytes"),
    setting<CountValue, kHttp, &HttpSettings::connections_max>("limits.connections_max"),
    setting<DurationValue, kHttp, &HttpSettings::header_timeout>("limits.header_timeout"),
    setting<DurationValue, kHttp, &HttpSettings::body_timeout>("limits.body_timeout"),
    setting<SizeValue, kHttp, &HttpSettings::body_rate_min>("limits.body_rate_min"),
    setting<DurationValue, kHttp, &HttpSettings::idle_timeout>("limits.idle_timeout"),
    setting<DurationValue, kHttp, &HttpSettings::connection_age>("limits.connection_age"),
    setting<DurationValue, kHttp, &HttpSettings::request_timeout>("limits.request_timeout"),
    setting<TextValue, kKafka, &KafkaSettings::brokers>("kafka.brokers"),
    setting<TextValue, kKafka, &KafkaSettings::topic_prefix>("kafka.topic_prefix"),
    setting<DurationValue, kKafka, &KafkaSettings::delivery_timeout>("kafka.delivery_timeout"),
    setting<DurationValue, kKafka, &KafkaSettings::linger>("kafka.linger"),
    setting<CompressionValue, kKafka, &KafkaSettings::compression>("kafka.compression"),
    setting<BooleanValue, kKafka, &KafkaSettings::create_topics>("kafka.create_topics"),
    setting<CountValue, kKafka, &KafkaSettings::partitions>("kafka.partitions"),
    setting<CountValue, kKafka, &KafkaSettings::queue_events_max>("kafka.queue_events_max"),
    setting<SizeValue, kMemory, &MemoryConfig::queue_bytes_max>("kafka.queue_bytes_max"),
    setting<TextValue, &Config::event_types, &EventTypesConfig::schemas_folder>(
        "event_types.schemas"),
    names<kPrivacy, &Privacy::remove_fields>("privacy.remove_fields"),
    names<kPrivacy, &Privacy::allow_fields>("privacy.allow_fields"),
    names<kPrivacy, &Privacy::rules>("privacy.rules", kRulesExpected),
    setting<TextValue, kPrivacy, &Privacy::hash_salt_file>("privacy.hash_salt_file"),
    names<kPrivacy, &Privacy::pseudonym_key_files>(
        "privacy.pseudonym_keys", "a list of ids and files, for example [k1 /run/secrets/k1]"),
    setting<DurationValue, &Config::drain, &DrainConfig::delay>("drain.delay"),
    setting<DurationValue, &Config::drain, &DrainConfig::timeout>("drain.timeout"),
    setting<LogLevelValue, &Config::log, &LogSettings::least>("log.level"),
    setting<LogFormatValue, &Config::log, &LogSettings::json>("log.format"),
};
// clang-format on

// One for each kind of personal data.
template <privacy::Kind kind>
bool assign_detected(Config& config, SettingValues values) {
  return values.size() == 1 && BooleanValue::parse(values.front(), config.privacy.detect[kind]);
}
template <privacy::Kind kind>
bool is_detected_alike(const Config& one, const Config& other) {
  return one.privacy.detect[kind] == other.privacy.detect[kind];
}

template <privacy::Kind kind>
bool assign_detected(KeyConfig& key, SettingValues values) {
  bool detected = false;
  if (values.size() != 1 || !BooleanValue::parse(values.front(), detected)) return false;
  key.privacy.detect[privacy::index_of(kind)] = detected;
  return true;
}
template <privacy::Kind kind>
bool is_detected_alike(const KeyConfig& one, const KeyConfig& other) {
  constexpr std::size_t kIndex = privacy::index_of(kind);
  return one.privacy.detect[kIndex] == other.privacy.detect[kIndex];
}

// `settings`, and behind them a setting for each kind.
template <typename Target, std::size_t kCount, std::size_t... Index>
constexpr auto with_kinds(const Setting<Target> (&settings)[kCount],
                          std::index_sequence<Index...>) {
  std::array<Setting<Target>, kCount + sizeof...(Index)> all{};
  std::copy(std::begin(settings), std::end(settings), all.begin());
  const std::array kinds{Setting<Target>{privacy::kKindTable[Index].setting,
                                         BooleanValue::kExpected,
                                         &assign_detected<privacy::kKindTable[Index].kind>,
                                         &is_detected_alike<privacy::kKindTable[Index].kind>}...};
  std::copy(kinds.begin(), kinds.end(), all.begin() + kCount);
  return all;
}
constexpr auto kAllSettings = with_kinds(kSettings, std::make_index_sequence<privacy::kKinds>());

constexpr Setting<KeyConfig> kKeySettings[] = {
    key_setting<TextValue, &KeyConfig::id>("id"),
    // Secret: whoever pastes the key itself here must not find it in a log.
    key_setting<TextValue, &KeyConfig::digest>("digest", true),
    key_setting<RateValue, &KeyConfig::requests_per_second>("requests_per_second"),
    key_setting<RateValue, &KeyConfig::events_per_second>("events_per_second"),
    key_setting<RateValue, &KeyConfig::burst_seconds>("burst_seconds"),
    key_names<&KeyPrivacy::rules>("privacy.rules", kRulesExpected),
    key_names<&KeyPrivacy::remove_fields>("privacy.remove_fields", kNamesExpected),
    key_names<&KeyPrivacy::allow_fields>("privacy.allow_fields", kNamesExpected),
};
constexpr auto kAllKeySettings =
    with_kinds(kKeySettings, std::make_index_sequence<privacy::kKinds>());

// Adds to `names` what stands in `path` directly below `section`, unless the name is there.
void add_name_below(std::string_view section, std::string_view path,
                    std::vector<std::string>& names) {
  if (!section.empty()) {
    if (!path.starts_with(section) || path.size() <= section.size() || path[section.size()] != '.')
      return;
    path.remove_prefix(section.size() + 1);
  }
  std::string name(path.substr(0, path.find('.')));
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

}  // namespace

std::span<const Setting<Config>> config_settings() noexcept { return kAllSettings; }
std::span<const Setting<KeyConfig>> key_settings() noexcept { return kAllKeySettings; }

std::vector<std::string> names_below(std::string_view section) {
  std::vector<std::string> names;
  for (const auto& each : kAllSettings) add_name_below(section, each.path, names);
  add_name_below(section, kKeysPath, names);
  add_name_below(section, kPropertiesPath, names);
  return names;
}

std::vector<std::string> key_names_below(std::string_view section) {
  std::vector<std::string> names;
  for (const auto& each : kAllKeySettings) add_name_below(section, each.path, names);
  return names;
}

std::string environment_name(std::string_view path) {
  std::string name = "PENSTOCK_";
  for (const char c : path)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace penstock::gateway
