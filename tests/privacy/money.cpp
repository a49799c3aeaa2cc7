#include <array>

#include "privacy/check_digits.hpp"
#include "privacy/values.hpp"

namespace penstock::corpus {
namespace {

struct Issuer {
  const char* prefix;
  std::size_t digits;
};
constexpr std::array<Issuer, 16> kIssuers = {{{"4", 16},
                                              {"4", 16},
                                              {"51", 16},
                                              {"55", 16},
                                              {"2221", 16},
                                              {"2720", 16},
                                              {"34", 15},
                                              {"37", 15},
                                              {"6011", 16},
                                              {"65", 16},
                                              {"36", 14},
                                              {"3528", 16},
                                              {"3589", 16},
                                              {"62", 16},
                                              {"5018", 16},
                                              {"2200", 16}}};

// ISO 13616: # a digit, A a capital, * one of both.
struct Account {
  const char* country;
  const char* form;
};
constexpr std::array<Account, 18> kAccounts = {{{"DE", "##################"},
                                                {"FR", "##########***********##"},
                                                {"GB", "AAAA##############"},
                                                {"ES", "####################"},
                                                {"IT", "A##########************"},
                                                {"NL", "AAAA##########"},
                                                {"BE", "############"},
                                                {"AT", "################"},
                                                {"CH", "#####************"},
                                                {"PL", "########################"},
                                                {"PT", "#####################"},
                                                {"MA", "########################"},
                                                {"MT", "AAAA#####******************"},
                                                {"IE", "AAAA##############"},
                                                {"SE", "####################"},
                                                {"NO", "###########"},
                                                {"LU", "###*************"},
                                                {"BR", "#######################A*"}}};

std::string grouped(const std::string& text, std::initializer_list<std::size_t> shape, char joint) {
  std::string result;
  std::size_t at = 0;
  for (const std::size_t count : shape) {
    if (at >= text.size()) break;
    if (at > 0) result += joint;
    result += text.substr(at, count);
    at += count;
  }
  return result;
}

}  // namespace

Value card(Random& random) {
  const Issuer& issuer = random.one_of(kIssuers);
  std::string number = issuer.prefix;
  number += random.digits(issuer.digits - number.size() - 1);
  number += luhn(number);
  const std::size_t form = random.below(3);
  if (form == 0 || number.size() == 13) return number;
  const char joint = form == 1 ? ' ' : '-';
  if (number.size() == 16) return grouped(number, {4, 4, 4, 4}, joint);
  return grouped(number, {4, 6, number.size() - 10}, joint);
}

Value iban(Random& random) {
  const Account& account = random.one_of(kAccounts);
  std::string number = random.pattern(account.form);
  for (char& c : number)
    if (c == '*') c = random.of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)[0];
  const std::string text = account.country + iban_check(account.country, number) + number;
  if (random.chance(2)) return text;
  return grouped(text, {4, 4, 4, 4, 4, 4, 4, 4, 4}, ' ');
}

}  // namespace penstock::corpus
