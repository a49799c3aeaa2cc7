// Goal: a secret's field is known however its name is spelled, and no field of the protocol ever
// is. Method: spellings of the same names, all names of the protocol, and names near to built-in
// ones.
#include "privacy/rule_set.hpp"

#include <gmock/gmock.h>

#include <string>

#include "wire/field_names.hpp"

namespace penstock::privacy {
namespace {

TEST(RuleSet, RemovesWhatIsNamedAsASecretOrAPerson) {
  const RuleSet rules;
  for (const char* name : {"password",     "passwd",
                           "pwd",          "passphrase",
                           "secret",       "clientSecret",
                           "token",        "accessToken",
                           "refreshToken", "idToken",
                           "apiKey",       "authorization",
                           "auth",         "cookie",
                           "setCookie",    "JSESSIONID",
                           "privateKey",   "cardNumber",
                           "creditCard",   "cvv",
                           "cvc",          "pin",
                           "iban",         "accountNumber",
                           "ssn",          "socialSecurityNumber",
                           "nationalId",   "cin",
                           "passport",     "passportNumber",
                           "taxId",        "dateOfBirth",
                           "birthDate",    "dob",
                           "email",        "emailAddress",
                           "mail",         "phone",
                           "phoneNumber",  "mobile",
                           "firstName",    "lastName"}) {
    EXPECT_TRUE(rules.removes(name)) << name;
  }
}

TEST(RuleSet, ComparesWithoutCaseAndSeparators) {
  const RuleSet rules;
  for (const char* name :
       {"apiKey", "apikey", "APIKEY", "api_key", "API-Key", "api.key", "Api Key", "_api__key_",
        "X-Api-Key", "a-p-i-k-e-y", "ASP.NET_SessionId", "Set-Cookie"}) {
    EXPECT_TRUE(rules.removes(name)) << name;
  }
}

TEST(RuleSet, NamesMayBeGivenTwiceInAnySpelling) {
  RuleSetOptions options;
  for (int i = 0; i < 1000; ++i)
    options.remove_fields.insert(options.remove_fields.end(), {"pass_word", "vip", "V-I-P"});
  const RuleSet rules(options);
  EXPECT_TRUE(rules.removes("password"));
  EXPECT_TRUE(rules.removes("vip"));
  EXPECT_FALSE(rules.removes("vipp"));
}

TEST(RuleSet, LeavesTheProtocolsOwnFieldsAlone) {
  const RuleSet rules;
  namespace field = wire::field;
  for (const auto name :
       {field::kEventType,     field::kTimestamp, field::kSeq,          field::kUserId,
        field::kSessionId,     field::kPageId,    field::kActivityType, field::kRecordId,
        field::kAction,        field::kMetadata,  field::kDetails,      field::kSchemaVersion,
        field::kCorrelationId, field::kEventId,   field::kReceivedAt,   field::kClockSkewMs,
        field::kSentAt,        field::kInstallId, field::kSdk,          field::kContext,
        field::kEvents,        field::kDropped,   field::kAccepted,     field::kRejected,
        field::kIndex,         field::kCode,      field::kMessage,      field::kPointer}) {
    EXPECT_FALSE(rules.removes(name)) << name;
  }
}

TEST(RuleSet, LeavesNamesAloneThatAreOnlyNear) {
  const RuleSet rules;
  for (const char* name : {"",
                           "_",
                           "-._ ",
                           "passwords",
                           "pass",
                           "wordpass",
                           "tokens",
                           "tokenCount",
                           "apiKeys",
                           "pin2",
                           "pinned",
                           "spin",
                           "author",
                           "emailed",
                           "phones",
                           "initiator",
                           "sourceSystem",
                           "p",
                           "pd",
                           "pass\xC3\xA9word",
                           "name",
                           "title",
                           "address",
                           "duration",
                           "outcome"}) {
    EXPECT_FALSE(rules.removes(name)) << name;
  }
}

TEST(RuleSet, KnowsANameWithASeparatorInAnyPlace) {
  RuleSetOptions options;
  options.remove_fields = {"q", "qz", "qzw", "qzwv"};
  const RuleSet rules(options);
  for (const std::string name : {"q", "qz", "qzw", "qzwv", "pin", "CVV2", "token", "Password",
                                 "creditCardNumber", "vehicleRegistrationNumber"}) {
    EXPECT_TRUE(rules.removes(name)) << name;
    for (const std::string separator : {"_", "-", ".", " ", "__", "- "}) {
      for (std::size_t at = 0; at <= name.size(); ++at) {
        std::string spelled = name;
        spelled.insert(at, separator);
        EXPECT_TRUE(rules.removes(spelled)) << spelled;
      }
    }
    for (std::size_t at = 0; at < name.size(); ++at) {
      std::string other = name;
      other[at] = '~';
      EXPECT_FALSE(rules.removes(other)) << other;
    }
  }
}

TEST(RuleSet, RemovesWhatAnOptionNamesInAnySpelling) {
  RuleSetOptions options;
  options.remove_fields = {"Internal-Notes", "x", "caf\xC3\xA9"};
  const RuleSet rules(options);
  EXPECT_TRUE(rules.removes("internalNotes"));
  EXPECT_TRUE(rules.removes("internal_notes"));
  EXPECT_TRUE(rules.removes("X"));
  EXPECT_TRUE(rules.removes("Caf\xC3\xA9"));
  EXPECT_TRUE(rules.removes("password"));
  EXPECT_FALSE(rules.removes("internal"));
}

TEST(RuleSet, AllowedNamesWinOverBuiltInAndRemovedOnes) {
  RuleSetOptions options;
  options.remove_fields = {"notes"};
  options.allow_fields = {"E-Mail", "notes"};
  const RuleSet rules(options);
  EXPECT_FALSE(rules.removes("email"));
  EXPECT_FALSE(rules.removes("notes"));
  EXPECT_TRUE(rules.removes("emailAddress"));
}

TEST(RuleSet, KnowsNamesOfAnyLength) {
  RuleSetOptions options;
  options.remove_fields = {std::string(500, 'q'), "", "___"};
  const RuleSet rules(options);
  EXPECT_TRUE(rules.removes(std::string(500, 'Q')));
  EXPECT_FALSE(rules.removes(std::string(501, 'q')));
  EXPECT_FALSE(rules.removes(std::string(499, 'q')));
  EXPECT_TRUE(rules.removes("pass" + std::string(100'000, '_') + "word"));
  EXPECT_FALSE(rules.removes(""));
}

TEST(RuleSet, NamesTheKindInTheMask) {
  EXPECT_EQ(mask_of(Kind::kEmail), "[email]");
  EXPECT_EQ(mask_of(Kind::kCard), "[card]");
  EXPECT_EQ(mask_of(Kind::kPhone), "[phone]");
}

}  // namespace
}  // namespace penstock::privacy
