// Reads JSON forward, token by token, and checks all of it: nothing is skipped unseen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "request.hpp"
#include "structural_index.hpp"
#include "wire/limits.hpp"

namespace penstock::gateway {

struct JsonError {
  wire::RejectCode code = wire::RejectCode::kMalformedJson;
  std::size_t at = 0;         // bytes into the text
  std::string_view expected;  // what should have been there; static text
};

// What stands between a string's quotes, as it came. Its escapes are checked.
struct JsonText {
  std::string_view raw;
  bool escaped = false;  // has escapes, so that `raw` is not what it means
};

struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  std::string_view raw;
  JsonText text;  // if kString
};

// Each reading function returns false once something is wrong; error() says what, and the walker is
// then of no more use. Allocates only for strings with escapes. One thread at a time.
class JsonWalker {
 public:
  // `index` has scanned `text`; both outlive the walker. Deeper nesting than `depth_max` is an
  // error.
  JsonWalker(std::string_view text, const StructuralIndex& index, std::size_t depth_max) noexcept
      : text_(text), offsets_(index.offsets()), count_(index.count()), depth_left_(depth_max) {}

  bool at_end() const noexcept { return at_ == count_; }
  // The first byte of the next token; NUL at the end.
  char next() const noexcept { return at_end() ? '\0' : text_[offsets_[at_]]; }
  // Where the next token begins; the text's size at the end.
  std::size_t offset() const noexcept { return offsets_[at_]; }
  // Tokens that are left.
  std::size_t remaining() const noexcept { return count_ - at_; }

  // Any value.
  bool value(JsonValue& out);

  // An object: on_member(const JsonText& name) reads each value, and stops all by returning false.
  template <typename OnMember>
  bool object(OnMember on_member) {
    if (!take('{') || !enter()) return fail("an object");
    if (!take('}')) {
      do {
        JsonText name;
        if (!string(name)) return false;
        if (!check_name(name) || !take(':')) return fail("':'");
        if (!on_member(std::as_const(name))) return false;
      } while (take(','));
      if (!take('}')) return fail("',' or '}'");
    }
    ++depth_left_;
    return true;
  }

  // An array: on_element() reads each, as above.
  template <typename OnElement>
  bool array(OnElement on_element) {
    if (!take('[') || !enter()) return fail("an array");
    if (!take(']')) {
      do {
        if (!on_element()) return false;
      } while (take(','));
      if (!take(']')) return fail("',' or ']'");
    }
    ++depth_left_;
    return true;
  }

  // What was read since the token at `offset`.
  std::string_view since(std::size_t offset) const noexcept {
    return text_.substr(offset, token_end(at_ - 1) - offset);
  }

  // How deep the next value may nest; returns what was allowed before, to be set again behind it.
  std::size_t allow_depth(std::size_t depth) noexcept { return std::exchange(depth_left_, depth); }

  // Notes what was expected here, unless an error is noted already. Returns false.
  bool fail(std::string_view expected) noexcept;
  const JsonError& error() const noexcept { return error_; }

 private:
  bool take(char c) noexcept {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  bool enter() noexcept;
  bool string(JsonText& out);
  bool scalar(JsonValue& out) noexcept;
  bool container(JsonValue& out);
  bool check_name(const JsonText& name) noexcept;
  bool check_escapes(JsonText& text);
  bool fail_with(wire::RejectCode code, std::size_t at, std::string_view expected) noexcept;
  // Behind the last byte of a token: white space before the next one is not part of it.
  std::size_t token_end(std::size_t token) const noexcept {
    std::size_t end = offsets_[token + 1];
    while (is_space(text_[end - 1])) --end;
    return end;
  }
  static bool is_space(char c) noexcept {
    return static_cast<unsigned char>(c) <= ' ' &&
           (c == ' ' || c == '\n' || c == '\t' || c == '\r');
  }

  std::string_view text_;
  const std::uint32_t* offsets_;
  std::size_t count_;
  std::size_t at_ = 0;
  std::size_t depth_left_;
  std::size_t next_escape_ = 0;  // no '\' stands between the last string that was read and this
  std::string unescaped_;        // the last string with escapes
  JsonError error_;
  bool failed_ = false;
};

}  // namespace penstock::gateway
