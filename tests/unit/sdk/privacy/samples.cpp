#include "samples.hpp"

namespace penstock::privacy {
namespace {

char luhn_digit(const std::string& body) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const auto digit = static_cast<unsigned>(body[body.size() - 1 - i] - '0');
    sum += i % 2 == 0 ? digit * 2 / 10 + digit * 2 % 10 : digit;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string grouped(const std::string& number, const std::vector<std::size_t>& shape,
                    char separator) {
  std::string text;
  std::size_t at = 0;
  for (const std::size_t digits : shape) {
    if (at > 0) text += separator;
    text += number.substr(at, digits);
    at += digits;
  }
  return text;
}

}  // namespace

std::string SampleMaker::digits(std::size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('0' + below(10));
  return text;
}

std::string SampleMaker::word(std::size_t length_max) {
  std::string text;
  for (std::size_t i = 0; i <= below(length_max); ++i) text += static_cast<char>('a' + below(26));
  return text;
}

std::string SampleMaker::from_pattern(const std::string& pattern) {
  std::string text;
  for (const char c : pattern) {
    if (c == '#') {
      text += static_cast<char>('0' + below(10));
    } else if (c == '@') {
      text += static_cast<char>('1' + below(9));
    } else if (c == 'x') {
      text += "0123456789abcdef"[below(16)];
    } else {
      text += c;
    }
  }
  return text;
}

std::string SampleMaker::email() {
  const std::vector<std::string> joints = {".", "-", "_", "+", ""};
  const std::vector<std::string> endings = {"com",   "org",    "ma",      "de",
                                            "co.uk", "museum", "xn--p1ai"};
  return word(10) + one_of(joints) + word(6) + digits(below(3)) + "@" + word(12) + "." +
         one_of(endings);
}

std::string SampleMaker::card() {
  struct Issuer {
    std::string prefix;
    std::vector<std::size_t> shape;
  };
  const std::vector<Issuer> issuers = {
      {"4", {4, 4, 4, 4}},    {"51", {4, 4, 4, 4}},   {"55", {4, 4, 4, 4}},
      {"2221", {4, 4, 4, 4}}, {"2720", {4, 4, 4, 4}}, {"34", {4, 6, 5}},
      {"37", {4, 6, 5}},      {"6011", {4, 4, 4, 4}}, {"644", {4, 4, 4, 4}},
      {"65", {4, 4, 4, 4}},   {"36", {4, 6, 4}},      {"38", {4, 6, 4}},
      {"305", {4, 6, 4}},     {"3528", {4, 4, 4, 4}}, {"3589", {4, 4, 4, 4}},
      {"62", {4, 4, 4, 4}}};
  const Issuer& issuer = one_of(issuers);
  std::size_t length = 0;
  for (const std::size_t group : issuer.shape) length += group;
  std::string number = issuer.prefix + digits(length - issuer.prefix.size() - 1);
  number += luhn_digit(number);
  switch (below(3)) {
    case 0:
      return grouped(number, issuer.shape, ' ');
    case 1:
      return grouped(number, issuer.shape, '-');
    default:
      return number;
  }
}

std::string SampleMaker::card_with_a_wrong_digit() {
  std::string number = card();
  char& digit = number.back();
  digit = static_cast<char>('0' + (digit - '0' + 1 + static_cast<int>(below(9))) % 10);
  return number;
}

std::string SampleMaker::phone() {
  const std::vector<std::string> patterns = {
      "+33 @ ## ## ## ##", "+33@########",        "+49 (0)@# #######", "+49@##########",
      "+1 (@##) ###-####", "+1-@##-###-####",     "+44 20 #### ####",  "+212 6-##-##-##-##",
      "+2126########",     "+7 9## ### ## ##",    "+81 3-####-####",   "+352 ######",
      "0033@########",     "00 33 @ ## ## ## ##", "0049 @# #######",   "(555) ###-####",
      "555-###-####",      "555.###.####",        "1-555-###-####",    "0@ ## ## ## ##",
      "0@.##.##.##.##",    "0@-##-##-##-##",      "0@# #######",       "0@##/#######",
      "020 #### ####",     "(0@#) #######",       "06########",        "07########"};
  return from_pattern(one_of(patterns));
}

Sample SampleMaker::personal() {
  switch (below(3)) {
    case 0:
      return {Kind::kEmail, email()};
    case 1:
      return {Kind::kCard, card()};
    default:
      return {Kind::kPhone, phone()};
  }
}

std::string SampleMaker::ordinary() {
  const std::vector<std::string> patterns = {"xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx",
                                             "########-####-4###-8###-############",
                                             "2024-1#-1#T12:3#:5#.###Z",
                                             "1#.0#.20## 1#:2#:3#",
                                             "0@/1#/2024",
                                             "2024-12-0@ 1#:3#:5#.###",
                                             "17########",
                                             "17##########"
                                             "#",
                                             "17################",
                                             "17#################",
                                             "@.#.####.#######",
                                             "v@.##.#-rc.#",
                                             "@,###,###.##",
                                             "@ ### ###.##",
                                             "@.###.###,##",
                                             "0.################",
                                             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxa",
                                             "0x7ffd########",
                                             "ORD_################",
                                             "INV-2024-######",
                                             "10##########",
                                             "9##################",
                                             "@## MB of #### MB",
                                             "1920x1080",
                                             "Windows 10.0.#####.####",
                                             "Chrome/1##.0.####.##",
                                             "#.###e+##",
                                             "localhost:####",
                                             "#### rows, ### ms, #.##%",
                                             "(## of ###)",
                                             "[###, ###, ###, ###]",
                                             "@##########.#"};
  return from_pattern(one_of(patterns));
}

std::vector<std::string> published_cards() {
  return {"4111111111111111", "4012888888881881",   "4222222222222",    "5555555555554444",
          "5105105105105100", "2223003122003222",   "378282246310005",  "371449635398431",
          "6011111111111117", "6011000990139424",   "30569309025904",   "38520000023237",
          "36227206271667",   "3530111333300000",   "3566002020360505", "6200000000000005",
          "6759649826438453", "4000000000000000006"};
}

std::vector<Sample> hand_picked_personal() {
  return {
      {Kind::kEmail, "bob@example.com"},
      {Kind::kEmail, "bob.smith+tag@sub.example.co.uk"},
      {Kind::kEmail, "o'brien@example.ie"},
      {Kind::kEmail, "a@b.io"},
      {Kind::kEmail, "BOB@EXAMPLE.COM"},
      {Kind::kEmail, "12345@163.com"},
      {Kind::kEmail, "0612345678@example.com"},
      {Kind::kEmail, "j\xC3\xBCrgen@m\xC3\xBCnchen.de"},
      {Kind::kEmail, "\xE7\x94\xA8\xE6\x88\xB7@\xE4\xBE\x8B\xE5\xAD\x90.\xE5\xB9\xBF\xE5\x91\x8A"},
      {Kind::kEmail, "a..b@docomo.ne.jp"},
      {Kind::kCard, "4111 1111 1111 1111"},
      {Kind::kCard, "4111-1111-1111-1111"},
      {Kind::kCard, "3782 822463 10005"},
      {Kind::kCard, "3056 930902 5904"},
      {Kind::kCard, "4000 0000 0000 0000 006"},
      {Kind::kCard, "41111111 11111111"},
      {Kind::kCard, "2200 0000 0000 0004"},
      {Kind::kNationalId, "123-45-6789"},
      {Kind::kNationalId, "111.444.777-35"},
      {Kind::kNationalId, "2345 6789 0124"},
      {Kind::kNationalId, "2345-6789-0124"},
      {Kind::kNationalId, "86095742719"},
      {Kind::kNationalId, "86 095 742 719"},
      {Kind::kNationalId, "44051401359"},
      {Kind::kNationalId, "255081416802538"},
      {Kind::kNationalId, "2 55 08 14 168 025 38"},
      {Kind::kNationalId, "2550814168025 38"},
      {Kind::kNationalId, "123 45 6789"},
      {Kind::kNationalId, "11144477735"},
      {Kind::kNationalId, "AB123456C"},
      {Kind::kNationalId, "ab 12 34 56 d"},
      {Kind::kNationalId, "12345678Z"},
      {Kind::kNationalId, "12345678-Z"},
      {Kind::kNationalId, "X1234567L"},
      {Kind::kNationalId, "x-1234567-l"},
      {Kind::kNationalId, "RSSMRA85T10A562S"},
      {Kind::kNationalId, "RSSMRA85T10A56NH"},
      {Kind::kNationalId, "1 85 05 2A 123 456 33"},
      {Kind::kNationalId, "185052A12345633"},
      {Kind::kIban, "DE89370400440532013000"},
      {Kind::kIban, "de89 3704 0044 0532 0130 00"},
      {Kind::kIban, "GB29-NWBK-6016-1331-9268-19"},
      {Kind::kIban, "FR14 2004 1010 0505 0001 3M02 606"},
      {Kind::kIban, "MT84MALT011000012345MTLCAST001S"},
      {Kind::kIban, "NO9386011117947"},
      {Kind::kIban,
       "MA64\xC2\xA0"
       "0115\xC2\xA0"
       "1900\xC2\xA0"
       "0001\xC2\xA0"
       "2050\xC2\xA0"
       "0053\xC2\xA0"
       "4921"},
      {Kind::kIpAddress, "203.0.113.77"},
      {Kind::kIpAddress, "1.1.1.1"},
      {Kind::kIpAddress, "2001:db8::1"},
      {Kind::kIpAddress, "2001:0db8:85a3:0000:0000:8a2e:0370:7334"},
      {Kind::kIpAddress, "fe80::1ff:fe23:4567:890a"},
      {Kind::kIpAddress, "fd12:3456:789a::"},
      {Kind::kMacAddress, "01:23:45:67:89:ab"},
      {Kind::kMacAddress, "01-23-45-67-89-AB"},
      {Kind::kToken,
       "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
      {Kind::kToken, "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0"},
      {Kind::kToken, "AKIAIOSFODNN7EXAMPLE"},
      {Kind::kToken, "ghp_0123456789abcdefghijABCDEFGHIJ012345"},
      {Kind::kToken, "sk-ant-api03-0123456789abcdefghij-ABCDEFGHIJ_AA"},
      {Kind::kToken, "AIzaSyA0123456789abcdefghijABCDEFGHIJ0"},
      {Kind::kToken, "xoxb-123456789012-1234567890123-abcdefghijABCDEFGHIJ0123"},
      {Kind::kPrivateKey,
       "-----BEGIN PRIVATE KEY-----\n"
       "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0123456789abcdef\n"
       "-----END PRIVATE KEY-----"},
      {Kind::kPrivateKey,
       "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
       "AES-256-CBC,0123456789ABCDEF\n\nMI/Ea+AAi/dgB1BQY123456789abcdefghij\n"
       "-----END RSA PRIVATE KEY-----"},
      {Kind::kPhone, "(11) 98765-4321"},
      {Kind::kPhone, "138 1234 5678"},
      {Kind::kPhone, "98765 43210"},
      {Kind::kPhone, "612 34 56 78"},
      {Kind::kPhone, "212 555 0142"},
      {Kind::kPhone, "+12025550123"},
      {Kind::kPhone, "+1 (555) 123-4567"},
      {Kind::kPhone, "+49 (0)30 1234567"},
      {Kind::kPhone, "+49.301234567"},
      {Kind::kPhone, "+44 20 7946 0958"},
      {Kind::kPhone, "+352 621 123"},
      {Kind::kPhone, "0033612345678"},
      {Kind::kPhone, "(555)123-4567"},
      {Kind::kPhone, "(555) 123-4567"},
      {Kind::kPhone, "555 123-4567"},
      {Kind::kPhone, "1 (555) 123-4567"},
      {Kind::kPhone, "555.123.4567"},
      {Kind::kPhone, "030 1234567"},
      {Kind::kPhone, "030 / 1234567"},
      {Kind::kPhone, "06 12 34 56 78"},
      {Kind::kPhone, "0171/1234567"},
      {Kind::kPhone, "0118-496-0123"},
      {Kind::kPhone, "020 7946 0958"},
      {Kind::kPhone, "0612345678"},
  };
}

std::vector<std::string> hand_picked_ordinary() {
  return {
      "",
      "approved as agreed",
      "2024-12-08T12:34:56.789Z",
      "2024-12-08T12:34:56.789+0100",
      "1733661296789",
      "1733661296789123",
      "20241208123456789",
      "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
      "12345678-1234-1234-1234-123456789012",
      "aaaaaaaa-0305-4111-9111-aaaaaaaaaaaa",
      "ffffffff-ffff-ffff-ffff-003361234567",
      "1.2.3.4567890",
      "10.0.19045.3803",
      "010.001.002.003",
      "1,234,567.89",
      "1 234 567.89",
      "12 034 567 890",
      "+12345678.90",
      "0.4111111111111111",
      "4111111111111111.25",
      "4111111111111112",          // Luhn
      "1111111111111117",          // no issuer
      "41111111111111111111",      // too long
      "deadbeef4111111111111111",  // glued
      "4111111111111111a",
      "order_4111111111111111",
      "4006381333931",  // a barcode
      "08.12.2024 12:30",
      "08/12/2024",
      "08-12-2024 10:30:00",
      "08 12 2024 10 30",
      "5551234567",
      "0012345678",
      "000000000012345678",
      "0080001234",
      "001234567890",
      "112-1234567-1234567",
      "978-3-16-148410-0",
      "2-555-123-4567-8",
      "06 12 34 56 78 9a",
      "06 12 34 56 78 90",
      "99 06 12 34 56 78",
      "000-12-3456",  // no such area
      "666-12-3456",
      "900-12-3456",
      "123-00-4567",  // no such group
      "123-45-0000",
      "7-123-45-6789",  // a part of something longer
      "123-45-6789-1",
      "A123-45-6789",
      "111.444.777-36",  // CPF's digits
      "111.444.777.35",
      "2345 6789 0125",  // Verhoeff
      "1345 6789 0124",
      "86095742710",  // ISO 7064
      "12345678901",
      "44051401358",             // PESEL's digit
      "44131401353",             // no such month
      "255081416802539",         // NIR's key
      "DE89370400440532013001",  // IBAN's check digits
      "DE8937040044053201300",   // its length
      "XX89370400440532013000",
      "DE89 3704 0044 0532 0130 0",
      "12345678A",  // DNI's letter
      "X1234567A",
      "AB123456E",  // no such NINO
      "GB123456A",
      "QQ123456C",
      "RSSMRA85T10A562T",  // codice fiscale's letter
      "RSSMRA85Z10A562S",  // no such month
      "1 85 05 2A 123 456 34",
      "127.0.0.1:8080",
      "0.0.0.0",
      "255.255.255.0",
      "1.2.3",
      "1.2.3.256",
      "1.2.3.4.5",
      "version 1.2.3.4",
      "v1.2.3.4",
      "Version=4.0.30.1, Culture=neutral",
      "firmware: 10.2.30.4",
      "Edg/99.0.48.12",
      "2.4.0.0",
      "std::chrono::seconds(12)",
      "abc::def::fed",
      "::1",
      "12:30:05.123",
      "00:00:00:00:00:00",
      "FF:FF:FF:FF:FF:FF",
      "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89",  // a fingerprint
      "Basic authentication required",
      "Bearer authentication is not supported",
      "basic-configuration-values",
      "sk-and-other-words-with-hyphens-in-them",
      "ghp_short",
      "eyJhbGciOiJIUzI1NiJ9",
      "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUe\n-----END CERTIFICATE-----",
      "https://example.com/orders?page=2&sort=date",
      "https://example.com:8443/a@b/c",
      "if (token == null) return;",
      "tokens=5",
      "monkey=1",
      "/home",
      "/home/",
      "/Users/Shared/data",
      "https://example.com/home/start",
      "https://example.com/users/anna/edit",
      "C:\\Users\\Public\\Documents",
      "48.8583, 2.2945",  // only if it is asked for
      "111222333",
      "icon@2x.png",
      "lodash@4.17.21",
      "@scope/package",
      "user@localhost",
      "a@b",
      "@example.com",
      "bob@",
      "bob@.com",
      "bob@example.",
      "bob@example.c",
      "Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
      "Chrome/120.0.0.0",
      "UTC+01:00",
      "[removed]",
      "[email] and [card] and [phone]",
  };
}

}  // namespace penstock::privacy
