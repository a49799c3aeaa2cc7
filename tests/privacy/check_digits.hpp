// Check digits, each as its standard or its state defines it.
#pragma once

#include <string>
#include <string_view>

namespace penstock::corpus {

// Each takes the number without its check digits (digits, where nothing else is said) and answers
// these.
char luhn(std::string_view digits);                                          // ISO/IEC 7812-1
std::string iban_check(std::string_view country, std::string_view account);  // ISO 13616, mod 97
char german_tax_check(std::string_view ten);            // ISO/IEC 7064, mod 11, 10
std::string french_nir_key(std::string_view thirteen);  // 97 - n mod 97; 2A counts as 19, 2B as 18
char spanish_letter(unsigned long number);           // of a DNI, or a NIE with X, Y, Z as 0, 1, 2
char italian_check(std::string_view fifteen);        // of a codice fiscale
char dutch_check(std::string_view eight);            // the 11 proof; '\0' if no digit fits
char polish_check(std::string_view ten);             // of a PESEL
std::string brazilian_check(std::string_view nine);  // of a CPF
char verhoeff(std::string_view digits);              // of an Aadhaar

}  // namespace penstock::corpus
