#include <array>

#include "privacy/check_digits.hpp"
#include "privacy/values.hpp"

namespace penstock::corpus {
namespace {

std::string two(std::size_t number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

// Social Security Administration: no area 000, 666 or 9xx, no group 00, no serial 0000.
Value us_ssn(Random& random) {
  std::size_t area = random.between(1, 898);
  if (area >= 666) ++area;
  const std::string areas = std::to_string(area);
  const std::string serial = std::to_string(random.between(1, 9999));
  return std::string(3 - areas.size(), '0') + areas + "-" + two(random.between(1, 99)) + "-" +
         std::string(4 - serial.size(), '0') + serial;
}

// HMRC's NIM39110: two letters without D, F, I, Q, U, V, the second no O; some pairs are not used.
Value uk_nino(Random& random) {
  constexpr std::string_view kLetters = "ABCEGHJKLMNOPRSTWXYZ";
  std::string prefix;
  do {
    prefix = random.of(kLetters, 2);
  } while (prefix[1] == 'O' || prefix == "BG" || prefix == "GB" || prefix == "NK" ||
           prefix == "KN" || prefix == "TN" || prefix == "NT" || prefix == "ZZ");
  const std::string suffix = random.of("ABCD", 1);
  if (random.chance(2)) return prefix + random.digits(6) + suffix;
  return prefix + " " + random.digits(2) + " " + random.digits(2) + " " + random.digits(2) + " " +
         suffix;
}

// § 139b AO: no leading 0; of the first ten digits one comes two or three times.
Value german_tax_id(Random& random) {
  std::string digits;
  do {
    digits = "0123456789";
    for (std::size_t i = digits.size(); i > 1; --i)
      std::swap(digits[i - 1], digits[random.below(i)]);
    const std::size_t from = random.below(10);
    digits[(from + 1 + random.below(9)) % 10] = digits[from];
  } while (digits[0] == '0');
  const std::string number = digits + german_tax_check(digits);
  if (random.chance(2)) return number;
  return number.substr(0, 2) + " " + number.substr(2, 3) + " " + number.substr(5, 3) + " " +
         number.substr(8);
}

// INSEE: sex, year, month, department (2A and 2B on Corsica), commune, order, key.
Value french_nir(Random& random) {
  const std::string department =
      random.chance(20) ? (random.chance(2) ? "2A" : "2B") : two(random.between(1, 95));
  const std::string sex = random.of("12", 1), year = random.digits(2),
                    month = two(random.between(1, 12)), commune = random.pattern("@##"),
                    order = random.pattern("##@");
  const std::string key = french_nir_key(sex + year + month + department + commune + order);
  if (random.chance(2)) return sex + year + month + department + commune + order + key;
  return sex + " " + year + " " + month + " " + department + " " + commune + " " + order + " " +
         key;
}

Value spanish_id(Random& random) {
  const bool foreigner = random.chance(2);
  const std::string digits = random.digits(foreigner ? 7 : 8);
  const std::size_t kind = random.below(3);
  const std::string counted = foreigner ? std::to_string(kind) + digits : digits;
  const std::string letter(1, spanish_letter(std::stoul(counted)));
  const std::string joint = random.chance(3) ? "-" : "";
  const std::string begin = foreigner ? std::string(1, "XYZ"[kind]) + joint : "";
  return begin + digits + joint + letter;
}

Value italian_codice_fiscale(Random& random) {
  const std::string number = random.pattern("AAAAAA##") + random.of("ABCDEHLMPRST", 1) +
                             two(random.between(1, 31) + (random.chance(2) ? 40 : 0)) +
                             random.pattern("A###");
  return number + italian_check(number);
}

Value dutch_bsn(Random& random) {
  std::string digits;
  do {
    digits = random.pattern("@#######");
  } while (dutch_check(digits) == '\0');
  return digits + dutch_check(digits);
}

Value polish_pesel(Random& random) {
  const std::string digits = random.digits(2) +
                             two(random.between(1, 12) + (random.chance(3) ? 20 : 0)) +
                             two(random.between(1, 28)) + random.digits(4);
  return digits + polish_check(digits);
}

Value brazilian_cpf(Random& random) {
  std::string digits;
  do {
    digits = random.digits(9);
  } while (digits.find_first_not_of(digits[0]) == std::string::npos);
  return digits.substr(0, 3) + "." + digits.substr(3, 3) + "." + digits.substr(6) + "-" +
         brazilian_check(digits);
}

Value indian_aadhaar(Random& random) {
  std::string digits = random.of("23456789", 1) + random.digits(10);
  digits += verhoeff(digits);
  const char joint = random.chance(4) ? '-' : ' ';
  return digits.substr(0, 4) + joint + digits.substr(4, 4) + joint + digits.substr(8);
}

Value moroccan_cin(Random& random) {
  return random.pattern(random.chance(2) ? "A######" : "AA######");
}

Value passport(Random& random) {
  constexpr std::array<const char*, 4> kForms = {"AA#######", "#########", "C01X#####",
                                                 "##AA#####"};
  return random.pattern(random.one_of(kForms));
}

Value vehicle(Random& random) {
  constexpr std::array<const char*, 4> kForms = {"AA-###-AA", "B-AA ####", "AA## AAA",
                                                 "#####-A-##"};
  return random.pattern(random.one_of(kForms));
}

}  // namespace penstock::corpus
