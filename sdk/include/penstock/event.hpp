// Typed events: what happened, built on the stack and handed to Client::track().
//
//   client.track(Event::click("approval-screen", "approve-button")
//                    .detail("itemsSelected", 3));
//
// Ownership  An Event copies the texts that it is given: 512 bytes of them into itself, more onto
//            the heap. It can be kept, copied and moved. A Value is a view, for the call that it is
//            given to.
// Threads    One thread at a time for one Event.
// Errors     Building never fails. What is wrong with an event, or that there was no memory for its
//            texts, track() says.
//
// What an event may hold; the same rules for C (penstock.h), and for what an event in JSON
// (Client::track_json()) has:
//   identifiers (user, session, page, record, correlation, activity, action): 1 to 256 bytes
//            without control characters. The optional ones are left out by an empty text (in JSON
//            by null). What an event is about is not optional: the page of page events, the
//            element, the form, the process, the error, the record, the action
//   names of details and metadata: 1 to 128 bytes, each once, also in the objects among them
//   numbers  finite ones
//   texts    UTF-8; bytes that are none become U+FFFD each, for a damaged text says more than none
//   objects and arrays: 30 within each other, 1024 values in those of one event, 64 members of an
//            object
// and 64 MiB in all until it is encoded, when Options::event_bytes_max holds.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "penstock/export.h"
#include "penstock/layout.hpp"

namespace penstock {

struct Member;

// The value of one detail: text (UTF-8), a number, true or false, null, or an object or array of
// values:
//
//   event.detail("cart", Value::object({{"total", 12.5},
//                                       {"codes", Value::array({"spring", "staff"})}}));
class Value {
 public:
  enum class Type : std::uint8_t {
    kNull,
    kText,
    kSigned,
    kUnsigned,
    kReal,
    kBoolean,
    kObject,
    kArray
  };

  constexpr Value() noexcept = default;
  constexpr Value(std::nullptr_t) noexcept {}
  constexpr Value(std::string_view text PENSTOCK_LIFETIMEBOUND) noexcept
      : type_(Type::kText), size_(text.size()), text_(text.data()) {}
  // A null pointer is null, not a crash.
  constexpr Value(const char* text PENSTOCK_LIFETIMEBOUND) noexcept
      : Value(text == nullptr ? Value() : Value(std::string_view(text))) {}
  Value(const std::string& text PENSTOCK_LIFETIMEBOUND) noexcept : Value(std::string_view(text)) {}
  template <typename Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  constexpr Value(Number number) noexcept {
    if constexpr (std::is_same_v<Number, bool>) {
      type_ = Type::kBoolean;
      unsigned_ = number ? 1 : 0;
    } else if constexpr (std::is_floating_point_v<Number>) {
      type_ = Type::kReal;
      real_ = static_cast<double>(number);
    } else if constexpr (std::is_signed_v<Number>) {
      type_ = Type::kSigned;
      signed_ = static_cast<std::int64_t>(number);
    } else {
      type_ = Type::kUnsigned;
      unsigned_ = static_cast<std::uint64_t>(number);
    }
  }

  // A list lives as long as the statement that it stands in. For what a program collects there are
  // the others: they view the caller's array, or vector.
  static constexpr Value object(
      std::initializer_list<Member> members PENSTOCK_LIFETIMEBOUND) noexcept {
    return object(members.begin(), members.size());
  }
  static constexpr Value object(const Member* members PENSTOCK_LIFETIMEBOUND,
                                std::size_t count) noexcept {
    Value value;
    value.type_ = Type::kObject;
    value.size_ = count;
    value.members_ = members;
    return value;
  }
  static constexpr Value array(std::initializer_list<Value> items PENSTOCK_LIFETIMEBOUND) noexcept {
    return array(items.begin(), items.size());
  }
  static constexpr Value array(const Value* items PENSTOCK_LIFETIMEBOUND,
                               std::size_t count) noexcept {
    Value value;
    value.type_ = Type::kArray;
    value.size_ = count;
    value.items_ = items;
    return value;
  }

  constexpr Type type() const noexcept { return type_; }
  // Each is for values of its type.
  constexpr std::string_view text() const noexcept { return {text_, size_}; }
  constexpr const Member* members() const noexcept { return members_; }  // size() of them
  constexpr const Value* items() const noexcept { return items_; }       // size() of them
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr std::int64_t signed_number() const noexcept { return signed_; }
  constexpr std::uint64_t unsigned_number() const noexcept { return unsigned_; }
  constexpr double real() const noexcept { return real_; }
  constexpr bool boolean() const noexcept { return unsigned_ != 0; }

 private:
  Type type_ = Type::kNull;
  std::size_t size_ = 0;  // of text, object and array
  union {
    std::int64_t signed_;
    std::uint64_t unsigned_ = 0;
    double real_;
    const char* text_;
    const Member* members_;
    const Value* items_;
  };
};

// Of an object.
struct Member {
  std::string_view name;
  Value value;
};

class Event {
 public:
  // How many details, and how many metadata fields, one event holds. track() refuses an event with
  // more.
  static constexpr std::size_t kDetailsMax = 16;
  static constexpr std::size_t kMetadataMax = 8;
  // How deep objects and arrays stand within each other, how many values those of one event have
  // in all, and how many members one object.
  static constexpr std::size_t kDepthMax = 30;
  static constexpr std::size_t kNestedValuesMax = 1024;
  static constexpr std::size_t kMembersMax = 64;

  enum class Outcome { kSuccess, kFailure };

  // --- User activity ----------------------------------------------------------------------------
  static Event session_start() noexcept { return activity("SessionStart"); }
  static Event session_end() noexcept { return activity("SessionEnd"); }
  static Event session_end(std::chrono::milliseconds duration) noexcept {
    return activity("SessionEnd").duration(duration);
  }
  static Event page_start(std::string_view page_id) noexcept {
    return about_page("PageStart", page_id);
  }
  static Event page_end(std::string_view page_id) noexcept {
    return about_page("PageEnd", page_id);
  }
  // `duration`: how long the page was open.
  static Event page_end(std::string_view page_id, std::chrono::milliseconds duration) noexcept {
    return page_end(page_id).duration(duration);
  }
  static Event page_view(std::string_view page_id) noexcept {
    return about_page("PageView", page_id);
  }
  // `element`: the button or control, by its name in the program and not by its label. `page_id`,
  // here and for forms: std::string_view() if there are no pages.
  static Event click(std::string_view page_id, std::string_view element) noexcept {
    return on_page("Click", page_id).about("element", element);
  }
  static Event form_submission(std::string_view page_id, std::string_view form) noexcept {
    return on_page("FormSubmission", page_id).about("form", form);
  }
  static Event form_submission(std::string_view page_id, std::string_view form,
                               Outcome outcome) noexcept {
    return form_submission(page_id, form).outcome(outcome);
  }
  static Event process_completion(std::string_view process) noexcept {
    return activity("ProcessCompletion").about("process", process);
  }
  static Event process_completion(std::string_view process, Outcome outcome) noexcept {
    return process_completion(process).outcome(outcome);
  }
  // `message`: as the program knows it; personal data in it is masked like everywhere.
  static Event error(std::string_view message) noexcept {
    return activity("Error").about("error", message);
  }
  // An activity of the program's own; also spelled in CamelCase.
  static Event activity(std::string_view activity_type) noexcept {
    return Event(Type::kUserActivity, activity_type);
  }

  // --- Changes of records -----------------------------------------------------------------------
  static Event record_approved(std::string_view record_id) noexcept {
    return record_changed(record_id, "Approved");
  }
  static Event record_denied(std::string_view record_id) noexcept {
    return record_changed(record_id, "Denied");
  }
  static Event record_returned(std::string_view record_id) noexcept {
    return record_changed(record_id, "Returned");
  }
  static Event record_changed(std::string_view record_id, std::string_view action) noexcept {
    Event event(Type::kDatabaseChange, action);
    event.head_.record = event.keep(record_id);
    return event;
  }

  // --- Types of the program's own ---------------------------------------------------------------
  // One of Options::event_types, in a version of its schema: 1 to 1000000.
  static Event custom(std::string_view event_type, std::uint32_t schema_version = 1) noexcept {
    Event event(Type::kCustom, event_type);
    event.head_.schema_version = schema_version;
    return event;
  }

  // --- What all of them can carry; each returns the event, so that calls chain ------------------
  // Who and where. user() and session() win over what the Client was told.
  Event& user(std::string_view user_id) noexcept {
    head_.user = keep(user_id);
    return *this;
  }
  Event& session(std::string_view session_id) noexcept {
    head_.session = keep(session_id);
    return *this;
  }
  Event& page(std::string_view page_id) noexcept {
    head_.page = keep(page_id);
    return *this;
  }
  // The flow that this event belongs to; without one, and without trace(), the gateway stamps one
  // for each batch.
  Event& correlation(std::string_view correlation_id) noexcept {
    head_.correlation = keep(correlation_id);
    return *this;
  }
  // The trace that this event belongs to: a traceparent of W3C Trace Context, as
  // "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01". Becomes metadata.traceparent, which
  // takes one of the kMetadataMax, and its trace-id the correlation unless correlation() names one.
  // Empty: no trace. track() refuses one that is not valid.
  Event& trace(std::string_view traceparent) noexcept {
    if (traceparent.empty()) return *this;
    head_.trace = keep(traceparent);
    return metadata("traceparent", traceparent);
  }
  // When it happened. Without it: when track() is called.
  Event& at(std::chrono::system_clock::time_point when) noexcept {
    head_.when = when;
    head_.has_time = true;
    return *this;
  }

  // What is particular to the event. Names are the program's, in camelCase.
  Event& detail(std::string_view name, Value value) noexcept {
    if (head_.details < kDetailsMax) keep(details_, head_.details, name, value);
    ++head_.details;
    return *this;
  }
  // Context: sourceSystem, initiator, changeReason, and the like. Wins over Options::context.
  Event& metadata(std::string_view name, Value value) noexcept {
    if (head_.metadata < kMetadataMax) keep(metadata_, head_.metadata, name, value);
    ++head_.metadata;
    return *this;
  }
  // details.duration, in seconds with milliseconds. A negative one is refused by track().
  Event& duration(std::chrono::milliseconds length) noexcept {
    if (length.count() < 0) head_.negative_duration = true;
    return detail("duration", static_cast<double>(length.count()) / 1000.0);
  }
  Event& outcome(Outcome outcome) noexcept {
    return detail("outcome", outcome == Outcome::kSuccess ? "success" : "failure");
  }
  // details.previousStatus and details.currentStatus of a record.
  Event& status_change(std::string_view previous, std::string_view current) noexcept {
    return detail("previousStatus", previous).detail("currentStatus", current);
  }
  Event& comments(std::string_view text) noexcept { return detail("comments", text); }

  Event(const Event& other) noexcept { copy(other); }
  Event(Event&& other) noexcept { take(other); }
  Event& operator=(const Event& other) noexcept {
    if (this != &other) {
      release();
      copy(other);
    }
    return *this;
  }
  Event& operator=(Event&& other) noexcept {
    if (this != &other) {
      release();
      take(other);
    }
    return *this;
  }
  ~Event() { release(); }

 private:
  friend class EventEncoder;
  enum class Type : std::uint8_t { kUserActivity, kDatabaseChange, kCustom };

  static constexpr std::size_t kInlineBytes = 512;
  // No event is so large: what comes beyond is not copied, and track() refuses the event.
  static constexpr std::size_t kTextBytesMax = 64 * 1024 * 1024;

  // Where a text stands in bytes(): no pointer, so that a copy needs no change.
  struct Text {
    std::uint32_t begin, size;
  };
  struct Field {
    Text name;
    Value::Type type;
    union {
      Text text;  // of an object and an array: JSON
      std::int64_t signed_number;
      std::uint64_t unsigned_number;
      double real;
    };
  };
  struct Head {
    Type type = Type::kUserActivity;
    bool has_time = false;
    bool negative_duration = false;
    bool lacks_memory = false;  // for all of its texts
    bool too_large = false;     // its texts, together
    bool needs_page = false;
    const char* empty_detail = nullptr;  // static: one that the event is about, and that is empty
    const char* bad_value = nullptr;  // static: what is wrong with the first such object or array
    bool bad_value_in_details = false;
    std::uint32_t bad_value_place = 0;  // from 1
    std::uint32_t nested_values = 0;
    std::uint32_t details = 0;  // counts on past the limit, so that track() can tell
    std::uint32_t metadata = 0;
    std::uint32_t text_bytes = 0;
    std::uint32_t capacity = kInlineBytes;
    std::uint32_t schema_version = 1;
    Text what{0, 0};  // activityType, action, or a custom type
    Text record{0, 0}, user{0, 0}, session{0, 0}, page{0, 0}, correlation{0, 0}, trace{0, 0};
    std::chrono::system_clock::time_point when{};
  };

  Event(Type type, std::string_view what) noexcept {
    head_.type = type;
    head_.what = keep(what);
  }

  static Event about_page(std::string_view what, std::string_view page_id) noexcept {
    Event event(Type::kUserActivity, what);
    event.head_.needs_page = true;
    event.page(page_id);
    return event;
  }
  static Event on_page(std::string_view what, std::string_view page_id) noexcept {
    return page_id.data() == nullptr ? activity(what) : about_page(what, page_id);
  }
  Event& about(const char* name, std::string_view text) noexcept {
    if (text.empty()) head_.empty_detail = name;
    return detail(name, text);
  }

  char* bytes() noexcept { return heap_ != nullptr ? heap_ : inline_; }
  std::string_view view(Text text) const noexcept {
    return {(heap_ != nullptr ? heap_ : inline_) + text.begin, text.size};
  }

  Text keep(std::string_view text) noexcept {
    if (text.size() > head_.capacity - head_.text_bytes && !grow(text.size())) return {0, 0};
    const Text kept{head_.text_bytes, static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) std::memcpy(bytes() + kept.begin, text.data(), text.size());
    head_.text_bytes += kept.size;
    return kept;
  }
  // As fields[i].
  void keep(Field* fields, std::size_t i, std::string_view name, const Value& value) noexcept {
    Field& field = fields[i];
    field.name = keep(name);
    field.type = value.type();
    switch (field.type) {
      case Value::Type::kText:
        field.text = keep(value.text());
        break;
      case Value::Type::kSigned:
        field.signed_number = value.signed_number();
        break;
      case Value::Type::kReal:
        field.real = value.real();
        break;
      case Value::Type::kObject:
      case Value::Type::kArray:
        field.text = keep_nested(fields, i, value);
        break;
      default:
        field.unsigned_number = value.unsigned_number();
    }
  }
  // The value of fields[i], an object or an array.
  PENSTOCK_LAYOUT PENSTOCK_API Text keep_nested(const Field* fields, std::size_t i,
                                                const Value& value) noexcept;
  // Makes room for so many bytes more: rarely, so not wherever a text is kept.
  [[gnu::cold, gnu::noinline]] bool grow(std::size_t more) noexcept {
    if (more > kTextBytesMax - head_.text_bytes) {
      head_.too_large = true;
      return false;
    }
    const std::size_t capacity =
        std::max<std::size_t>(head_.text_bytes + more, std::size_t{2} * head_.capacity);
    char* const larger = new (std::nothrow) char[capacity];
    if (larger == nullptr) {
      head_.lacks_memory = true;
      return false;
    }
    std::memcpy(larger, bytes(), head_.text_bytes);
    delete[] heap_;
    heap_ = larger;
    head_.capacity = static_cast<std::uint32_t>(capacity);
    return true;
  }

  // Only what is used: most of an event is room.
  void copy_fields(const Event& other) noexcept {
    head_ = other.head_;
    std::copy_n(other.details_, std::min<std::size_t>(head_.details, kDetailsMax), details_);
    std::copy_n(other.metadata_, std::min<std::size_t>(head_.metadata, kMetadataMax), metadata_);
    if (other.heap_ == nullptr) std::memcpy(inline_, other.inline_, head_.text_bytes);
  }
  void copy(const Event& other) noexcept {
    copy_fields(other);
    heap_ = nullptr;
    if (other.heap_ == nullptr) return;
    heap_ = new (std::nothrow) char[head_.capacity];
    if (heap_ != nullptr) {
      std::memcpy(heap_, other.heap_, head_.text_bytes);
    } else {  // no text can be looked at any more
      head_ = Head();
      head_.lacks_memory = true;
    }
  }
  void take(Event& other) noexcept {
    copy_fields(other);
    heap_ = other.heap_;
    other.heap_ = nullptr;
    other.head_ = Head();
  }
  void release() noexcept { delete[] heap_; }

  Head head_;
  char* heap_ = nullptr;  // owned; has all texts if they are more than kInlineBytes
  Field details_[kDetailsMax];
  Field metadata_[kMetadataMax];
  char inline_[kInlineBytes];
};

}  // namespace penstock
