// Personal data and secrets, made by the rules of their formats. No value is anybody's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "privacy/random.hpp"

namespace penstock::corpus {

struct Value {
  std::string text;                                                   // as a program writes it
  std::string secret;                                                 // what of it must not remain
  Value(std::string whole) : text(std::move(whole)), secret(text) {}  // NOLINT: a value is its text
  Value(std::string written, std::string part)
      : text(std::move(written)), secret(std::move(part)) {}
};

struct KindOfValue {
  std::string_view name;
  Value (*make)(Random&);
  // Stands under this field's name instead of in a text; "" for what is found by its content.
  std::string_view field;
  bool by_default = true;  // its detector need not be asked for
};

// All kinds, in the order in which they are shown.
const std::vector<KindOfValue>& kinds_of_values();

// --- by file

// persons.cpp
Value email(Random& random);
Value phone_international(Random& random);
Value phone_national(Random& random);
Value coordinates(Random& random);
Value home_path(Random& random);
// money.cpp
Value card(Random& random);
Value iban(Random& random);
// national_ids.cpp
Value us_ssn(Random& random);
Value uk_nino(Random& random);
Value german_tax_id(Random& random);
Value french_nir(Random& random);
Value spanish_id(Random& random);
Value italian_codice_fiscale(Random& random);
Value dutch_bsn(Random& random);
Value polish_pesel(Random& random);
Value brazilian_cpf(Random& random);
Value indian_aadhaar(Random& random);
Value moroccan_cin(Random& random);
Value passport(Random& random);
Value vehicle(Random& random);
// network.cpp
Value ipv4(Random& random);
Value ipv6(Random& random);
Value mac_address(Random& random);
// secrets.cpp
Value jwt(Random& random);
Value authorization(Random& random);
Value api_key(Random& random);
Value secret_in_url(Random& random);
Value connection_string(Random& random);
Value private_key(Random& random);

}  // namespace penstock::corpus
