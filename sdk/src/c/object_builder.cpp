#include "c/object_builder.hpp"

#include "c/handles.hpp"

namespace penstock::c {
namespace {

// With so many, an event has more details, or more values in them, than it may.
constexpr std::size_t kNodesMax = Event::kNestedValuesMax + Event::kDetailsMax + 1;
constexpr std::size_t kTextBytesMax = 16 * 1024 * 1024;  // all together

Status invalid(const char* why) { return {StatusCode::kInvalidEvent, why}; }

}  // namespace

void ObjectBuilder::fault(const char* what) {
  fault_ = what;
  check();
}

void ObjectBuilder::check() const {
  if (fault_ != nullptr) throw BadArgument{fault_};
}

Status ObjectBuilder::add(std::string_view name, const Value& value) {
  return append(name, value.type(), value);
}

Status ObjectBuilder::open(std::string_view name, Value::Type type) {
  check();
  // One level more than an event takes
  const bool ignored = ignored_ != 0 || open_.size() > Event::kDepthMax;
  if (ignored) {
    ++ignored_;
    return invalid("an object or array is nested deeper than 30 levels; flatten it");
  }
  open_.reserve(Event::kDepthMax + 1);  // first: what throws changes nothing
  const std::size_t node = nodes_.size();
  Status appended = append(name, type, {});
  if (nodes_.size() == node) {
    ++ignored_;
  } else {
    open_.push_back(node);
  }
  return appended;
}

Status ObjectBuilder::close() {
  check();
  if (ignored_ != 0) {
    --ignored_;
    return {};
  }
  if (open_.empty()) fault("there is no object or array to close: each is closed once");
  const Node closed = nodes_[open_.back()];
  open_.pop_back();
  if (!open_.empty()) nodes_[open_.back()].nodes += closed.nodes;
  return {};
}

Status ObjectBuilder::append(std::string_view name, Value::Type type, const Value& value) {
  check();
  const bool in_array = !open_.empty() && nodes_[open_.back()].type == Value::Type::kArray;
  if (ignored_ != 0) return invalid("an object or array around it is beyond the limits");
  if (in_array && !name.empty()) fault("a value of an array has no name; give NULL");
  if (nodes_.size() == kNodesMax)
    return invalid("there are more than 1024 values in objects and arrays; use fewer");
  if (text_.size() + name.size() + (type == Value::Type::kText ? value.text().size() : 0) >
      kTextBytesMax) {
    fault("the texts of an object are larger than 16 MiB; shorten them");
  }
  const bool is_text = type == Value::Type::kText;
  Node node{{}, {}, is_text ? Value() : value, type};
  node.name = keep(name);
  if (is_text) node.text = keep(value.text());
  nodes_.push_back(node);
  if (open_.empty()) {
    ++top_;
  } else {
    Node& parent = nodes_[open_.back()];
    ++parent.children;
    if (type != Value::Type::kObject && type != Value::Type::kArray) ++parent.nodes;
  }
  return {};
}

ObjectBuilder::Span ObjectBuilder::keep(std::string_view text) {
  const Span kept{text_.size(), text.size()};
  text_ += text;
  return kept;
}

void ObjectBuilder::clear() noexcept {
  text_.clear();
  nodes_.clear();
  open_.clear();
  ignored_ = top_ = 0;
  fault_ = nullptr;
}

// --- As an event takes them ---------------------------------------------------------------------

std::span<const Member> ObjectBuilder::members() {
  check();
  if (!open_.empty() || ignored_ != 0)
    throw BadArgument{"an object or array of the event is still open; close it first"};
  members_.clear();
  items_.clear();
  members_.reserve(nodes_.size());  // so that none moves
  items_.reserve(nodes_.size());
  return {place_members(0, top_), top_};
}

const Member* ObjectBuilder::place_members(std::size_t first, std::size_t count) {
  const std::size_t begin = members_.size();
  members_.resize(begin + count);
  for (std::size_t i = 0, node = first; i < count; ++i, node += nodes_[node].nodes)
    members_[begin + i] = {view(nodes_[node].name), value_of(node)};
  return members_.data() + begin;
}

const Value* ObjectBuilder::place_items(std::size_t first, std::size_t count) {
  const std::size_t begin = items_.size();
  items_.resize(begin + count);
  for (std::size_t i = 0, node = first; i < count; ++i, node += nodes_[node].nodes)
    items_[begin + i] = value_of(node);
  return items_.data() + begin;
}

Value ObjectBuilder::value_of(std::size_t node) {
  const Node& of = nodes_[node];
  switch (of.type) {
    case Value::Type::kText:
      return view(of.text);
    case Value::Type::kObject:
      return Value::object(place_members(node + 1, of.children), of.children);
    case Value::Type::kArray:
      return Value::array(place_items(node + 1, of.children), of.children);
    default:
      return of.value;
  }
}

}  // namespace penstock::c
