// The numbers by which the files name types of events, fates and refusals. A number is never
// changed and never given again, whatever becomes of the enumerators; a new one takes the next that
// is free. A file may hold numbers of a later version: they are kept as they are, and read as
// "other".
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/drop_reason.hpp"
#include "wire/event_type.hpp"

namespace penstock::journal {

// The room of the ledger's tables. Numbers beyond it count as kOtherType.
inline constexpr std::size_t kTypeCodes = 32;
inline constexpr std::size_t kFateCodes = 16;
inline constexpr std::size_t kRefusalCodes = 16;

inline constexpr std::uint32_t kOtherType = 0;

constexpr std::uint32_t code_of(wire::TypeId type) noexcept {
  switch (type) {
    case wire::TypeId::kOther:
      return kOtherType;
    case wire::TypeId::kSessionStart:
      return 1;
    case wire::TypeId::kSessionEnd:
      return 2;
    case wire::TypeId::kPageStart:
      return 3;
    case wire::TypeId::kPageEnd:
      return 4;
    case wire::TypeId::kPageView:
      return 5;
    case wire::TypeId::kClick:
      return 6;
    case wire::TypeId::kFormSubmission:
      return 7;
    case wire::TypeId::kProcessCompletion:
      return 8;
    case wire::TypeId::kError:
      return 9;
    case wire::TypeId::kApproved:
      return 10;
    case wire::TypeId::kDenied:
      return 11;
    case wire::TypeId::kReturned:
      return 12;
  }
  return kOtherType;
}

// Where the files count a drop: what was refused, and what was given up later, in tables of their
// own. Of the fates, 0 is acknowledged and 1 is rejected; the others are drops.
struct DropCode {
  bool later = false;
  std::size_t code = 0;
};
inline constexpr std::size_t kFirstDropCode = 2;
constexpr DropCode code_of(wire::DropReason reason) noexcept {
  switch (reason) {
    case wire::DropReason::kInvalid:
      return {false, 0};
    case wire::DropReason::kTooLarge:
      return {false, 1};
    case wire::DropReason::kStorageFull:
      return {false, 2};
    case wire::DropReason::kNotAllowed:
      return {false, 3};
    case wire::DropReason::kIoError:
      return {false, 4};
    case wire::DropReason::kOutOfMemory:
      return {false, 5};
    case wire::DropReason::kTooLargeForGateway:
      return {true, 2};
    case wire::DropReason::kExpired:
      return {true, 3};
    case wire::DropReason::kConsentDenied:
      return {true, 4};
    case wire::DropReason::kForgotten:
      return {true, 5};
    case wire::DropReason::kOther:
      break;
  }
  return {true, kFateCodes};
}

// The last word on a recorded event: acknowledged, rejected, or dropped for a reason.
class Fate {
 public:
  static const Fate kAcknowledged;
  static const Fate kRejected;  // the event is in the dead-letter topic
  // `reason` is one of those for which an event is given up later.
  constexpr Fate(wire::DropReason reason) noexcept : code_(code_of(reason).code) {}

  constexpr std::size_t code() const noexcept { return code_; }

 private:
  constexpr explicit Fate(std::size_t code) noexcept : code_(code) {}
  std::size_t code_;
};
inline constexpr Fate Fate::kAcknowledged{std::size_t{0}};
inline constexpr Fate Fate::kRejected{std::size_t{1}};
constexpr std::size_t code_of(Fate fate) noexcept { return fate.code(); }

// Of a number in a file, back: kOther for one that this version does not know.
constexpr wire::TypeId type_of(std::uint32_t code) noexcept {
  for (std::size_t i = 0; i < wire::kTypes; ++i) {
    if (code_of(static_cast<wire::TypeId>(i)) == code) return static_cast<wire::TypeId>(i);
  }
  return wire::TypeId::kOther;
}
constexpr wire::DropReason reason_of(DropCode drop) noexcept {
  for (std::size_t i = 0; i < wire::kDropReasons; ++i) {
    const DropCode known = code_of(static_cast<wire::DropReason>(i));
    if (known.later == drop.later && known.code == drop.code)
      return static_cast<wire::DropReason>(i);
  }
  return wire::DropReason::kOther;
}

}  // namespace penstock::journal
