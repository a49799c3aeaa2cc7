#include "support/leaks/planted.hpp"

#include <array>

#include "support/leaks/leak_forms.hpp"

namespace penstock::test {
namespace {

constexpr std::array kPlanted{
    kPlantedEmail, kPlantedUmlautEmail, kPlantedCard,    kPlantedPhone, kPlantedNationalPhone,
    kPlantedSsn,   kPlantedCpf,         kPlantedAadhaar, kPlantedTaxId, kPlantedPesel,
    kPlantedNir,   kPlantedPassword,    kPlantedToken};

std::string make_sentence() {
  std::string sentence = "could not serve the customer";
  for (const Planted& planted : kPlanted) {
    if (!planted.by_name) sentence += std::string(", ") + planted.kind + ": " + planted.value;
  }
  return sentence + "; try again";
}

std::string quoted(const std::string& text) { return '"' + json_escaped(text) + '"'; }
std::string quoted(const Planted& planted) { return quoted(std::string(planted.value)); }

std::string make_details() {
  std::string values;
  for (const Planted& planted : kPlanted) {
    if (!planted.by_name) values += (values.empty() ? "" : ",") + quoted(planted);
  }
  return R"({"details":{"note":)" + quoted(planted_sentence()) + R"(,"found":{"values":[)" +
         values + R"(],"number":)" + without_separators(kPlantedCard.value) + "," +
         quoted(kPlantedEmail) + R"(:1,"deeper":[{"password":)" + quoted(kPlantedPassword) +
         R"(}]},"apiKey":)" + quoted(kPlantedToken) + R"(,"credentials":{"kept":[)" +
         quoted(kPlantedToken) + "," + quoted(kPlantedPassword) + "]}," +
         quoted(kPlantedUmlautEmail) + R"(:"as a name"}})";
}

}  // namespace

std::span<const Planted> planted_values() { return kPlanted; }

const std::string& planted_sentence() {
  static const std::string sentence = make_sentence();
  return sentence;
}

const std::string& planted_details_json() {
  static const std::string details = make_details();
  return details;
}

}  // namespace penstock::test
