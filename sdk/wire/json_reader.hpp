// JSON from outside, told piece by piece: no tree of values is built. What the SDK reads JSON with;
// who needs the tree takes bounded_json.hpp. (The library's trees take 100 KiB of code.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock::wire {

struct JsonValue {
  enum class Kind { kNull, kBoolean, kUnsigned, kOtherNumber, kText, kObject, kArray };
  Kind kind = Kind::kNull;
  std::uint64_t number = 0;  // of kUnsigned: no sign, no fraction, no exponent
  std::string_view text;     // of kText, without escapes; valid during the call
};

// `depth`: how many objects and arrays are open around what is told. Calls may throw.
class JsonHandler {
 public:
  // The name of a member, without escapes and valid during the call. Its value follows. Names that
  // an object has twice come twice.
  virtual void name(std::size_t depth, std::string_view name) = 0;
  // A whole value, or the beginning of an object or array.
  virtual void value(std::size_t depth, const JsonValue& value) = 0;
  // The end of an object or array; `depth` is that of its value().
  virtual void end(std::size_t depth, JsonValue::Kind kind) = 0;

 protected:
  ~JsonHandler() = default;
};

struct JsonFault {
  enum class Kind {
    kNone,
    kInvalid,     // no JSON (RFC 8259), or more than one value
    kTooDeep,     // more than kJsonDepthMax levels; the rest is not read
    kHugeNumber,  // one that no double holds
  };
  Kind kind = Kind::kNone;
  std::size_t byte = 0;  // where, counted from 1
};

// Tells `handler` what `text` holds, up to the first fault. Throws std::bad_alloc, and what the
// handler throws. Any thread.
JsonFault read_json(std::string_view text, JsonHandler& handler);

}  // namespace penstock::wire
