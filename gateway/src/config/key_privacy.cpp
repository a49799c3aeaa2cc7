#include "key_privacy.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "privacy/rules/field_name.hpp"
#include "privacy/rules/path_rules.hpp"
#include "privacy/rules/rule_reach.hpp"
#include "privacy_rules.hpp"

namespace penstock::gateway {
namespace {

using Errors = std::vector<std::string>;

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string rule_number(std::size_t index) { return "rule " + std::to_string(index + 1); }

// What keeps a rule of the key, valid among the key's own, from ever deciding.
std::string hidden_by(const privacy::UselessRule& useless, std::size_t own_count) {
  if (useless.cause == privacy::UselessRule::Cause::kWholeObject && useless.rival >= own_count) {
    return "can never match, as " + rule_number(useless.rival - own_count) +
           " of privacy.rules takes the whole object above; end that rule's path with .*, or give "
           "the key a rule for the whole object";
  }
  return "can never match, as this key's rules and privacy.rules together decide on all its "
         "fields; leave the rule out";
}

// One key's part against the section `privacy`.
class PartCheck {
 public:
  PartCheck(const PrivacyConfig& common, const KeyConfig& key, std::string path, Errors& errors)
      : common_(common), key_(key), path_(std::move(path)), errors_(errors) {}

  void check() {
    check_names();
    if (!key_.privacy.rules.empty()) check_rules();
  }

 private:
  std::string where(std::string_view setting) const {
    return path_ + std::string(setting) + ": of the key \"" + key_.id + "\": ";
  }

  // allow_fields wins, so that such a name would be left as it is without a word.
  void check_names() {
    const auto allowed = joined(key_.privacy.allow_fields, common_.allow_fields);
    for (const auto& name : key_.privacy.remove_fields) {
      const std::string normal = privacy::normalise(name);
      const bool is_allowed = std::any_of(allowed.begin(), allowed.end(), [&](const auto& other) {
        return privacy::normalise(other) == normal;
      });
      if (!is_allowed) continue;
      errors_.push_back(where("remove_fields") + "\"" + name +
                        "\" is also in allow_fields, which wins; remove it by a rule of this key, "
                        "for example \"**." +
                        normal + " remove\"");
    }
  }

  void check_rules() {
    const auto own = privacy::PathRules::parse(key_.privacy.rules);
    if (!own) {
      errors_.push_back(where("rules") + std::string(own.status().message()));
      return;
    }
    check_key_uses(*own, common_, where("rules"), errors_);
    check_hash_uses(*own, common_, where("rules") + "privacy.hash_salt_file is ", errors_);
    if (privacy::PathRules::parse(common_.rules)) check_joined();
  }

  void check_joined() {
    const std::size_t own_count = key_.privacy.rules.size();
    const auto lines = joined(key_.privacy.rules, common_.rules);
    if (lines.size() > privacy::kPathRulesMax) {
      errors_.push_back(where("rules") + std::to_string(own_count) + " rules and the " +
                        std::to_string(common_.rules.size()) +
                        " of privacy.rules are too many; 64 are allowed together: join some by * "
                        "and **");
      return;
    }
    const auto all = privacy::PathRules::parse_unchecked(lines);
    if (!all) return;
    // The first one. A common rule that the key's rules cover is what these are for.
    const auto useless = privacy::find_useless_rule(*all);
    if (!useless || useless->index >= own_count) return;
    errors_.push_back(where("rules") + rule_number(useless->index) + ' ' +
                      hidden_by(*useless, own_count));
  }

  const PrivacyConfig& common_;
  const KeyConfig& key_;
  std::string path_;
  Errors& errors_;
};

}  // namespace

std::vector<std::string> key_privacy_errors(const Config& config) {
  Errors errors;
  for (std::size_t i = 0; i < config.keys.size(); ++i) {
    const std::string path = "keys[" + std::to_string(i) + "].privacy.";
    PartCheck(config.privacy, config.keys[i], path, errors).check();
  }
  return errors;
}

privacy::RuleSetOptions key_rule_set_options(const privacy::RuleSetOptions& common,
                                             const PrivacyConfig& config,
                                             const KeyPrivacyConfig& part) {
  privacy::RuleSetOptions options = common;
  options.remove_fields = joined(part.remove_fields, common.remove_fields);
  options.allow_fields = joined(part.allow_fields, common.allow_fields);
  auto rules = privacy::PathRules::parse_unchecked(joined(part.rules, config.rules));
  if (rules) options.paths = *std::move(rules);
  for (const auto& each : privacy::kKindTable) {
    const auto& detected = part.detect[privacy::index_of(each.kind)];
    if (detected) options.detect[each.kind] = *detected;
  }
  return options;
}

}  // namespace penstock::gateway
