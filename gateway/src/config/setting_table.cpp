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

template <auto... Path>
bool assign_list(Config& config, SettingValues values) {
  (config.* ... .* Path).assign(values.begin(), values.end());
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

template <auto... Path>
constexpr Setting<Config> names(
    std::string_view path,
    std::string_view expected = "a list of names, for example [nickname, notes]") {
  return {path, expected, &assign_list<Path...>, &is_same<Config, Path...>, true};
}

using Privacy = PrivacyConfig;
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
    names<kPrivacy, &Privacy::rules>("privacy.rules",
                                     "a list of rules, for example [details.notes remove]"),
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

template <std::size_t... Index>
constexpr auto with_kinds(std::index_sequence<Index...>) {
  std::array<Setting<Config>, std::size(kSettings) + sizeof...(Index)> all{};
  std::copy(std::begin(kSettings), std::end(kSettings), all.begin());
  const std::array kinds{Setting<Config>{privacy::kKindTable[Index].setting,
                                         BooleanValue::kExpected,
                                         &assign_detected<privacy::kKindTable[Index].kind>,
                                         &is_detected_alike<privacy::kKindTable[Index].kind>}...};
  std::copy(kinds.begin(), kinds.end(), all.begin() + std::size(kSettings));
  return all;
}
constexpr auto kAllSettings = with_kinds(std::make_index_sequence<privacy::kKinds>());

constexpr Setting<KeyConfig> kKeySettings[] = {
    key_setting<TextValue, &KeyConfig::id>("id"),
    // Secret: whoever pastes the key itself here must not find it in a log.
    key_setting<TextValue, &KeyConfig::digest>("digest", true),
    key_setting<RateValue, &KeyConfig::requests_per_second>("requests_per_second"),
    key_setting<RateValue, &KeyConfig::events_per_second>("events_per_second"),
    key_setting<RateValue, &KeyConfig::burst_seconds>("burst_seconds"),
};

}  // namespace

std::span<const Setting<Config>> config_settings() noexcept { return kAllSettings; }
std::span<const Setting<KeyConfig>> key_settings() noexcept { return kKeySettings; }

std::vector<std::string> names_below(std::string_view section) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view path) {
    if (!section.empty()) {
      if (!path.starts_with(section) || path.size() <= section.size() ||
          path[section.size()] != '.')
        return;
      path.remove_prefix(section.size() + 1);
    }
    std::string name(path.substr(0, path.find('.')));
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  };
  for (const auto& each : kAllSettings) add(each.path);
  add(kKeysPath);
  add(kPropertiesPath);
  return names;
}

std::string environment_name(std::string_view path) {
  std::string name = "PENSTOCK_";
  for (const char c : path)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace penstock::gateway
