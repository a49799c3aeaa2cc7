#include "privacy/rules/actions.hpp"

#include <algorithm>
#include <array>

#include "privacy/rule_set.hpp"
#include "privacy/rules/keyed_hash.hpp"
#include "privacy/rules/truncation.hpp"
#include "wire/hex.hpp"
#include "wire/utf8.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDigestBytesShown = 16;

bool is_shown_digest(std::string_view text) noexcept {
  constexpr auto is_digit_of_ours = [](char c) {
    return wire::kHexDigits.find(c) != std::string_view::npos;
  };
  return text.size() == 2 * kDigestBytesShown &&
         std::all_of(text.begin(), text.end(), is_digit_of_ours);
}

bool is_hash(std::string_view text) noexcept {
  return text.starts_with("h:") && is_shown_digest(text.substr(2));
}

bool is_pseudonym(std::string_view text) noexcept {
  if (!text.starts_with("p:")) return false;
  const std::size_t colon = text.find(':', 2);
  if (colon == text.npos || !is_shown_digest(text.substr(colon + 1))) return false;
  return is_key_id(text.substr(2, colon - 2));
}

bool is_masked(std::string_view text) noexcept {
  if (text == kRemovedMask || is_hash(text) || is_pseudonym(text)) return true;
  for (const KindInfo& kind : kKindTable) {
    if (text == kind.mask) return true;
  }
  return false;
}

std::size_t characters_in(std::string_view text) noexcept {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(wire::utf8_step(text).bytes);
  return count;
}

void write_last(std::size_t kept_max, std::string_view value, wire::JsonWriter& out) noexcept {
  if (value.starts_with(kMaskedPrefix) &&
      characters_in(value.substr(kMaskedPrefix.size())) <= kept_max) {
    out.string_part(value);
    return;
  }
  const std::size_t characters = characters_in(value);
  const std::size_t kept = std::min(kept_max, characters / 3);
  for (std::size_t i = kept; i < characters; ++i) {
    value.remove_prefix(wire::utf8_step(value).bytes);
  }
  out.raw(kMaskedPrefix);
  out.string_part(value);
}

void write_digest(const Digest& digest, wire::JsonWriter& out) noexcept {
  for (std::size_t i = 0; i < kDigestBytesShown; ++i) {
    out.raw(wire::kHexDigits[digest[i] >> 4]);
    out.raw(wire::kHexDigits[digest[i] & 0xF]);
  }
}

void write_hash(std::string_view salt, std::string_view value, wire::JsonWriter& out) noexcept {
  if (salt.empty()) return out.raw(kRemovedMask);
  out.raw("h:");
  write_digest(salted_sha256(salt, value), out);
}

void write_pseudonym(std::string_view id, std::string_view key, std::string_view value,
                     wire::JsonWriter& out) noexcept {
  if (key.empty()) return out.raw(kRemovedMask);
  out.raw("p:");
  out.string_part(id);
  out.raw(':');
  write_digest(hmac_sha256(key, value), out);
}

void write_truncated(const Truncated& truncated, wire::JsonWriter& out) noexcept {
  out.raw(truncated.empty() ? kRemovedMask : truncated.view());
}

void write_masked_scalar(const Action& action, const Secrets& secrets, std::string_view value,
                         wire::JsonWriter& out) noexcept {
  switch (action.kind) {
    case Action::Kind::kMaskLast:
      return write_last(action.count, value, out);
    case Action::Kind::kHash:
      return write_hash(secrets.salt, value, out);
    case Action::Kind::kPseudonym:
      return write_pseudonym(action.text, secrets.key(action.text), value, out);
    case Action::Kind::kTruncateIp:
      return write_truncated(truncate_ip(value), out);
    case Action::Kind::kTruncateCoordinates:
      return write_truncated(truncate_coordinates(value, action.count), out);
    case Action::Kind::kTruncateDay:
      return write_truncated(truncate_to_day(value), out);
    case Action::Kind::kRemove:
    case Action::Kind::kReplace:
    case Action::Kind::kAllow:
      break;
  }
  out.raw(kRemovedMask);
}

}  // namespace

std::string_view Secrets::key(std::string_view id) const noexcept {
  for (const PseudonymKey& each : keys) {
    if (each.id == id) return each.key;
  }
  return {};
}

void apply(const Action& action, const Secrets& secrets, std::string_view value,
           wire::JsonWriter& out) noexcept {
  out.raw('"');
  if (action.kind == Action::Kind::kReplace) {
    out.string_part(action.text);
  } else if (action.kind == Action::Kind::kAllow ||
             (action.kind != Action::Kind::kRemove && is_masked(value))) {
    out.string_part(value);
  } else {
    write_masked_scalar(action, secrets, value, out);
  }
  out.raw('"');
}

}  // namespace penstock::privacy
