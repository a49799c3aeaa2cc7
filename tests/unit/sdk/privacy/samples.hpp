// Labelled texts for the privacy tests: what must be found, made by described rules, and what must
// not.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "privacy/rule_set.hpp"

namespace penstock::privacy {

struct Sample {
  Kind kind;
  std::string text;
};

// Makes personal data that is right by the rules of its kind, and look-alikes that are not.
class SampleMaker {
 public:
  explicit SampleMaker(std::uint32_t seed) : random_(seed) {}

  std::string email();
  // A card of a random issuer with a right Luhn digit, bare or in its printed groups.
  std::string card();
  // The same with one digit changed, so that Luhn's check fails.
  std::string card_with_a_wrong_digit();
  std::string phone();
  Sample personal();
  // A UUID, time, version, amount, hex id, address or counter.
  std::string ordinary();

  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  std::string digits(std::size_t count);
  std::string word(std::size_t length_max);
  std::string from_pattern(const std::string& pattern);  // # a digit, @ one of 1-9, x a hex digit
  template <typename List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

  std::mt19937 random_;
};

// The example numbers that the card schemes publish for tests.
std::vector<std::string> published_cards();
std::vector<Sample> hand_picked_personal();
std::vector<std::string> hand_picked_ordinary();

}  // namespace penstock::privacy
