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

void check_keys(const privacy::PathRules& rules, const PrivacyConfig& config,
                std::vector<std::string>& errors) {
  std::vector<std::string> ids;
  for (const auto& line : config.pseudonym_key_files) {
    const KeyFile key = key_file_of(line);
    const std::string fault = key.file.empty() ? "names no file" : fault_of(key.file);
    if (!fault.empty()) {
      errors.push_back("privacy.pseudonym_keys: \"" + line + "\" " + fault +
                       "; give an id and a file, for example \"k1 /run/secrets/k1\"");
    }
    ids.push_back(key.id);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const privacy::Action& action = rules.action(i);
    if (action.kind != privacy::Action::Kind::kPseudonym) continue;
    if (std::find(ids.begin(), ids.end(), action.text) == ids.end()) {
      errors.push_back("privacy.rules: rule " + std::to_string(i + 1) + " needs the key \"" +
                       action.text + "\"; add it to privacy.pseudonym_keys");
    }
  }
}

}  // namespace

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
  } else if (uses(*rules, privacy::Action::Kind::kHash)) {
    errors.emplace_back(
        "privacy.hash_salt_file: missing, but a rule hashes; without a salt everybody could "
        "compute "
        "the hashes of guessed values; make one with: openssl rand -hex 32");
  }
  check_keys(*rules, config, errors);
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
