// What a real program's events differ in, so that neither a branch predictor nor a compressor gets
// an easier time here than there: times, flows, users' ways through screens, numbers, texts.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/event.hpp"

namespace penstock::bench {

// Of a typical event as the journal gets it, on average.
inline constexpr std::size_t kTypicalEventBytes = 385;

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): well mixed bits of a counter.
inline std::uint64_t mixed(std::uint64_t number) noexcept {
  number += 0x9E3779B97F4A7C15;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
  return number ^ (number >> 31);
}

// A form submission on one of five screens. Six events in a row are of one flow, as an application
// that traces its requests would tell; they are a second or so apart. Immutable: any thread.
class TypicalEvents {
 public:
  // Makes the texts before the clock starts: the SDK is measured, not printf.
  TypicalEvents() {
    for (std::uint64_t flow = 0; flow < kFlows; ++flow) {
      std::array<char, 33> text{};
      std::snprintf(text.data(), text.size(), "%016llx%016llx",
                    static_cast<unsigned long long>(mixed(2 * flow + 1)),
                    static_cast<unsigned long long>(mixed(~flow)));
      flows_.emplace_back(text.data(), 32);
    }
  }

  // Refers to texts of this object.
  Event operator()(std::uint64_t number) const {
    Event event = without_details(number);
    const Form form(number);
    event.detail("fieldCount", form.fields).detail("label", form.label);
    event.detail("durationMs", form.duration_ms);
    return event;
  }
  Event nested(std::uint64_t number) const {
    Event event = without_details(number);
    const Form form(number);
    event.detail("input", Value::object({{"fieldCount", form.fields},
                                         {"look", Value::object({{"label", form.label}})},
                                         {"times", Value::array({form.duration_ms})}}));
    return event;
  }

 private:
  struct Form {
    explicit Form(std::uint64_t number)
        : fields(mixed(number) / 32 % 40),
          label(kLabels[mixed(number) / 64 % 4]),
          duration_ms(static_cast<double>(mixed(number) / 256 % 600'000) / 10) {}

    std::uint64_t fields;
    std::string_view label;
    double duration_ms;
  };
  static constexpr std::array<std::string_view, 4> kLabels{
      "Approve the request and notify its owner", "Return the request for a missing file",
      "Ask the department for its opinion first", "Put the decision off until next Monday"};

  Event without_details(std::uint64_t number) const {
    static constexpr std::array<std::string_view, 5> kPages{"approval-screen", "request-details",
                                                            "request-history", "owner-directory",
                                                            "budget-overview"};
    static constexpr std::array<std::string_view, 4> kForms{"reviewer-notes", "reject-reason",
                                                            "delegate-to", "budget-line"};
    const std::uint64_t random = mixed(number);
    const auto when = std::chrono::system_clock::time_point(std::chrono::milliseconds(
        1'795'000'000'000 + static_cast<std::int64_t>(number * 1100 + random % 1000)));
    return Event::form_submission(
               kPages[random % 5], kForms[random / 8 % 4],
               random % 16 == 0 ? Event::Outcome::kFailure : Event::Outcome::kSuccess)
        .at(when)
        .correlation(flows_[number / 6 % kFlows]);
  }

  static constexpr std::uint64_t kFlows = 4096;
  std::vector<std::string> flows_;
};

}  // namespace penstock::bench
