#include "privacy/rules/path_rule.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "privacy/rules/field_name.hpp"
#include "privacy/rules/keyed_hash.hpp"
#include "wire/field_names.hpp"
#include "wire/utf8.hpp"

namespace penstock::privacy {
namespace {

using Fault = const char*;  // nullptr: none

namespace field = wire::field;
constexpr std::string_view kReachable[] = {
    field::kDetails,   field::kMetadata,      field::kContext,   field::kUserId,
    field::kSessionId, field::kPageId,        field::kRecordId,  field::kActivityType,
    field::kAction,    field::kCorrelationId, field::kInstallId, field::kEventId,
};
constexpr std::string_view kNeverMasked[] = {field::kEventType, field::kTimestamp, field::kSeq,
                                             field::kSchemaVersion};
constexpr std::string_view kStamped[] = {field::kReceivedAt, field::kClockSkewMs};

bool holds(std::span<const std::string_view> fields, std::string_view normalised) noexcept {
  for (const std::string_view each : fields) {
    if (equals_normalised(each, normalised)) return true;
  }
  return false;
}

bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the first word and the spaces behind it from `rest`.
std::string_view next_word(std::string_view& rest) noexcept {
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

// Reads the path at the front of a line.
class PathReader {
 public:
  PathReader(std::string_view text, PathRule& rule) noexcept : text_(text), rule_(rule) {}

  Fault read() {
    for (std::size_t names = 1;; ++names) {
      if (names > kPathNamesMax)
        return "has more than 16 names in its path; put ** in the place of some";
      if (Fault fault = read_name()) return fault;
      if (at_ == text_.size() || is_space(text_[at_])) break;
      ++at_;  // the '.'
    }
    if (at_ > kPathBytesMax)
      return "has a path of more than 256 bytes; put * or ** in the place of some names";
    if (rule_.step_count == 0) rule_.step_count = 1;  // "**"
    return check_first();
  }
  std::string_view rest() const noexcept { return trimmed(text_.substr(at_)); }

 private:
  Fault read_name() noexcept {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
    const std::size_t end = std::min(text_.find_first_of(". \t", at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end;
    if (name.empty())
      return "has an empty name in its path; part names by one dot, as in details.customer.name";
    if (name == "**") {
      behind_many_ = true;
      return nullptr;
    }
    if (name == "*") return add({});
    if (name.find('"') != name.npos)
      return "has a quote inside a name; quote a name as a whole, as in details.\"unit.price\"";
    if (name.find('*') != name.npos)
      return "has a * inside a name; * stands for a whole name, and a name with * in it is quoted";
    return add_named(name);
  }
  Fault read_quoted() noexcept {
    const std::size_t end = text_.find('"', at_ + 1);
    if (end == text_.npos) return "has a quote that does not end; add a \" behind the name";
    const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (at_ < text_.size() && text_[at_] != '.' && !is_space(text_[at_]))
      return "has more of a name behind its quotes; quote a name as a whole, as in "
             "details.\"unit.price\"";
    return add_named(name);
  }
  Fault add_named(std::string_view name) noexcept {
    if (hash_of(name, 1).length == 0)
      return "has a name of nothing but '_', '-', '.' and spaces, which do not count; use *";
    return add(name);
  }
  Fault add(std::string_view name) noexcept {
    rule_.steps[rule_.step_count++] = {name, behind_many_};
    behind_many_ = false;
    return nullptr;
  }
  Fault check_first() const {
    const PathStep& first = rule_.steps.front();
    if (first.behind_many || first.name.empty()) return nullptr;
    const std::string name = normalise(first.name);
    if (holds(kReachable, name)) return nullptr;
    if (holds(kNeverMasked, name))
      return "can never match, as eventType, timestamp, seq and schemaVersion are never masked; "
             "leave it out";
    if (holds(kStamped, name))
      return "can never match, as the gateway writes receivedAt and clockSkewMs itself; leave it "
             "out";
    return "can never match, as its first name is no field of an event (details, metadata, "
           "context, userId, sessionId, pageId, recordId, activityType, action, correlationId, "
           "installId, eventId); write the whole path, or **. in front";
  }

  std::string_view text_;
  PathRule& rule_;
  std::size_t at_ = 0;
  bool behind_many_ = false;
};

// Reads one or two digits from `rest`; 0 unless the number is 1 to `most`.
std::uint8_t read_count(std::string_view& rest, unsigned most) noexcept {
  unsigned value = 0;
  const std::string_view word = next_word(rest);
  for (const char c : word) {
    if (c < '0' || c > '9' || value > most) return 0;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return static_cast<std::uint8_t>(value <= most ? value : 0);
}

Fault read_mask(std::string_view& rest, Action& action) noexcept {
  action.kind = Action::Kind::kMaskLast;
  if (next_word(rest) == "last") action.count = read_count(rest, kKeptCharactersMax);
  if (action.count > 0) return nullptr;
  return "does not say how many characters stay; write \"mask last 4\" (1 to 16)";
}

Fault read_truncate(std::string_view& rest, Action& action) noexcept {
  const std::string_view what = next_word(rest);
  if (what == "ip") {
    action.kind = Action::Kind::kTruncateIp;
  } else if (what == "day") {
    action.kind = Action::Kind::kTruncateDay;
  } else if (what == "coordinates") {
    action.kind = Action::Kind::kTruncateCoordinates;
    action.count = read_count(rest, kCoordinateDigitsMax);
    if (action.count == 0)
      return "does not say how many decimals stay; write \"truncate coordinates 2\" (1 to 4)";
  } else {
    return "does not say what to truncate; write \"truncate ip\", \"truncate coordinates 2\" or "
           "\"truncate day\"";
  }
  return nullptr;
}

Fault read_replace(std::string_view& rest, Action& action) {
  action.kind = Action::Kind::kReplace;
  const std::string_view text = std::exchange(rest, {});
  if (text.empty() || text.size() > kActionTextBytesMax || !wire::is_utf8(text))
    return "needs 1 to 64 bytes of UTF-8 as the new text; write \"replace [note]\"";
  text.copy(action.text, kActionTextBytesMax);
  return nullptr;
}

Fault read_pseudonym(std::string_view& rest, Action& action) {
  action.kind = Action::Kind::kPseudonym;
  const std::string_view id = next_word(rest);
  if (is_key_id(id)) {
    id.copy(action.text, kActionTextBytesMax);
    return nullptr;
  }
  return "does not name its key; write \"pseudonym key1\" (1 to 32 letters, digits, '-' and '_')";
}

Fault read_verb(std::string_view& rest, Action& action) {
  const std::string_view verb = next_word(rest);
  if (verb == "mask") return read_mask(rest, action);
  if (verb == "truncate") return read_truncate(rest, action);
  if (verb == "replace") return read_replace(rest, action);
  if (verb == "pseudonym") return read_pseudonym(rest, action);
  if (verb == "remove") {
    action.kind = Action::Kind::kRemove;
  } else if (verb == "hash") {
    action.kind = Action::Kind::kHash;
  } else if (verb == "allow") {
    action.kind = Action::Kind::kAllow;
  } else {
    return verb.empty() ? "has no action; write it behind the path, as in \"details.name remove\""
                        : "has an unknown action; the actions are remove, replace, mask, hash, "
                          "pseudonym, truncate and allow";
  }
  return nullptr;
}

}  // namespace

const char* read_path_rule(std::string_view line, PathRule& rule) {
  line = trimmed(line);
  if (line.empty()) return "is empty; write a path and an action, as in \"details.name remove\"";
  for (const char c : line) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F)
      return "holds a control character; write one rule a line, in plain text";
  }
  PathReader path(line, rule);
  if (Fault fault = path.read()) return fault;
  std::string_view rest = path.rest();
  if (Fault fault = read_verb(rest, rule.action)) return fault;
  return rest.empty() ? nullptr : "has more words behind its action; leave them out";
}

}  // namespace penstock::privacy
