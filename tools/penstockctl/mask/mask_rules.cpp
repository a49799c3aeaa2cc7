#include "mask_rules.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/secret_text.hpp"
#include "privacy/rules/keyed_hash.hpp"
#include "record_view.hpp"
#include "wire/random.hpp"

namespace penstock::ctl {
namespace {

void set(privacy::DetectedKinds& kinds, const std::vector<std::string>& names, bool detected) {
  for (const auto& each : privacy::kKindTable)
    if (std::ranges::find(names, each.name) != names.end()) kinds[each.kind] = detected;
}

// As the gateway's: what is shorter can be guessed.
constexpr std::size_t kKeyBytesMin = 16;
constexpr std::size_t kSaltBytes = 32;

using Key = std::pair<std::string, std::string>;  // id and key

// An id that is none is not shown: it may be the key.
Key read_key(const std::string& argument) {
  const auto equals = argument.find('=');
  const std::string id = argument.substr(0, equals);
  if (equals == std::string::npos || equals + 1 == argument.size() || !privacy::is_key_id(id)) {
    throw WrongRule(
        "--pseudonym-key: give an id (1 to 32 letters, digits, '-' and '_') and a file, for "
        "example k1=/run/secrets/penstock-k1");
  }
  auto secret = gateway::read_secret_file(argument.substr(equals + 1));
  const std::string which = "--pseudonym-key: key " + id + ": ";
  if (!secret.error.empty()) throw WrongRule(which + plain(secret.error));
  if (secret.text.size() < kKeyBytesMin) {
    throw WrongRule(which +
                    "the file holds fewer than 16 bytes, which can be guessed; make it with: "
                    "openssl rand -hex 32");
  }
  return {id, std::move(secret.text)};
}

bool has_key(const std::vector<Key>& keys, std::string_view id) {
  return std::ranges::find(keys, id, &Key::first) != keys.end();
}

std::vector<Key> read_keys(const std::vector<std::string>& arguments) {
  std::vector<Key> keys;
  for (const auto& argument : arguments) {
    Key key = read_key(argument);
    if (has_key(keys, key.first))
      throw WrongRule("--pseudonym-key: the id " + key.first +
                      " is given twice; give each key one");
    keys.push_back(std::move(key));
  }
  return keys;
}

privacy::PathRules read_rules(const std::vector<std::string>& lines, const std::vector<Key>& keys) {
  auto rules = privacy::PathRules::parse(lines);
  if (!rules) throw WrongRule("--rule: " + plain(rules.status().message()));
  for (std::size_t i = 0; i < rules->size(); ++i) {
    const privacy::Action& action = rules->action(i);
    if (action.kind != privacy::Action::Kind::kPseudonym || has_key(keys, action.text)) continue;
    throw WrongRule("--rule: path rule " + std::to_string(i + 1) + " (" + plain(lines[i]) +
                    ") needs the key " + action.text + "; add --pseudonym-key " + action.text +
                    "=<file>");
  }
  return *std::move(rules);
}

std::string random_salt() {
  std::string salt(kSaltBytes, '\0');
  wire::fill_random(salt.data(), salt.size());
  return salt;
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
  options.pseudonym_keys = read_keys(changes.pseudonym_keys);
  options.paths = read_rules(changes.path_rules, options.pseudonym_keys);
  options.salt = random_salt();
  return privacy::RuleSet(options);
}

bool hashes(const privacy::RuleSet& rules) noexcept {
  for (std::size_t i = 0; i < rules.paths().size(); ++i) {
    if (rules.paths().action(i).kind == privacy::Action::Kind::kHash) return true;
  }
  return false;
}

}  // namespace penstock::ctl
