// Goal: personal data is found wherever it stands in a text, and ordinary values are left alone.
// Method: hand-picked values and hundreds made by the rules of their kind, alone and inside
// sentences; the expected finding is the labelled value, no more and no less. Then input made to be
// slow.
#include "privacy/detectors.hpp"

#include <gmock/gmock.h>

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "samples.hpp"

namespace penstock::privacy {

bool operator==(const Finding& a, const Finding& b) {
  return a.offset == b.offset && a.length == b.length && a.kind == b.kind;
}
std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  return out << mask_of(finding.kind) << " at " << finding.offset << ", " << finding.length
             << " bytes";
}

namespace {

using ::testing::Optional;

class DetectorsTest : public ::testing::Test {
 protected:
  std::optional<Finding> find(std::string_view text) const {
    return find_personal_data(rules_, text, 0);
  }

  // The text with its findings replaced.
  std::string masked(const std::string& text) const {
    std::string result;
    std::size_t from = 0;
    while (const auto finding = find_personal_data(rules_, text, from)) {
      result += text.substr(from, finding->offset - from);
      result += mask_of(finding->kind);
      from = finding->offset + finding->length;
    }
    return result + text.substr(from);
  }

  // The sample is found alone, and between all that usually surrounds a value.
  void expect_found(const Sample& sample) const {
    const std::vector<std::pair<std::string, std::string>> places = {
        {"", ""},
        {"call ", " please"},
        {"(", ")"},
        {"contact: ", "."},
        {"<", ">"},
        {"\"", "\""},
        {"\n", "\n"},
        {"a=", "&b=1"},
        {"x, ", ", y"},
        {"\xC3\xA9t\xC3\xA9 ", " \xE2\x82\xAC"},
        {"2024-12-08T12:34:56Z ", "!"}};
    for (const auto& [before, behind] : places) {
      const std::string text = before + sample.text + behind;
      EXPECT_TRUE(may_hold_personal_data(text)) << text;
      EXPECT_THAT(find(text), Optional(Finding{before.size(), sample.text.size(), sample.kind}))
          << text;
    }
  }

  RuleSet rules_;
};

TEST_F(DetectorsTest, FindsHandPickedPersonalData) {
  for (const Sample& sample : hand_picked_personal()) expect_found(sample);
}

TEST_F(DetectorsTest, FindsTheCardsThatTheSchemesPublishForTests) {
  for (const std::string& card : published_cards()) expect_found({Kind::kCard, card});
}

TEST_F(DetectorsTest, FindsPersonalDataMadeByTheRulesOfItsKind) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  SampleMaker make(seed);
  for (int i = 0; i < 1000; ++i) expect_found(make.personal());
}

TEST_F(DetectorsTest, LeavesHandPickedOrdinaryValuesAlone) {
  for (const std::string& text : hand_picked_ordinary()) EXPECT_EQ(masked(text), text);
}

TEST_F(DetectorsTest, LeavesOrdinaryValuesMadeByTheirRulesAlone) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  SampleMaker make(seed);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = make.ordinary();
    EXPECT_EQ(masked(text), text);
  }
}

TEST_F(DetectorsTest, LeavesCardsWithAWrongLuhnDigitAlone) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  SampleMaker make(seed);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = make.card_with_a_wrong_digit();
    EXPECT_EQ(masked(text), text);
  }
}

TEST_F(DetectorsTest, LeavesNumbersThatAreGluedToWordsAlone) {
  for (const char* number :
       {"4111111111111111", "5555555555554444", "0612345678", "0033612345678"}) {
    for (const std::string& text :
         {std::string("a") + number, std::string("_") + number, number + std::string("z"),
          number + std::string("_1"), std::string("9") + number}) {
      EXPECT_EQ(masked(text), text);
    }
  }
}

TEST_F(DetectorsTest, FindsAllInOneText) {
  EXPECT_EQ(masked("bob@example.com, 4111 1111 1111 1111; +33 6 12 34 56 78 or 0171/1234567"),
            "[email], [card]; [phone] or [phone]");
  EXPECT_EQ(masked("4111111111111111,5555555555554444"), "[card],[card]");
  EXPECT_EQ(masked("5555 5555 5555 4444 123"), "[card] 123");
  EXPECT_EQ(masked("x 06 12 34 56 78 12/05/2024"), "x [phone] 12/05/2024");
}

TEST_F(DetectorsTest, LeavesWhatSurroundsAnAddressInUrlsAndSentences) {
  EXPECT_EQ(masked("https://example.com/users/bob@example.com/edit?x=1"),
            "https://example.com/users/[email]/edit?x=1");
  EXPECT_EQ(masked("?to=bob@example.com&x=1"), "?to=[email]&x=1");
  EXPECT_EQ(masked("ask 'bob@example.com'."), "ask '[email]'.");
  EXPECT_EQ(masked("\xE8\x81\x94\xE7\xB3\xBB\xEF\xBC\x9A"
                   "bob@example.com\xE3\x80\x82"),
            "\xE8\x81\x94\xE7\xB3\xBB\xEF\xBC\x9A[email]\xE3\x80\x82");
}

TEST_F(DetectorsTest, MasksTheEndOfALocalPartThatIsTooLong) {
  EXPECT_EQ(masked(std::string(65, 'a') + "@example.com"), "a[email]");
  EXPECT_EQ(masked(std::string(64, 'a') + "@example.com"), "[email]");
}

TEST_F(DetectorsTest, TakesTheLongestWhereTwoBeginAtOnePlace) {
  EXPECT_THAT(find("0612345678@example.com"), Optional(Finding{0, 22, Kind::kEmail}));
}

TEST_F(DetectorsTest, SeesNothingOfWhatStandsBeforeFrom) {
  const std::string text = "x4111111111111111";
  EXPECT_EQ(find_personal_data(rules_, text, 0), std::nullopt);
  EXPECT_THAT(find_personal_data(rules_, text, 1), Optional(Finding{1, 16, Kind::kCard}));
}

TEST_F(DetectorsTest, FindsANumberThatIsJoinedToAnotherFinding) {
  EXPECT_EQ(masked("555-123-4567-4111111111111111"), "[phone]-[card]");
  EXPECT_EQ(masked("4111111111111111+33612345678"), "[card][phone]");
}

TEST_F(DetectorsTest, TakesTheSecretOutOfWhatNamesIt) {
  EXPECT_EQ(masked("https://anna:hunter2@example.com/a"), "https://[secret]@example.com/a");
  EXPECT_EQ(masked("postgres://app:p@ss@db:5432/orders"), "postgres://[secret]@db:5432/orders");
  EXPECT_EQ(masked("redis://:hunter2@cache:6379/0"), "redis://[secret]@cache:6379/0");
  EXPECT_EQ(masked("a://x-00-11-22-33-44-55:pw@h"), "a://[secret]@h");
  EXPECT_EQ(masked("/cb?access_token=abc&state=1"), "/cb?access_token=[secret]&state=1");
  EXPECT_EQ(masked("Server=db;Password=a b"), "Server=db;Password=[secret] b");
  EXPECT_EQ(masked("Password='a b';x=1"), "Password='[secret]';x=1");
  EXPECT_EQ(masked("DB_PASSWORD=a&b,c x"), "DB_PASSWORD=[secret] x");
  EXPECT_EQ(masked("password = \"hunter2\""), "password = \"[secret]\"");
  EXPECT_EQ(masked("token='open"), "token='[secret]");
  EXPECT_EQ(masked("?firstName=Anna&page=2"), "?firstName=[secret]&page=2");
  EXPECT_EQ(masked("Authorization: Bearer abc.DEF-123"), "Authorization: Bearer [token]");
  EXPECT_EQ(masked("Authorization: Basic YTpi"), "Authorization: Basic [token]");
  EXPECT_EQ(masked("Cookie: a=b; c=d\nHost: x"), "Cookie: [token]\nHost: x");
  EXPECT_EQ(masked("X-Api-Key: 123"), "X-Api-Key: [token]");
  EXPECT_EQ(masked("got 'Bearer abcdefghij0123456789'"), "got 'Bearer [token]'");
  EXPECT_EQ(masked("/home/anna/a and C:\\Users\\Anna Smith\\b"),
            "/home/[user]/a and C:\\Users\\[user]\\b");
  EXPECT_EQ(masked("C:/Users/anna/x, file:///home/anna, /Users/anna"),
            "C:/Users/[user]/x, file:///home/[user], /Users/[user]");
}

TEST_F(DetectorsTest, LeavesWhatIsMaskedAlreadyAsItIs) {
  for (const std::string text :
       {"https://[secret]@example.com", "?token=[secret]&x=1", "Authorization: Bearer [token]",
        "Cookie: [token]", "/home/[user]/a", "C:\\Users\\[user]\\b", "password='[secret]'",
        "host/[ip]:8080", "[private key] [coordinates] [id number] [iban] [mac]"}) {
    EXPECT_EQ(masked(text), text);
  }
}

// Texts that random input has found: masking a part changed what the rest was taken for.
TEST_F(DetectorsTest, FindsTheSameOnceAPartIsMasked) {
  for (const std::string text :
       {"://x 00-11-22-33-44-55 password=4:111anna@example", "Authorization: &1.4.1.11.token.1=x",
        "-----BEGIN PRIVATE KEY---%25--\n==AKIAIOSFODNN7EXAMPLE-BEGIN XXXPRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----d(\n-\n67336 12345\nBEG-----\n111111+767336",
        "password=ab&1.4.1.11.x=1 y"}) {
    EXPECT_EQ(masked(masked(text)), masked(text)) << text;
  }
}

TEST_F(DetectorsTest, LeavesSecretsOfNamesThatAreAllowed) {
  RuleSetOptions options;
  options.allow_fields = {"token"};
  const RuleSet rules(options);
  EXPECT_EQ(find_personal_data(rules, "token=abc", 0), std::nullopt);
  EXPECT_NE(find_personal_data(rules, "access_token=abc", 0), std::nullopt);
}

TEST_F(DetectorsTest, FindsWhatOrdinaryTextLooksLikeOnlyIfItIsAskedTo) {
  RuleSetOptions options;
  options.detect[Kind::kCoordinates] = options.detect[Kind::kBareNationalId] = true;
  const RuleSet rules(options);
  const auto expect = [&](std::string_view text, std::size_t offset, std::size_t length,
                          Kind kind) {
    EXPECT_EQ(find(text), std::nullopt) << text;
    EXPECT_THAT(find_personal_data(rules, text, 0), Optional(Finding{offset, length, kind}))
        << text;
  };
  expect("at 48.8583, 2.2945.", 3, 15, Kind::kCoordinates);
  expect("-33.86880,151.20930", 0, 19, Kind::kCoordinates);
  expect("BSN 111222333", 4, 9, Kind::kBareNationalId);
  expect("1112.22.333", 0, 11, Kind::kBareNationalId);
  expect("234567890124", 0, 12, Kind::kBareNationalId);
  for (const std::string_view text : {"0.1234, 0.5678, 0.9012", "91.12345, 2.12345", "1.12, 2.34",
                                      "1.12345 is 2 more", "234567890125"}) {
    EXPECT_EQ(find_personal_data(rules, text, 0), std::nullopt) << text;
  }
}

TEST_F(DetectorsTest, LooksOnlyForWhatItIsAskedFor) {
  const std::string text = "bob@example.com 4111111111111111 +33612345678";
  RuleSetOptions options;
  options.detect[Kind::kEmail] = options.detect[Kind::kCard] = false;
  const RuleSet phones(options);
  EXPECT_THAT(find_personal_data(phones, text, 0), Optional(Finding{33, 12, Kind::kPhone}));
  options.detect[Kind::kPhone] = false;
  EXPECT_EQ(find_personal_data(RuleSet(options), text, 0), std::nullopt);
}

TEST_F(DetectorsTest, RulesOutTextWithoutNumbersAndAddresses) {
  EXPECT_FALSE(may_hold_personal_data(""));
  EXPECT_FALSE(may_hold_personal_data("approved as agreed by the board, 12 of 15 in favour"));
  std::string words;
  while (words.size() < 10'000) words += "approved as agreed, ";
  EXPECT_FALSE(may_hold_personal_data(words));
}

TEST_F(DetectorsTest, SeesAnAddressAndANumberAtEachPlaceOfALongText) {
  for (std::size_t before = 0; before < 100; ++before) {
    const std::string filler(before, 'a');
    EXPECT_TRUE(may_hold_personal_data(filler + "@")) << before;
    EXPECT_EQ(masked(filler + " +33612345678"), filler + " [phone]");
    EXPECT_EQ(masked(filler + " b@c.de " + filler), filler + " [email] " + filler);
  }
}

// The quick look and the detectors read a text in different ways.
TEST_F(DetectorsTest, RulesOutNoTextInWhichTheDetectorsFindSomething) {
  constexpr std::string_view kPieces[] = {"a",
                                          "-",
                                          "--",
                                          "_",
                                          " ",
                                          "Z",
                                          "abcdefghij",
                                          "AAAAAAAAAAAAAAAA",
                                          "sk-",
                                          "ghp_",
                                          "eyJ",
                                          "AKIA",
                                          "-----BEGIN PRIVATE KEY-----",
                                          "Bearer ",
                                          "DE89",
                                          "0",
                                          "12",
                                          "06 12 34 56 78",
                                          "4111111111111111",
                                          "DE89370400440532013000",
                                          "10.0.0.1",
                                          "a@b.de",
                                          "token=",
                                          ":",
                                          "/home/",
                                          "\xC3\xA9"};
  // Hashes, identifiers and ids with letters look alike.
  constexpr std::string_view kParts[] = {"a",
                                         "B",
                                         "ff",
                                         "x",
                                         "0",
                                         "12",
                                         "1234567",
                                         "0612345678",
                                         "12345678Z",
                                         "X1234567L",
                                         "AB123456C",
                                         "NO9386011117947",
                                         "185052A12345678",
                                         "RSSMRA85T10A562S",
                                         "4111111111111111",
                                         "370400440532013000",
                                         "-"};
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::size_t found = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t most = random() % 70;
    const std::size_t pieces = random() % 2 == 0 ? 12 : std::size(kPieces);
    std::string text;
    const bool is_word = random() % 3 == 0;
    while (text.size() < most)
      text += is_word ? kParts[random() % std::size(kParts)] : kPieces[random() % pieces];
    if (random() % 2 == 0) text.resize(most);
    if (!find(text)) continue;
    ++found;
    ASSERT_TRUE(may_hold_personal_data(text)) << text;
  }
  EXPECT_GT(found, 10'000);
}

// A detector that looks back over what it has seen would take hours for these.
TEST_F(DetectorsTest, EndsInLinearTimeWhateverComesIn) {
  constexpr std::size_t kBytes = 1'000'000;
  for (const std::string part : {"1",
                                 "0",
                                 "4",
                                 "@",
                                 "a@",
                                 "a.",
                                 "a@a.",
                                 "a@a.a@",
                                 "1 ",
                                 "4111 ",
                                 "0 ",
                                 "00",
                                 "+",
                                 "+1",
                                 "(",
                                 "(0",
                                 "0-",
                                 "06 ",
                                 "1-2.",
                                 "4 4 4 ",
                                 "4-",
                                 "0 3 ",
                                 "01(0",
                                 "004.450184.4(",
                                 "+33612345678 ",
                                 "4111111111111111 ",
                                 "0612345678-",
                                 "555-123-4567-",
                                 "bob@example.com ",
                                 " ",
                                 "\x80",
                                 "\xC3\xA9",
                                 "\xC3\xA9@",
                                 "token=",
                                 "a=",
                                 "token=[",
                                 "://",
                                 "a://b:c",
                                 "://a:",
                                 ":",
                                 "::",
                                 "2001:",
                                 "2001::",
                                 "00:",
                                 "1.",
                                 "1.1.1.1 ",
                                 "/home/",
                                 "/",
                                 "\\Users\\",
                                 "DE89 ",
                                 "DE89",
                                 "AB 12 34 56 ",
                                 "1234567-",
                                 "Bearer ",
                                 "aaaaaaaaaaaaaa/",
                                 "aaaaaaaaaaaaaa ",
                                 "aaaaaaaaaaaaaa.",
                                 "eyJaaaaaaaaaaaaaa.",
                                 "eyJaaaaaaaaaaaaaa ",
                                 "sk-aaaaaaaaaaaaaaaaaaaaaaa ",
                                 "-----BEGIN PRIVATE KEY-----\n",
                                 "-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAA\n",
                                 "\n\nAAAAAAAAAAAAAAAA",
                                 "Cookie: ",
                                 "a-b:",
                                 "&a=",
                                 "token=&",
                                 "a@\xC3\xA9."}) {
    std::string text;
    while (text.size() < kBytes) text += part;
    EXPECT_LE(masked(text).size(), 2 * text.size()) << part;
  }
}

// Numbers that are ones only once what follows them is masked, in long chains: looked for one after
// the other, they took three seconds for 16 KiB, and for each number that was added more than for
// the one before.
TEST_F(DetectorsTest, EndsInLinearTimeWhateverIsRepeated) {
  const std::vector<std::string> pieces = {"0",
                                           "1",
                                           "4",
                                           "00",
                                           "06",
                                           "4444",
                                           "+",
                                           "+49",
                                           "(",
                                           ")",
                                           "(0)",
                                           "-",
                                           ".",
                                           " ",
                                           "/",
                                           "@",
                                           "a.de",
                                           "555",
                                           "123",
                                           "1234",
                                           "4567",
                                           "450184",
                                           "e15",
                                           "x",
                                           ":",
                                           "=",
                                           "token=",
                                           "a=",
                                           "//",
                                           "\\",
                                           "/home/",
                                           "Users",
                                           "2001:",
                                           "::",
                                           "1.1.1.1",
                                           "aa",
                                           "DE89",
                                           "12",
                                           "34 56",
                                           "C",
                                           "Bearer ",
                                           "eyJhbGciOiJI",
                                           "AKIA",
                                           "IOSFODNN7EXAMPLE",
                                           "\n",
                                           "-----",
                                           "BEGIN PRIVATE KEY",
                                           "END ",
                                           "'",
                                           ";",
                                           "&",
                                           "[",
                                           "]",
                                           "[secret]",
                                           "0123456789abcdef",
                                           "00-"};
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 2000; ++i) {
    std::string part;
    for (auto count = 1 + random() % 8; count > 0; --count)
      part += pieces[random() % pieces.size()];
    std::string text;
    while (text.size() < 10'000) text += part;
    const std::string once = masked(text);
    EXPECT_EQ(masked(once), once) << part;
  }
}

}  // namespace
}  // namespace penstock::privacy
