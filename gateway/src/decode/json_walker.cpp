#include "json_walker.hpp"

#include <algorithm>

#include "json_text.hpp"

namespace penstock::gateway {

bool JsonWalker::value(JsonValue& out) {
  const char first = next();
  if (first == '"') {
    const std::size_t begin = offset();
    out.kind = JsonKind::kString;
    if (!string(out.text)) return false;
    out.raw = text_.substr(begin, out.text.raw.size() + 2);
    return true;
  }
  return first == '{' || first == '[' ? container(out) : scalar(out);
}

bool JsonWalker::container(JsonValue& out) {
  const std::size_t begin = offset();
  JsonValue inner;
  bool ok = false;
  if (next() == '{') {
    out.kind = JsonKind::kObject;
    ok = object([&](const JsonText&) { return value(inner); });
  } else {
    out.kind = JsonKind::kArray;
    ok = array([&] { return value(inner); });
  }
  if (ok) out.raw = since(begin);
  return ok;
}

bool JsonWalker::string(JsonText& out) {
  if (next() != '"') return fail("a string");
  const std::size_t begin = offsets_[at_] + 1;
  const std::size_t end = token_end(at_) - 1;  // the closing quote: the scan has seen to it
  ++at_;
  out.raw = text_.substr(begin, end - begin);
  if (next_escape_ < begin) next_escape_ = std::min(text_.find('\\', begin), text_.size());
  out.escaped = next_escape_ < end;
  return !out.escaped || check_escapes(out);
}

bool JsonWalker::check_escapes(JsonText& text) {
  unescaped_.clear();
  const Unescaped result = unescape(text.raw, unescaped_);
  const std::size_t at = static_cast<std::size_t>(text.raw.data() - text_.data()) + result.at;
  switch (result.error) {
    case EscapeError::kNone:
      return true;
    case EscapeError::kUnknownEscape:
      return fail_with(wire::RejectCode::kMalformedJson, at, "an escape that JSON knows");
    case EscapeError::kLoneSurrogate:
      return fail_with(wire::RejectCode::kInvalidUtf8, at, "a surrogate pair, not half of one");
  }
  return false;
}

bool JsonWalker::check_name(const JsonText& name) noexcept {
  const std::size_t bytes = name.escaped ? unescaped_.size() : name.raw.size();
  if (bytes <= wire::kFieldNameBytesMax) return true;
  const auto at = static_cast<std::size_t>(name.raw.data() - text_.data());
  return fail_with(wire::RejectCode::kInvalidIdentifier, at, "a field name of at most 128 bytes");
}

bool JsonWalker::scalar(JsonValue& out) noexcept {
  if (at_end()) return fail("a value");
  const std::size_t begin = offset();
  out.raw = text_.substr(begin, token_end(at_) - begin);
  if (out.raw == "null") {
    out.kind = JsonKind::kNull;
  } else if (out.raw == "true" || out.raw == "false") {
    out.kind = JsonKind::kBoolean;
  } else if (is_json_number(out.raw)) {
    out.kind = JsonKind::kNumber;
  } else {
    return fail("a value");
  }
  ++at_;
  return true;
}

bool JsonWalker::enter() noexcept {
  if (depth_left_ == 0) {
    return fail_with(wire::RejectCode::kTooDeep, offsets_[at_ - 1], "no deeper nesting");
  }
  --depth_left_;
  return true;
}

bool JsonWalker::fail(std::string_view expected) noexcept {
  return fail_with(wire::RejectCode::kMalformedJson, offset(), expected);
}

bool JsonWalker::fail_with(wire::RejectCode code, std::size_t at,
                           std::string_view expected) noexcept {
  if (!failed_) error_ = {code, at, expected};
  failed_ = true;
  return false;
}

}  // namespace penstock::gateway
