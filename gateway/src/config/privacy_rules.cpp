#include "privacy_rules.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "privacy/rules/path_rules.hpp"
#include "secret_text.hpp"

namespace penstock::gateway {
namespace {

// Of SHA-256's kind: what is shorter can be guessed.
constexpr std::size_t kSecretBytesMin = 16;

struct KeyFile {
  std::string id, file;
};

KeyFile key_file_of(const std::string& line) {
  const auto space = line.find(' ');
  if (space == std::string::npos) return {line, ""};
  return {line.substr(0, space), line.substr(line.find_first_not_of(' ', space))};
}

// What is wrong with the secret in `file`; "" for nothing.
std::string fault_of(const std::string& file) {
  const SecretText secret = read_secret_file(file);
  if (!secret.error.empty()) return secret.error;
  if (secret.text.size() >= kSecretBytesMin) return "";
  return "holds fewer than 16 bytes, which can be guessed; make it with: openssl rand -hex 32";
}

bool uses(const privacy::PathRules& rules, privacy::Action::Kind kind) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules.action(i).kind == kind) return true;
  }
  return false;
}

std::vector<std::string> key_ids(const PrivacyConfig& config) {
  std::vector<std::string> ids;
  for (const auto& line : config.pseudonym_key_files) ids.push_back(key_file_of(line).id);
  return ids;
}

void check_key_files(const PrivacyConfig& config, std::vector<std::string>& errors) {
  for (const auto& line : config.pseudonym_key_files) {
    const KeyFile key = key_file_of(line);
    const std::string fault = key.file.empty() ? "names no file" : fault_of(key.file);
    if (!fault.empty()) {
      errors.push_back("privacy.pseudonym_keys: \"" + line + "\" " + fault +
                       "; give an id and a file, for example \"k1 /run/secrets/k1\"");
    }
  }
}

}  // namespace

void check_key_uses(const privacy::PathRules& rules, const PrivacyConfig& config,
                    const std::string& where, std::vector<std::string>& errors) {
  const auto ids = key_ids(config);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const privacy::Action& action = rules.action(i);
    if (action.kind != privacy::Action::Kind::kPseudonym) continue;
    if (std::find(ids.begin(), ids.end(), action.text) == ids.end()) {
      errors.push_back(where + "rule " + std::to_string(i + 1) + " needs the key \"" + action.text +
                       "\"; add it to privacy.pseudonym_keys");
    }
  }
}

void check_hash_uses(const privacy::PathRules& rules, const PrivacyConfig& config,
                     const std::string& where, std::vector<std::string>& errors) {
  if (!config.hash_salt_file.empty() || !uses(rules, privacy::Action::Kind::kHash)) return;
  errors.push_back(where +
                   "missing, but a rule hashes; without a salt everybody could compute the hashes "
                   "of guessed values; make one with: openssl rand -hex 32");
}

std::vector<std::string> privacy_errors(const PrivacyConfig& config) {
  std::vector<std::string> errors;
  const auto rules = privacy::PathRules::parse(config.rules);
  if (!rules) {
    errors.push_back("privacy.rules: " + std::string(rules.status().message()));
    return errors;
  }
  if (!config.hash_salt_file.empty()) {
    const std::string fault = fault_of(config.hash_salt_file);
    if (!fault.empty())
      errors.push_back("privacy.hash_salt_file: \"" + config.hash_salt_file + "\" " + fault);
  }
  check_hash_uses(*rules, config, "privacy.hash_salt_file: ", errors);
  check_key_files(config, errors);
  check_key_uses(*rules, config, "privacy.rules: ", errors);
  return errors;
}

privacy::RuleSetOptions rule_set_options(const PrivacyConfig& config) {
  privacy::RuleSetOptions options = config;
  if (auto paths = privacy::PathRules::parse(config.rules)) options.paths = *std::move(paths);
  if (!config.hash_salt_file.empty()) options.salt = read_secret_file(config.hash_salt_file).text;
  for (const auto& line : config.pseudonym_key_files) {
    const KeyFile key = key_file_of(line);
    options.pseudonym_keys.emplace_back(key.id, read_secret_file(key.file).text);
  }
  return options;
}

}  // namespace penstock::gateway
