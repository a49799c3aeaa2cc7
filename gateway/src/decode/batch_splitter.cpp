#include "batch_splitter.hpp"

#include <algorithm>
#include <string>

#include "wire/field_names.hpp"

namespace penstock::gateway {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// The brackets that are open, innermost last. Each is pushed and popped once.
class OpenBrackets {
 public:
  bool empty() const noexcept { return open_.empty(); }
  bool has_object() const noexcept { return objects_ != 0; }

  void see(char c) {
    if (c == '{' || c == '[') {
      open_.push_back(c);
      ++count(c);
    }
    if (c == '}') close('{');
    if (c == ']') close('[');
  }

 private:
  // The innermost `bracket`, and what is open inside it. A ']' without its '[' is taken for the '}'
  // of an inner object: passed over, it would leave that open, and swallow the events behind.
  void close(char bracket) noexcept {
    if (bracket == '[' && arrays_ == 0 && objects_ > 1) bracket = '{';
    if (count(bracket) == 0) return;
    char closed = 0;
    do {
      closed = open_.back();
      open_.pop_back();
      --count(closed);
    } while (closed != bracket);
  }
  std::size_t& count(char bracket) noexcept { return bracket == '{' ? objects_ : arrays_; }

  std::string open_;
  std::size_t objects_ = 0, arrays_ = 0;
};

class Splitter {
 public:
  explicit Splitter(std::string_view body) noexcept : body_(body) {}

  bool take(char c) noexcept {
    skip_space();
    if (at_ == body_.size() || body_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() noexcept {
    skip_space();
    return at_ == body_.size();
  }
  std::size_t at() const noexcept { return at_; }

  // Behind the '[' of the member "events" of the object that was just entered. False if it has
  // none.
  bool enter_events() {
    OpenBrackets open;
    while (at_ < body_.size()) {
      const std::size_t begin = at_;
      const char c = body_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        const bool named = body_.substr(begin + 1, at_ - begin - 2) == wire::field::kEvents;
        if (named && open.empty() && take(':') && take('[')) return true;
        continue;
      }
      ++at_;
      if (c == '}' && !open.has_object()) return false;
      open.see(c);
    }
    return false;
  }

  // Behind the '}' of the object that was just entered. False if the body ends within it.
  bool skip_object() {
    OpenBrackets open;
    for (open.see('{'); !open.empty();) {
      if (at_ >= body_.size()) return false;
      const char c = body_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      open.see(c);
      ++at_;
    }
    return true;
  }

  // Up to the comma or the ']' behind one element. False if the body ends within it.
  bool skip_element() {
    OpenBrackets open;
    while (at_ < body_.size()) {
      const char c = body_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if ((c == ',' || c == ']') && open.empty()) return true;
      open.see(c);
      ++at_;
    }
    return false;
  }

 private:
  void skip_space() noexcept { at_ = std::min(body_.find_first_not_of(kSpace, at_), body_.size()); }

  bool skip_string() noexcept {
    for (++at_; at_ < body_.size(); ++at_) {
      if (body_[at_] == '\\') {
        ++at_;
      } else if (body_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    at_ = body_.size();
    return false;
  }

  std::string_view body_;
  std::size_t at_ = 0;
};

// The elements of the array that was just entered, up to its ']'.
bool split_array(Splitter& splitter, std::string_view body, std::size_t events_max,
                 SplitBatch& split) {
  bool first = true;
  for (;;) {
    const std::size_t begin = splitter.at();
    if (!splitter.skip_element()) return false;
    const std::string_view element = trimmed(body.substr(begin, splitter.at() - begin));
    const bool more = splitter.take(',');
    if (!first || more || !element.empty()) split.events.push_back(element);
    first = false;
    if (!more || split.events.size() > events_max) return true;
  }
}

}  // namespace

std::optional<SplitBatch> split_batch(std::string_view body, std::size_t events_max) {
  SplitBatch split;
  Splitter splitter(body);
  if (splitter.take('[')) {
    if (!split_array(splitter, body, events_max, split)) return std::nullopt;
    const bool complete = splitter.take(']') && splitter.at_end();
    if (!complete && split.events.size() <= events_max) return std::nullopt;
    return split;
  }
  if (!splitter.take('{')) return std::nullopt;
  if (splitter.enter_events()) {
    split.before = body.substr(0, splitter.at());
    if (!split_array(splitter, body, events_max, split)) return std::nullopt;
    split.after = body.substr(splitter.at());
    return split;
  }
  Splitter alone(body);
  if (!alone.take('{') || !alone.skip_object() || !alone.at_end()) return std::nullopt;
  split.events.push_back(trimmed(body));
  return split;
}

SplitBatch split_lines(std::string_view body, std::size_t events_max) {
  SplitBatch split;
  while (!body.empty() && split.events.size() <= events_max) {
    const std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (const auto event = trimmed(line); !event.empty()) split.events.push_back(event);
  }
  return split;
}

}  // namespace penstock::gateway
