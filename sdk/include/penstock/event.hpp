// Typed events: what happened, built on the stack and handed to Client::track().
//
//   client.track(Event::click("approval-screen", "approve-button")
//                    .detail("itemsSelected", 3));
//
// Ownership  An Event keeps views of the texts that it is given, and copies none: they must live
//            until track() has returned. In one expression as above they do.
// Threads    One thread at a time for one Event.
// Errors     Building never fails and never allocates. What is wrong with an event, track() says.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "penstock/export.h"

namespace penstock {

// The value of one detail: text (UTF-8), a number, true or false, or null.
class Value {
 public:
  enum class Type : std::uint8_t { kNull, kText, kSigned, kUnsigned, kReal, kBoolean };

  constexpr Value() noexcept = default;
  constexpr Value(std::nullptr_t) noexcept {}
  constexpr Value(std::string_view text PENSTOCK_LIFETIMEBOUND) noexcept
      : type_(Type::kText), text_(text) {}
  // A null pointer is null, not a crash.
  constexpr Value(const char* text PENSTOCK_LIFETIMEBOUND) noexcept
      : type_(text == nullptr ? Type::kNull : Type::kText),
        text_(text == nullptr ? std::string_view() : std::string_view(text)) {}
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

  constexpr Type type() const noexcept { return type_; }
  constexpr std::string_view text() const noexcept { return text_; }
  constexpr std::int64_t signed_number() const noexcept { return signed_; }
  constexpr std::uint64_t unsigned_number() const noexcept { return unsigned_; }
  constexpr double real() const noexcept { return real_; }
  constexpr bool boolean() const noexcept { return unsigned_ != 0; }

 private:
  Type type_ = Type::kNull;
  std::string_view text_;
  union {
    std::int64_t signed_;
    std::uint64_t unsigned_ = 0;
    double real_;
  };
};

struct Detail {
  std::string_view name;
  Value value;
};

class Event {
 public:
  // How many details, and how many metadata fields, one event holds. track() refuses an event with
  // more.
  static constexpr std::size_t kDetailsMax = 16;
  static constexpr std::size_t kMetadataMax = 8;

  enum class Outcome { kSuccess, kFailure };

  // --- User activity ----------------------------------------------------------------------------
  static Event session_start() noexcept { return activity("SessionStart"); }
  static Event session_end() noexcept { return activity("SessionEnd"); }
  static Event session_end(std::chrono::milliseconds duration) noexcept {
    return activity("SessionEnd").duration(duration);
  }
  static Event page_start(std::string_view page_id PENSTOCK_LIFETIMEBOUND) noexcept {
    return activity("PageStart").page(page_id);
  }
  // `duration`: how long the page was open.
  static Event page_end(std::string_view page_id PENSTOCK_LIFETIMEBOUND,
                        std::chrono::milliseconds duration) noexcept {
    return activity("PageEnd").page(page_id).duration(duration);
  }
  static Event page_view(std::string_view page_id PENSTOCK_LIFETIMEBOUND) noexcept {
    return activity("PageView").page(page_id);
  }
  // `element`: the button or control, by its name in the program and not by its label.
  static Event click(std::string_view page_id PENSTOCK_LIFETIMEBOUND,
                     std::string_view element PENSTOCK_LIFETIMEBOUND) noexcept {
    return activity("Click").page(page_id).detail("element", element);
  }
  static Event form_submission(std::string_view page_id PENSTOCK_LIFETIMEBOUND,
                               std::string_view form PENSTOCK_LIFETIMEBOUND,
                               Outcome outcome) noexcept {
    return activity("FormSubmission").page(page_id).detail("form", form).outcome(outcome);
  }
  static Event process_completion(std::string_view process PENSTOCK_LIFETIMEBOUND,
                                  Outcome outcome) noexcept {
    return activity("ProcessCompletion").detail("process", process).outcome(outcome);
  }
  // `message`: as the program knows it; personal data in it is masked like everywhere.
  static Event error(std::string_view message PENSTOCK_LIFETIMEBOUND) noexcept {
    return activity("Error").detail("error", message);
  }
  // An activity of the program's own; also spelled in CamelCase.
  static Event activity(std::string_view activity_type PENSTOCK_LIFETIMEBOUND) noexcept {
    return Event(Type::kUserActivity, activity_type);
  }

  // --- Changes of records -----------------------------------------------------------------------
  static Event record_approved(std::string_view record_id PENSTOCK_LIFETIMEBOUND) noexcept {
    return record_changed(record_id, "Approved");
  }
  static Event record_denied(std::string_view record_id PENSTOCK_LIFETIMEBOUND) noexcept {
    return record_changed(record_id, "Denied");
  }
  static Event record_returned(std::string_view record_id PENSTOCK_LIFETIMEBOUND) noexcept {
    return record_changed(record_id, "Returned");
  }
  static Event record_changed(std::string_view record_id PENSTOCK_LIFETIMEBOUND,
                              std::string_view action PENSTOCK_LIFETIMEBOUND) noexcept {
    Event event(Type::kDatabaseChange, action);
    event.record_ = record_id;
    return event;
  }

  // --- What all of them can carry; each returns the event, so that calls chain ------------------
  // Who and where. user() and session() win over what the Client was told.
  Event& user(std::string_view user_id PENSTOCK_LIFETIMEBOUND) noexcept {
    user_ = user_id;
    return *this;
  }
  Event& session(std::string_view session_id PENSTOCK_LIFETIMEBOUND) noexcept {
    session_ = session_id;
    return *this;
  }
  Event& page(std::string_view page_id PENSTOCK_LIFETIMEBOUND) noexcept {
    page_ = page_id;
    return *this;
  }
  // The flow that this event belongs to; without one, and without trace(), the gateway stamps one
  // for each batch.
  Event& correlation(std::string_view correlation_id PENSTOCK_LIFETIMEBOUND) noexcept {
    correlation_ = correlation_id;
    return *this;
  }
  // The trace that this event belongs to: a traceparent of W3C Trace Context, as
  // "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01". Becomes metadata.traceparent, which
  // takes one of the kMetadataMax, and its trace-id the correlation unless correlation() names one.
  // Empty: no trace. track() refuses one that is not valid.
  Event& trace(std::string_view traceparent PENSTOCK_LIFETIMEBOUND) noexcept {
    if (traceparent.empty()) return *this;
    trace_ = traceparent;
    return metadata("traceparent", traceparent);
  }
  // When it happened. Without it: when track() is called.
  Event& at(std::chrono::system_clock::time_point when) noexcept {
    when_ = when;
    has_time_ = true;
    return *this;
  }

  // What is particular to the event. Names are the program's, in camelCase.
  Event& detail(std::string_view name PENSTOCK_LIFETIMEBOUND, Value value) noexcept {
    if (details_used_ < kDetailsMax) details_[details_used_] = {name, value};
    ++details_used_;
    return *this;
  }
  // Context: sourceSystem, initiator, changeReason, and the like. Wins over Options::context.
  Event& metadata(std::string_view name PENSTOCK_LIFETIMEBOUND, Value value) noexcept {
    if (metadata_used_ < kMetadataMax) metadata_[metadata_used_] = {name, value};
    ++metadata_used_;
    return *this;
  }
  // details.duration, in seconds with milliseconds. A negative one is refused by track().
  Event& duration(std::chrono::milliseconds length) noexcept {
    if (length.count() < 0) negative_duration_ = true;
    return detail("duration", static_cast<double>(length.count()) / 1000.0);
  }
  Event& outcome(Outcome outcome) noexcept {
    return detail("outcome", outcome == Outcome::kSuccess ? "success" : "failure");
  }
  // details.previousStatus and details.currentStatus of a record.
  Event& status_change(std::string_view previous PENSTOCK_LIFETIMEBOUND,
                       std::string_view current PENSTOCK_LIFETIMEBOUND) noexcept {
    return detail("previousStatus", previous).detail("currentStatus", current);
  }
  Event& comments(std::string_view text PENSTOCK_LIFETIMEBOUND) noexcept {
    return detail("comments", text);
  }

 private:
  friend class EventEncoder;
  enum class Type : std::uint8_t { kUserActivity, kDatabaseChange };

  Event(Type type, std::string_view what) noexcept : type_(type), what_(what) {}

  Type type_;
  bool has_time_ = false;
  bool negative_duration_ = false;
  std::size_t details_used_ = 0;  // counts on past the limit, so that track() can tell
  std::size_t metadata_used_ = 0;
  std::string_view what_;  // activityType or action
  std::string_view record_, user_, session_, page_, correlation_, trace_;
  std::chrono::system_clock::time_point when_{};
  std::array<Detail, kDetailsMax> details_;
  std::array<Detail, kMetadataMax> metadata_;
};

}  // namespace penstock
