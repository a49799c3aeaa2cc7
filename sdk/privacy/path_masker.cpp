#include "privacy/path_masker.hpp"

#include <algorithm>
#include <cstring>

#include "privacy/decoded_text.hpp"
#include "privacy/json_scan.hpp"
#include "privacy/mask.hpp"
#include "wire/field_names.hpp"

namespace penstock::privacy {
namespace {

// The text of a JSON string without its quotes, unescaped.
class UnescapedText {
 public:
  explicit UnescapedText(std::string_view escaped) noexcept {
    if (escaped.find('\\') == std::string_view::npos) {
      text_ = escaped;
      return;
    }
    std::size_t size = 0;
    while (!escaped.empty()) {
      const Unescaped next = unescape_next(escaped);
      if (size + next.count > PathMasker::kEscapedBytesMax) {
        too_long_ = true;
        return;
      }
      std::memcpy(bytes_.data() + size, next.bytes.data(), sizeof next.bytes);
      size += next.count;
      escaped.remove_prefix(next.escaped_count);
    }
    text_ = {bytes_.data(), size};
  }
  UnescapedText(const UnescapedText&) = delete;
  UnescapedText& operator=(const UnescapedText&) = delete;

  bool too_long() const noexcept { return too_long_; }
  std::string_view text() const noexcept { return text_; }

 private:
  std::array<char, PathMasker::kEscapedBytesMax + sizeof(Unescaped::bytes)> bytes_;
  std::string_view text_;
  bool too_long_ = false;
};

// True if a JSON string of `text` has an escape: then write() reads no more of it than
// kEscapedBytesMax, and write_text() does as write().
bool has_escapes_in_json(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
}

bool is_structured(std::string_view json) noexcept {
  return !json.empty() && (json.front() == '{' || json.front() == '[');
}

}  // namespace

std::size_t PathMasker::apply(const Action& action, std::string_view text) noexcept {
  const std::size_t begin = out_.size();
  privacy::apply(action, rules_.secrets(), text, out_);
  if (out_.overflowed()) return 1;
  const std::string_view written = out_.text().substr(begin);
  return written.size() == text.size() + 2 && written.substr(1, text.size()) == text ? 0 : 1;
}

// A string, a number or a word.
std::size_t PathMasker::scalar(const Action& action, std::string_view json) noexcept {
  if (json == "null" && !action.replaces_whole()) {
    out_.raw(json);
    return 0;
  }
  if (json.front() != '"') return apply(action, json);
  const UnescapedText text(json.substr(1, json.size() - 2));
  if (!text.too_long() || action.replaces_whole()) return apply(action, text.text());
  out_.string(kRemovedMask);
  return 1;
}

std::size_t PathMasker::write(const PathRules::State& state, std::string_view name,
                              std::string_view json) noexcept {
  const Action* const action = rules_.paths().action_of(state);
  const bool structured = is_structured(json);
  const std::uint8_t rule = rules_.paths().rule_of(state);
  if (action != nullptr && action->replaces_whole())
    return tell_rule(rule, json, scalar(*action, structured ? "{" : json));
  const bool allowed = action != nullptr && action->kind == Action::Kind::kAllow;
  if (allowed && (state.dead() || !structured)) {
    out_.raw(json);
    return 0;
  }
  if (action == nullptr && (state.dead() || !structured || rules_.removes(name)))
    return tell_others(name, json, write_masked_json(rules_, name, json, out_));
  if (!structured) return tell_rule(rule, json, scalar(*action, json));
  return json.front() == '{' ? object(state, json) : array(state, name, json);
}

std::size_t PathMasker::write_text(const PathRules::State& state, std::string_view name,
                                   std::string_view text) noexcept {
  if (const Action* const action = rules_.paths().action_of(state)) {
    const bool unread = text.size() > kEscapedBytesMax && !action->replaces_whole() &&
                        action->kind != Action::Kind::kAllow && has_escapes_in_json(text);
    if (!unread) return apply(*action, text);
    out_.string(kRemovedMask);
    return 1;
  }
  if (!rules_.removes(name)) return write_masked(rules_, text, out_);
  out_.string(kRemovedMask);
  return 1;
}

std::size_t PathMasker::member_name(std::string_view quoted, bool as_it_is) noexcept {
  const UnescapedText text(quoted.substr(1, quoted.size() - 2));
  if (text.too_long()) {
    out_.string(kRemovedMask);
    return tell_rule(PathRules::kNoRule, quoted, 1);
  }
  if (!as_it_is)
    return tell_others("", quoted, write_masked_name(rules_, text.text(), name_masks_, out_));
  out_.raw(quoted);
  return 0;
}

std::size_t PathMasker::tell_rule(std::uint8_t rule, std::string_view json,
                                  std::size_t masked) noexcept {
  if (masked != 0 && reader_ != nullptr) reader_->by_rule(rule, path_, json);
  return masked;
}

std::size_t PathMasker::tell_others(std::string_view name, std::string_view json,
                                    std::size_t masked) noexcept {
  if (masked != 0 && reader_ != nullptr) reader_->by_others(name, json);
  return masked;
}

std::size_t PathMasker::write_event(std::string_view json) noexcept {
  return object(rules_.paths().root(), json, Objects::kEmptied);
}

std::size_t PathMasker::write_name(const PathRules::State& object, std::string_view name) noexcept {
  const Action* const action = rules_.paths().action_of(object);
  if (action == nullptr || action->kind != Action::Kind::kAllow)
    return write_masked_name(rules_, name, name_masks_, out_);
  out_.string(name);
  return 0;
}

bool PathMasker::takes_whole(const PathRules::State& object) const noexcept {
  const Action* const action = rules_.paths().action_of(object);
  return action != nullptr && action->replaces_whole();
}

std::size_t PathMasker::object(const PathRules::State& state, std::string_view json,
                               Objects objects) noexcept {
  const Action* const own = rules_.paths().action_of(state);
  const bool allowed = own != nullptr && own->kind == Action::Kind::kAllow;
  std::size_t masked = 0;
  out_.raw('{');
  std::size_t at = skip_space(json, 1);
  for (bool first = true; at < json.size() && json[at] == '"'; first = false) {
    const std::size_t name_end = string_end(json, at);
    const std::string_view quoted = json.substr(at, name_end + 1 - at);
    const std::size_t begin = skip_space(json, skip_space(json, name_end + 1) + 1);
    const std::size_t end = value_end(json, begin);
    if (!first) out_.raw(',');
    masked += member_name(quoted, allowed);
    out_.raw(':');
    masked += member(state, quoted.substr(1, quoted.size() - 2), json.substr(begin, end - begin),
                     objects);
    at = skip_space(json, end);
    if (at < json.size() && json[at] == ',') at = skip_space(json, at + 1);
  }
  out_.raw('}');
  return masked;
}

std::size_t PathMasker::member(const PathRules::State& object, std::string_view name,
                               std::string_view json, Objects objects) noexcept {
  const UnescapedText plain(name);
  const PathRules::State state = rules_.paths().child(object, plain.text());
  const FieldPath here{plain.text(), path_};
  path_ = &here;
  const bool empties =
      objects == Objects::kEmptied && is_structured(json) && json.front() == '{' &&
      (plain.text() == wire::field::kDetails || plain.text() == wire::field::kMetadata) &&
      takes_whole(state);
  if (empties) out_.raw("{}");
  const std::size_t masked = empties ? tell_rule(rules_.paths().rule_of(state), json, 1)
                                     : write(state, plain.text(), json);
  path_ = here.above;
  return masked;
}

std::size_t PathMasker::array(const PathRules::State& state, std::string_view name,
                              std::string_view json) noexcept {
  std::size_t masked = 0;
  out_.raw('[');
  std::size_t at = skip_space(json, 1);
  for (bool first = true; at < json.size() && json[at] != ']'; first = false) {
    const std::size_t end = value_end(json, at);
    if (end == at) break;
    if (!first) out_.raw(',');
    masked += write(state, name, json.substr(at, end - at));
    at = skip_space(json, end);
    if (at < json.size() && json[at] == ',') at = skip_space(json, at + 1);
  }
  out_.raw(']');
  return masked;
}

}  // namespace penstock::privacy
