// An object that C builds member by member, to be the details or the metadata of events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/event.hpp"
#include "penstock/status.hpp"

namespace penstock::c {

// One thread at a time. Functions throw BadArgument, which from then on each call throws until
// clear(); and std::bad_alloc, which changes nothing. Memory is kept for the next use.
//
// What is beyond the limits of an event fails with kInvalidEvent, and is held as far as an event
// with it is refused too.
class ObjectBuilder {
 public:
  // To what is open: in an array `name` is empty. A `value` that is no object or array.
  Status add(std::string_view name, const Value& value);
  Status open(std::string_view name, Value::Type type);  // kObject or kArray
  Status close();
  void clear() noexcept;

  // All of it; views of this object, valid until the next call.
  std::span<const Member> members();

 private:
  struct Span {
    std::size_t begin, size;
  };
  // In the order in which they came, so that behind each its children are.
  struct Node {
    Span name, text;
    Value value;  // but for texts, objects and arrays
    Value::Type type;
    std::uint32_t children = 0;
    std::uint32_t nodes = 1;  // with all that is in it
  };

  void check() const;
  void fault(const char* what);
  Status append(std::string_view name, Value::Type type, const Value& value);
  Span keep(std::string_view text);
  std::string_view view(Span span) const noexcept { return {text_.data() + span.begin, span.size}; }
  const Member* place_members(std::size_t first, std::size_t count);
  const Value* place_items(std::size_t first, std::size_t count);
  Value value_of(std::size_t node);

  std::string text_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> open_;  // nodes
  std::size_t ignored_ = 0;        // opened beyond the limits
  std::size_t top_ = 0;            // members that are in nothing else
  const char* fault_ = nullptr;    // static
  std::vector<Member> members_;    // for members()
  std::vector<Value> items_;
};

}  // namespace penstock::c
