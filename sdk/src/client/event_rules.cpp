#include "client/event_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "privacy/rules/keyed_hash.hpp"

namespace penstock {
namespace {

using privacy::Action;
using privacy::Kind;

// As the gateway's: what is shorter can be guessed.
constexpr std::size_t kKeyBytesMin = 16;

Status invalid(std::string message) { return {StatusCode::kInvalidOption, std::move(message)}; }

const privacy::KindInfo* kind_of(std::string_view name) noexcept {
  for (const auto& kind : privacy::kKindTable) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

Status unknown_kind(const char* option, std::size_t index) {
  std::string text = "name " + std::to_string(index + 1) + " of ";
  text += option;
  text += " is no kind of personal data; known are ";
  for (const auto& kind : privacy::kKindTable) {
    if (kind.kind != privacy::kKindTable.front().kind) text += ", ";
    text += kind.name;
  }
  return invalid(std::move(text));
}

// Sets `on` for each kind that the option names.
Status read_kinds(const char* option, const std::vector<std::string>& names,
                  std::array<bool, privacy::kKinds>& on) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const privacy::KindInfo* const kind = kind_of(names[i]);
    if (kind == nullptr) return unknown_kind(option, i);
    on[static_cast<std::size_t>(kind->kind)] = true;
  }
  return {};
}

Status read_detectors(const Options& options, privacy::DetectedKinds& detect) {
  std::array<bool, privacy::kKinds> on{}, off{};
  if (Status read = read_kinds("detect", options.detect, on); !read) return read;
  if (Status read = read_kinds("do_not_detect", options.do_not_detect, off); !read) return read;
  for (const auto& [kind, masked] : {std::pair{Kind::kEmail, options.mask_emails},
                                     {Kind::kCard, options.mask_cards},
                                     {Kind::kPhone, options.mask_phones}}) {
    if (!masked) off[static_cast<std::size_t>(kind)] = true;
  }
  for (const auto& kind : privacy::kKindTable) {
    const auto index = static_cast<std::size_t>(kind.kind);
    if (on[index] && off[index]) {
      return invalid("detect names \"" + std::string(kind.name) +
                     "\", which do_not_detect (or mask_emails, mask_cards, mask_phones) turns off; "
                     "leave one of them out");
    }
    if (on[index]) detect[kind.kind] = true;
    if (off[index]) detect[kind.kind] = false;
  }
  return {};
}

// An id that is none is not shown: it may be the key.
Status check_keys(const Options& options) {
  for (std::size_t i = 0; i < options.pseudonym_keys.size(); ++i) {
    const auto& [id, key] = options.pseudonym_keys[i];
    const std::string which = "key " + std::to_string(i + 1) + " of pseudonym_keys ";
    if (!privacy::is_key_id(id))
      return invalid(which + "has an id that is not 1 to 32 letters, digits, '-' and '_'");
    if (key.size() < kKeyBytesMin) {
      return invalid(which + "(" + id +
                     ") has fewer than 16 bytes, which can be guessed; make one with: openssl rand "
                     "-hex 32");
    }
    const auto end = options.pseudonym_keys.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(options.pseudonym_keys.begin(), end,
                    [&](const auto& earlier) { return earlier.first == id; }))
      return invalid(which + "has the id of an earlier one (" + id + "); give each key its own");
  }
  return {};
}

Status check_rules(const Options& options, const privacy::PathRules& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Action& action = rules.action(i);
    if (action.kind != Action::Kind::kPseudonym) continue;
    if (std::none_of(options.pseudonym_keys.begin(), options.pseudonym_keys.end(),
                     [&](const auto& key) { return key.first == action.text; })) {
      return invalid("privacy_rules: path rule " + std::to_string(i + 1) + " (" +
                     options.privacy_rules[i] + ") needs the key \"" + action.text +
                     "\"; add it to pseudonym_keys");
    }
  }
  return {};
}

}  // namespace

Result<privacy::RuleSetOptions> rule_options(const Options& options) {
  privacy::RuleSetOptions rules;
  rules.remove_fields = options.remove_fields;
  rules.allow_fields = options.allow_fields;
  rules.pseudonym_keys = options.pseudonym_keys;
  if (Status read = read_detectors(options, rules.detect); !read) return read;
  if (Status keys = check_keys(options); !keys) return keys;
  if (options.privacy_rules.empty()) return rules;
  auto paths = privacy::PathRules::parse(options.privacy_rules);
  if (!paths) return invalid("privacy_rules: " + std::string(paths.status().message()));
  if (Status usable = check_rules(options, *paths); !usable) return usable;
  rules.paths = *std::move(paths);
  return rules;
}

bool needs_salt(const privacy::RuleSetOptions& rules) noexcept {
  for (std::size_t i = 0; i < rules.paths.size(); ++i) {
    if (rules.paths.action(i).kind == Action::Kind::kHash) return true;
  }
  return false;
}

Status too_large_event(std::size_t bytes_max) {
  return {StatusCode::kTooLarge, "the event is larger than event_bytes_max (" +
                                     std::to_string(bytes_max) +
                                     " bytes) when encoded; shorten its texts"};
}

}  // namespace penstock
