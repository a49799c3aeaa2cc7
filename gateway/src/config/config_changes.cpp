#include "config_changes.hpp"

#include "setting_table.hpp"

namespace penstock::gateway {

ConfigChanges changes_to(const Config& running, const Config& read) {
  ConfigChanges changes{running, {}};
  Config& applied = changes.applied;
  applied.keys = read.keys;
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
