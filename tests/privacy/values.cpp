#include "privacy/values.hpp"

namespace penstock::corpus {

const std::vector<KindOfValue>& kinds_of_values() {
  static const std::vector<KindOfValue> kinds = {
      {"e-mail", email, ""},
      {"payment card", card, ""},
      {"IBAN", iban, ""},
      {"phone, international", phone_international, ""},
      {"phone, national", phone_national, ""},
      {"US SSN", us_ssn, ""},
      {"UK NINO", uk_nino, ""},
      {"German tax id", german_tax_id, ""},
      {"French NIR", french_nir, ""},
      {"Spanish DNI, NIE", spanish_id, ""},
      {"Italian codice fiscale", italian_codice_fiscale, ""},
      {"Dutch BSN", dutch_bsn, "", false},
      {"Polish PESEL", polish_pesel, ""},
      {"Brazilian CPF", brazilian_cpf, ""},
      {"Indian Aadhaar", indian_aadhaar, ""},
      {"IPv4", ipv4, ""},
      {"IPv6", ipv6, ""},
      {"MAC", mac_address, ""},
      {"JWT", jwt, ""},
      {"bearer, basic", authorization, ""},
      {"API key", api_key, ""},
      {"secret in a URL", secret_in_url, ""},
      {"connection string", connection_string, ""},
      {"private key", private_key, ""},
      {"home path", home_path, ""},
      {"coordinates", coordinates, "", false},
      {"Moroccan CIN, by field", moroccan_cin, "cin"},
      {"passport, by field", passport, "passportNumber"},
      {"vehicle, by field", vehicle, "licensePlate"},
  };
  return kinds;
}

}  // namespace penstock::corpus
