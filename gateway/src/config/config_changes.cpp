#include "config_changes.hpp"

#include <algorithm>
#include <string>

#include "setting_table.hpp"

namespace penstock::gateway {
namespace {

void keep_privacy_of_keys(const Config& running, ConfigChanges& changes) {
  auto& keys = changes.applied.keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto same_id = [&](const KeyConfig& other) { return other.id == keys[i].id; };
    const auto old = std::find_if(running.keys.begin(), running.keys.end(), same_id);
    if (old == running.keys.end() || old->privacy == keys[i].privacy) continue;
    keys[i].privacy = old->privacy;
    changes.need_restart.push_back("keys[" + std::to_string(i) + "].privacy (" + keys[i].id + ")");
  }
}

}  // namespace

ConfigChanges changes_to(const Config& running, const Config& read) {
  ConfigChanges changes{running, {}};
  Config& applied = changes.applied;
  applied.keys = read.keys;
  keep_privacy_of_keys(running, changes);
  applied.log.least = read.log.least;
  const bool same_kind =
      running.listen.tls.certificate_file.empty() == read.listen.tls.certificate_file.empty();
  if (same_kind) applied.listen.tls = read.listen.tls;
  for (const auto& setting : config_settings())
    if (!setting.same(applied, read)) changes.need_restart.emplace_back(setting.path);
  if (applied.kafka.properties != read.kafka.properties)
    changes.need_restart.emplace_back(kPropertiesPath);
  return changes;
}

}  // namespace penstock::gateway
