// How calls say whether they worked: a code for programs, a text for people.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace penstock {

enum class StatusCode : int {
  kOk = 0,
  kInvalidOption = 1,   // an option is missing or out of range; the message names it
  kInvalidEvent = 2,    // the event lacks a field or has a bad one; the message names it
  kTooLarge = 3,        // the encoded event is larger than Options::event_bytes_max
  kStorageFull = 4,     // the disk budget or the file system is full
  kDirectoryInUse = 5,  // every slot of the directory is locked by other processes
  kIo = 6,              // a file operation failed; the message has the path and the system's reason
  kTimeout = 7,         // not finished within the given time; nothing is lost by that
  // The server refuses (key, format), and is asked again rarely; events are kept, the message says
  // why
  kRefused = 8,
  kClosed = 9,       // the client is closed
  kNotAllowed = 10,  // consent does not permit it
  kOutOfMemory = 11,
  kInternal = 12,  // a broken invariant in the library: please report it
  // 13 is PENSTOCK_INVALID_ARGUMENT, of the C ABI alone
  kMisuse = 14,  // a call that makes no sense now, as to end what is not open; the message says why
};

// Ok without a text costs no allocation. Copies are values; one thread at a time for one object.
class [[nodiscard]] Status {
 public:
  Status() noexcept = default;  // ok
  Status(StatusCode code, std::string message) noexcept
      : code_(code), message_(std::move(message)) {}

  bool ok() const noexcept { return code_ == StatusCode::kOk; }
  explicit operator bool() const noexcept { return ok(); }
  StatusCode code() const noexcept { return code_; }
  // What, where, and what to do. Never holds an event's content or a key.
  const std::string& message() const noexcept { return message_; }
  // True if the same call may work later without a change.
  bool retryable() const noexcept {
    return code_ == StatusCode::kStorageFull || code_ == StatusCode::kDirectoryInUse ||
           code_ == StatusCode::kIo || code_ == StatusCode::kTimeout ||
           code_ == StatusCode::kRefused || code_ == StatusCode::kOutOfMemory;
  }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

// A value, or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT: meant to convert
  // No value is never ok: an ok status, which a mistake must have brought here, becomes kInternal.
  Result(Status failure) noexcept : status_(std::move(failure)) {  // NOLINT: meant to convert
    if (status_.ok()) status_ = Status(StatusCode::kInternal, {});
  }

  bool ok() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  const Status& status() const noexcept { return status_; }

  // Only if ok().
  T& operator*() & noexcept { return *value_; }
  const T& operator*() const& noexcept { return *value_; }
  T&& operator*() && noexcept { return *std::move(value_); }
  T* operator->() noexcept { return &*value_; }
  const T* operator->() const noexcept { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace penstock
