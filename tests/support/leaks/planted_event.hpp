// The planted values in an event of the SDK. Header only, so that test_support needs no SDK.
#pragma once

#include "penstock/event.hpp"
#include "support/leaks/planted.hpp"

namespace penstock::test {

// Adds five details and two metadata fields that hold all planted values in different places.
inline Event& plant_in(Event& event) {
  return event.detail("note", planted_sentence())
      .detail("found",
              Value::object({{kPlantedEmail.value, 1},
                             {"call", Value::array({kPlantedPhone.value, kPlantedCard.value})},
                             {"password", kPlantedPassword.value}}))
      .detail(kPlantedUmlautEmail.value, "as a name")
      .detail("apiKey", kPlantedToken.value)
      .detail("paidWith", std::uint64_t{4929'0173'8846'2057})  // kPlantedCard
      .metadata("initiator", kPlantedEmail.value)
      .metadata("authorization", kPlantedToken.value);
}
inline Event planted(Event event) { return plant_in(event); }

}  // namespace penstock::test
