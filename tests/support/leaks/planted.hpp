// Personal data of nobody, which tests plant in what they send, and which must be found nowhere
// behind the masks (leak_search.hpp). None of these values stands anywhere else in the tests.
#pragma once

#include <span>
#include <string>

namespace penstock::test {

struct Planted {
  const char* kind;  // what a report says in the place of the value
  const char* value;
  bool by_name = false;    // masked by the name of its field alone, not by content
  bool is_digits = false;  // is searched for without separators too
};

inline constexpr Planted kPlantedEmail{.kind = "e-mail",
                                       .value = "jana.plantedperson@kunde.example"};
inline constexpr Planted kPlantedUmlautEmail{.kind = "e-mail beyond ASCII",
                                             .value = "jürgen.plantedperson@käufer.example"};
inline constexpr Planted kPlantedCard{
    .kind = "card", .value = "4929 0173 8846 2057", .is_digits = true};
inline constexpr Planted kPlantedPhone{
    .kind = "phone", .value = "+49 7738 264915", .is_digits = true};
inline constexpr Planted kPlantedNationalPhone{
    .kind = "national phone", .value = "(738) 555-0164", .is_digits = true};
inline constexpr Planted kPlantedSsn{.kind = "US SSN", .value = "738-26-4915"};
inline constexpr Planted kPlantedCpf{.kind = "CPF", .value = "738.264.915-64"};
inline constexpr Planted kPlantedAadhaar{.kind = "Aadhaar", .value = "7382 6491 5085"};
inline constexpr Planted kPlantedTaxId{.kind = "German tax id", .value = "83072519484"};
inline constexpr Planted kPlantedPesel{.kind = "PESEL", .value = "83072519463"};
inline constexpr Planted kPlantedNir{.kind = "NIR", .value = "183077614928354"};
inline constexpr Planted kPlantedPassword{
    .kind = "password", .value = R"(planted "horse\battery)", .by_name = true};
inline constexpr Planted kPlantedToken{
    .kind = "token", .value = "ptok/planted+7Qz9Kd2mWx4V", .by_name = true};

std::span<const Planted> planted_values();

// Text that holds every value which is masked by content: for messages, and for what is no JSON,
// where there are no names to mask by. Static.
const std::string& planted_sentence();

// A JSON object with `details` that hold all values: in texts, as nested values, as a number, as
// the name of a field, and under names that are masked. For raw clients of the gateway.
const std::string& planted_details_json();

}  // namespace penstock::test
