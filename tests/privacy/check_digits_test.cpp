// Check digits of numbers that are published as examples of their kind.
#include "privacy/check_digits.hpp"

#include <gtest/gtest.h>

namespace penstock::corpus {
namespace {

TEST(CheckDigitsTest, AreThoseOfPublishedExamples) {
  EXPECT_EQ(luhn("411111111111111"), '1');
  EXPECT_EQ(iban_check("GB", "WEST12345698765432"), "82");
  EXPECT_EQ(iban_check("DE", "370400440532013000"), "89");
  EXPECT_EQ(iban_check("FR", "20041010050500013M02606"), "14");
  EXPECT_EQ(german_tax_check("8609574271"), '9');
  EXPECT_EQ(german_tax_check("4703689281"), '6');
  EXPECT_EQ(french_nir_key("2550814168025"), "38");
  EXPECT_EQ(spanish_letter(12345678), 'Z');
  EXPECT_EQ(spanish_letter(1234567), 'L');  // X1234567L
  EXPECT_EQ(italian_check("RSSMRA85T10A562"), 'S');
  EXPECT_EQ(dutch_check("11122233"), '3');
  EXPECT_EQ(polish_check("4405140135"), '9');
  EXPECT_EQ(brazilian_check("111444777"), "35");
  EXPECT_EQ(verhoeff("236"), '3');
}

}  // namespace
}  // namespace penstock::corpus
