// Goal: each action writes what its header says, never more of the value, and a second time changes
// nothing. Method: values by hand, known digests (RFC 4231, Python's hashlib), random values.
#include "privacy/rules/actions.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "privacy/kinds.hpp"
#include "privacy/rules/keyed_hash.hpp"
#include "wire/hex.hpp"

namespace penstock::privacy {
namespace {

using ActionKind = Action::Kind;

constexpr PseudonymKey kKeys[] = {{"key1", "Jefe"}, {"key2", "another"}};
constexpr Secrets kSecrets{"salt", kKeys};

std::string written(const Action& action, std::string_view value,
                    const Secrets& secrets = kSecrets) {
  std::vector<char> buffer(value.size() * 6 + 256);
  wire::JsonWriter out(buffer.data(), buffer.size());
  apply(action, secrets, value, out);
  EXPECT_FALSE(out.overflowed());
  std::string text(out.text());
  EXPECT_TRUE(text.size() >= 2 && text.front() == '"' && text.back() == '"') << text;
  return text.substr(1, text.size() - 2);
}
std::string last(unsigned count, std::string_view value) {
  return written({ActionKind::kMaskLast, static_cast<std::uint8_t>(count), {}}, value);
}
std::string hex(const Digest& digest) {
  std::string text;
  for (const auto byte : digest) {
    text += wire::kHexDigits[byte >> 4];
    text += wire::kHexDigits[byte & 15];
  }
  return text;
}

TEST(ActionsTest, RemovesReplacesAndAllows) {
  EXPECT_EQ(written({ActionKind::kRemove, 0, {}}, "anna"), "[removed]");
  EXPECT_EQ(written({ActionKind::kReplace, 0, "[\"note\"]"}, "anna"), "[\\\"note\\\"]");
  EXPECT_EQ(written({ActionKind::kAllow, 0, {}}, "an\"na"), "an\\\"na");
}

TEST(ActionsTest, MasksAllButTheLastCharacters) {
  EXPECT_EQ(last(4, "4111111111111234"), "[masked]1234");
  EXPECT_EQ(last(4, "abcdefghijkl"), "[masked]ijkl");
  EXPECT_EQ(last(4, "abcdefghijk"), "[masked]ijk");
  EXPECT_EQ(last(4, "abc"), "[masked]c");
  EXPECT_EQ(last(4, "ab"), "[masked]");
  EXPECT_EQ(last(4, ""), "[masked]");
  EXPECT_EQ(last(2, "abcdef\"\\"), "[masked]\\\"\\\\");
}

TEST(ActionsTest, KeepsWholeCharactersOfUtf8) {
  EXPECT_EQ(last(1, "Zo\xC3\xAB"), "[masked]\xC3\xAB");
  EXPECT_EQ(last(2, "abcd\xE2\x82\xAC\xF0\x9F\x98\x80"), "[masked]\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(last(1, "\xC3\xAB\xC3\xAB"), "[masked]");
  // Each bad byte counts, and becomes U+FFFD.
  EXPECT_EQ(last(2, "abcd\xFF\x80"), "[masked]\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(ActionsTest, ValuesThatLookMaskedKeepNoMoreThanTheRuleKeeps) {
  EXPECT_EQ(last(4, "[masked]1234"), "[masked]1234");
  EXPECT_EQ(last(4, "[masked]12345"), "[masked]2345");
  EXPECT_EQ(last(4, "[masked]anna.smith"), "[masked]mith");
}

TEST(ActionsTest, HashesWithTheSalt) {
  EXPECT_EQ(written({ActionKind::kHash, 0, {}}, "anna"),
            "h:" + hex(salted_sha256("salt", "anna")).substr(0, 32));
  EXPECT_EQ(hex(salted_sha256("", "")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(written({ActionKind::kHash, 0, {}}, "anna"), "h:be72953700e137b68207b28f67813603");
  EXPECT_NE(written({ActionKind::kHash, 0, {}}, "anna", {"other"}),
            "h:be72953700e137b68207b28f67813603");
}

TEST(ActionsTest, MakesPseudonymsWithTheNamedKey) {
  EXPECT_EQ(written({ActionKind::kPseudonym, 0, "key1"}, "what do ya want for nothing?"),
            "p:key1:5bdcc146bf60754e6a042426089575c7");
  EXPECT_NE(written({ActionKind::kPseudonym, 0, "key2"}, "what do ya want for nothing?").substr(8),
            "5bdcc146bf60754e6a042426089575c7");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xAA'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(hmac_sha256(std::string(64, 'k'), "v")),
            "1d4758a03df4b4714ec6f8abf9f9b94c441f81ef8c0df2298d8da4e210adeff3");
  EXPECT_EQ(hex(hmac_sha256(std::string(65, 'k'), "v")),
            "94fba6e01b7bbedac668549ffc357cd7c1eadf340bf7e29bc50ea2fc10091b49");
}

TEST(ActionsTest, WithoutASaltOrAKeyTheValueIsRemoved) {
  EXPECT_EQ(written({ActionKind::kHash, 0, {}}, "anna", {}), "[removed]");
  EXPECT_EQ(written({ActionKind::kPseudonym, 0, "key3"}, "anna"), "[removed]");
  EXPECT_EQ(written({ActionKind::kPseudonym, 0, "key1"}, "anna", {"salt"}), "[removed]");
}

TEST(ActionsTest, TruncatesOrRemoves) {
  EXPECT_EQ(written({ActionKind::kTruncateIp, 0, {}}, "203.0.113.77"), "203.0.113.0");
  EXPECT_EQ(written({ActionKind::kTruncateIp, 0, {}}, "anna"), "[removed]");
  EXPECT_EQ(written({ActionKind::kTruncateCoordinates, 2, {}}, "48.8583, 2.2944"), "48.85, 2.29");
  EXPECT_EQ(written({ActionKind::kTruncateCoordinates, 2, {}}, "Paris"), "[removed]");
  EXPECT_EQ(written({ActionKind::kTruncateDay, 0, {}}, "2026-11-28T10:11:12Z"), "2026-11-28");
  EXPECT_EQ(written({ActionKind::kTruncateDay, 0, {}}, "today"), "[removed]");
}

const std::vector<Action>& masking_actions() {
  static const std::vector<Action> actions{
      {ActionKind::kRemove, 0, {}},      {ActionKind::kReplace, 0, "[note]"},
      {ActionKind::kMaskLast, 4, {}},    {ActionKind::kMaskLast, 16, {}},
      {ActionKind::kHash, 0, {}},        {ActionKind::kPseudonym, 0, "key1"},
      {ActionKind::kTruncateIp, 0, {}},  {ActionKind::kTruncateCoordinates, 2, {}},
      {ActionKind::kTruncateDay, 0, {}},
  };
  return actions;
}

TEST(ActionsTest, LeavesWhatIsMaskedAsItIs) {
  const std::string digest = "0123456789abcdef0123456789abcdef";
  std::vector<std::string> masked{"[removed]", "h:" + digest, "p:key1:" + digest,
                                  "p:old_key:" + digest};
  for (const auto& kind : kKindTable) masked.emplace_back(kind.mask);
  for (const auto& action : masking_actions()) {
    if (action.replaces_whole()) continue;
    for (const auto& value : masked) EXPECT_EQ(written(action, value), value);
  }
}

TEST(ActionsTest, MasksWhatOnlyResemblesAMask) {
  const std::string digest = "0123456789abcdef0123456789abcdef";
  for (const std::string& value :
       {"h:" + digest + "0", "h:" + digest.substr(1), "h:" + digest.substr(1) + "A", "p::" + digest,
        "p:key 1:" + digest, "p:key1" + digest, std::string("[removed] anna")}) {
    EXPECT_NE(written({ActionKind::kHash, 0, {}}, value), value);
  }
}

TEST(ActionsTest, ASecondTimeChangesNothingWhateverTheValue) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::string pieces[] = {"a",
                                "7",
                                ".",
                                "-",
                                "[masked]",
                                "h:",
                                "p:key1:",
                                "\xC3\xAB",
                                "\xF0\x9F\x98\x80",
                                "0123456789abcdef",
                                "[removed]",
                                "2026-11-28"};
  for (int round = 0; round < 3000; ++round) {
    std::string value;
    for (auto count = random() % 12; count > 0; --count) value += pieces[random() % 12];
    for (const auto& action : masking_actions()) {
      const std::string once = written(action, value);
      ASSERT_EQ(written(action, once), once) << value;
    }
  }
}

TEST(ActionsTest, ValuesOfAnyLengthAndBytesAreMasked) {
  for (const auto& action : masking_actions()) {
    for (const char c : {'\xFF', '\x80', '\0', '1', '['}) {
      EXPECT_LT(written(action, std::string(256 * 1024, c)).size(), 128u);
    }
  }
}

}  // namespace
}  // namespace penstock::privacy
