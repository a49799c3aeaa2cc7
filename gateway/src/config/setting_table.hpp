// The list of all settings by path. A new setting is a member of its stage's struct, a line of the
// table, and a line of gateway.example.yaml. YAML, environment, the names that errors suggest, and
// the test that compares the example with the defaults follow from the table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"

namespace penstock::gateway {

using SettingValues = std::span<const std::string>;

// A setting of `Target`, which is Config or KeyConfig.
template <typename Target>
struct Setting {
  std::string_view path;      // "limits.body_bytes"; of a key: "digest", "privacy.rules"
  std::string_view expected;  // completes "expected ..."
  // False, and nothing changed, if a value is not what was expected.
  bool (*assign)(Target& target, SettingValues values);
  // Has it the same value in both?
  bool (*same)(const Target& one, const Target& other);
  bool list = false;    // takes any number of values; others exactly one
  bool secret = false;  // errors must not show its value
};

// All except the list `keys` and the map `kafka.properties`. Immutable: any thread.
std::span<const Setting<Config>> config_settings() noexcept;
// Those of one element of `keys`.
std::span<const Setting<KeyConfig>> key_settings() noexcept;

inline constexpr std::string_view kKeysPath = "keys";
inline constexpr std::string_view kPrivacyPath = "privacy";  // at the top, and of a key
inline constexpr std::string_view kPropertiesPath = "kafka.properties";

// The names that may stand directly below `section` ("" is the top): sections and settings, in
// order.
std::vector<std::string> names_below(std::string_view section);
// The same within one element of `keys`: "" is the element, "privacy" its privacy part.
std::vector<std::string> key_names_below(std::string_view section);

// limits.body_bytes: PENSTOCK_LIMITS_BODY_BYTES
std::string environment_name(std::string_view path);

}  // namespace penstock::gateway
