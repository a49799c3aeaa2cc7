// The numbers by which the files name types of events, outcomes and refusals. A number is never changed
// and never given again, whatever becomes of the enumerators; a new one takes the next that is free. A
// file may hold numbers of a later version: they are kept as they are, and read as "other".
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/drop_reason.hpp"
#include "wire/event_type.hpp"

namespace penstock::journal {

// The last word on a recorded event.
enum class Outcome : std::uint8_t {
  kAcknowledged,
  kRejected,  // it is in the dead-letter topic
  // Dropped, as wire::DropReason has them
  kTooLargeForGateway,
  kExpired,
  kConsentDenied,
  kForgotten,
};

// The room of the ledger's tables. Numbers beyond it count as kOtherType.
inline constexpr std::size_t kTypeCodes = 32;
inline constexpr std::size_t kOutcomeCodes = 16;
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

constexpr std::size_t code_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kAcknowledged:
      return 0;
    case Outcome::kRejected:
      return 1;
    case Outcome::kTooLargeForGateway:
      return 2;
    case Outcome::kExpired:
      return 3;
    case Outcome::kConsentDenied:
      return 4;
    case Outcome::kForgotten:
      return 5;
  }
  return kOutcomeCodes;
}
inline constexpr std::size_t kFirstDropCode = 2;  // outcomes below it are no drops

// Where the files count a drop: what was refused, and what was given up later, in tables of their own.
struct DropCode {
  bool later = false;
  std::size_t code = 0;
};
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
      return {true, code_of(Outcome::kTooLargeForGateway)};
    case wire::DropReason::kExpired:
      return {true, code_of(Outcome::kExpired)};
    case wire::DropReason::kConsentDenied:
      return {true, code_of(Outcome::kConsentDenied)};
    case wire::DropReason::kForgotten:
      return {true, code_of(Outcome::kForgotten)};
    case wire::DropReason::kOther:
      break;
  }
  return {true, kOutcomeCodes};
}

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
