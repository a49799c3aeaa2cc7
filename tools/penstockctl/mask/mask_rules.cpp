#include "mask_rules.hpp"

#include <algorithm>

#include "record_view.hpp"

namespace penstock::ctl {
namespace {

void set(privacy::DetectedKinds& kinds, const std::vector<std::string>& names, bool detected) {
  for (const auto& each : privacy::kKindTable)
    if (std::ranges::find(names, each.name) != names.end()) kinds[each.kind] = detected;
}

}  // namespace

std::string kind_fault(const std::string& name) {
  std::string all;
  for (const auto& each : privacy::kKindTable) {
    if (each.name == name) return "";
    all.append(all.empty() ? "" : ", ").append(each.name);
  }
  return "unknown kind " + plain(name) + "; there is: " + all;
}

privacy::RuleSet rules_with(const RuleChanges& changes) {
  privacy::RuleSetOptions options;
  options.remove_fields = changes.remove_fields;
  options.allow_fields = changes.allow_fields;
  set(options.detect, changes.also, true);
  set(options.detect, changes.without, false);
  return privacy::RuleSet(options);
}

}  // namespace penstock::ctl
