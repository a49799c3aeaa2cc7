// Goal: no personal data is in what is written, all else is as it was, and masking it again changes
// nothing. Method: one value at a time, then random JSON that holds labelled values under random
// escapes, read back with another JSON library.
#include "privacy/mask.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "samples.hpp"

namespace penstock::privacy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class MaskTest : public ::testing::Test {
 protected:
  struct Result {
    std::string text;
    std::size_t places;
  };

  static Result write(std::size_t input_bytes,
                      const std::function<std::size_t(wire::JsonWriter&)>& body) {
    std::vector<char> buffer(input_bytes * 6 + 64);
    wire::JsonWriter out(buffer.data(), buffer.size());
    const std::size_t places = body(out);
    EXPECT_FALSE(out.overflowed());
    return {std::string(out.text()), places};
  }
  Result masked_text(std::string_view text) const {
    return write(text.size(), [&](auto& out) { return write_masked(rules_, text, out); });
  }
  Result masked_bytes(std::string_view bytes, std::size_t bytes_max) const {
    return write(bytes.size(),
                 [&](auto& out) { return write_masked_bytes(rules_, bytes, bytes_max, out); });
  }
  // Also checks that needs_masking tells the same, and that a second time changes nothing.
  std::string masked_json(std::string_view json, std::string_view name = "") const {
    const auto mask = [&](std::string_view text) {
      return write(text.size(),
                   [&](auto& out) { return write_masked_json(rules_, name, text, out); });
    };
    const Result result = mask(json);
    EXPECT_EQ(needs_masking(rules_, name, json), result.text != json) << json;
    EXPECT_EQ(result.places > 0, result.text != json) << json;
    EXPECT_EQ(mask(result.text).text, result.text) << json;
    EXPECT_FALSE(needs_masking(rules_, name, result.text)) << json;
    return result.text;
  }

  RuleSet rules_;
};

TEST_F(MaskTest, WritesTextWithItsFindingsMasked) {
  EXPECT_EQ(masked_text("").text, R"("")");
  EXPECT_EQ(masked_text("say \"hi\"").text, R"("say \"hi\"")");
  EXPECT_EQ(masked_text("bob@example.com").text, R"("[email]")");
  const Result result = masked_text("\"bob@example.com\"\n4111111111111111 \x80 end");
  EXPECT_EQ(result.text, "\"\\\"[email]\\\"\\n[card] \xEF\xBF\xBD end\"");
  EXPECT_EQ(result.places, 2u);
}

TEST_F(MaskTest, MasksStringsAtAnyDepth) {
  EXPECT_EQ(masked_json(R"({"a":[{"b":"to bob@example.com"}],"c":"x"})"),
            R"({"a":[{"b":"to [email]"}],"c":"x"})");
  EXPECT_EQ(masked_json(R"("+33612345678")"), R"("[phone]")");
}

TEST_F(MaskTest, KeepsTheBytesOfWhatIsNotMasked) {
  for (
      const char* json :
      {R"({})", R"([])", R"("")", R"(null)", R"(-1.50E+3)", R"( { "a" : [ 1 , true , null ] } )",
       R"({"a":"\u00e9\/\ud83d\ude00\ud800"})", R"({"a":"\"","b":"\\","c":"\\\""})",
       R"({"timestamp":"2024-12-08T12:34:56.789Z","sessionId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"})",
       R"([4111, 1111, 1111, 1111])", R"({"a":1733661296789,"b":0.4111111111111111})"}) {
    EXPECT_EQ(masked_json(json), json);
  }
  EXPECT_EQ(masked_json(R"({"a": "\u00e9 bob@example.com \/", "b" :1.0})"),
            R"({"a": "\u00e9 [email] \/", "b" :1.0})");
}

TEST_F(MaskTest, RemovesTheWholeValueOfANamedField) {
  EXPECT_EQ(masked_json(R"({"password":"hunter2","a":1})"), R"({"password":"[removed]","a":1})");
  EXPECT_EQ(masked_json(R"({"a":{"Api-Key" : {"x":[1,"}"]}},"b":2})"),
            R"({"a":{"Api-Key" : "[removed]"},"b":2})");
  EXPECT_EQ(masked_json(R"([{"pin":1234},{"pin":null},{"token":["a","b"]}])"),
            R"([{"pin":"[removed]"},{"pin":"[removed]"},{"token":"[removed]"}])");
  EXPECT_EQ(masked_json(R"({"\u0070assword":"hunter2"})"), R"({"\u0070assword":"[removed]"})");
  EXPECT_EQ(masked_json("{\"pwd\"\n\t:\r\n\"hunter2\"\n}"), "{\"pwd\"\n\t:\r\n\"[removed]\"\n}");
}

TEST_F(MaskTest, RemovesTheValueThatStandsUnderANamedField) {
  EXPECT_EQ(masked_json(R"("hunter2")", "password"), R"("[removed]")");
  EXPECT_EQ(masked_json(R"( {"a":[1,2]} )", "client_secret"), R"( "[removed]" )");
  EXPECT_EQ(masked_json(R"("[removed]")", "password"), R"("[removed]")");
  EXPECT_EQ(masked_json(R"("x")", "pageId"), R"("x")");
}

TEST_F(MaskTest, RemovesFieldsAtEachPlaceOfALongText) {
  for (std::size_t before = 0; before < 150; ++before) {
    const std::string head = R"({"a":")" + std::string(before, 'x') + R"(",)";
    EXPECT_EQ(masked_json(head + R"("pwd":"y","b":1})"), head + R"("pwd":"[removed]","b":1})");
    EXPECT_EQ(masked_json(head + R"("pwd" :"y"})"), head + R"("pwd" :"[removed]"})");
  }
}

TEST_F(MaskTest, LeavesValuesAloneThatOnlyLookLikeNames) {
  EXPECT_EQ(masked_json(R"({"a":"password","b":":password:"})"),
            R"({"a":"password","b":":password:"})");
  EXPECT_EQ(masked_json(R"(["password",": x"])"), R"(["password",": x"])");
}

TEST_F(MaskTest, MasksFindingsInNames) {
  EXPECT_EQ(masked_json(R"({"bob@example.com":1,"x":{"4111111111111111":true}})"),
            R"({"[email]":1,"x":{"[card]":true}})");
}

TEST_F(MaskTest, MasksACardThatIsANumber) {
  EXPECT_EQ(masked_json(R"({"a":4111111111111111,"b":[5555555555554444]})"),
            R"({"a":"[card]","b":["[card]"]})");
  EXPECT_EQ(masked_json("4111111111111111"), R"("[card]")");
  EXPECT_EQ(masked_json("4111111111111111.0"), R"("[card]")");
  EXPECT_EQ(masked_json("4111111111111111.5"), "4111111111111111.5");
  EXPECT_EQ(masked_json("4111111111111112"), "4111111111111112");
}

// Java prints a double with an exponent from ten million on.
TEST_F(MaskTest, MasksACardThatIsANumberWithAnExponent) {
  for (const char* card : {"4.111111111111111E15", "4.111111111111111e15", "4.111111111111111e+15",
                           "3.78282246310005E14", "4.000000000000000006E18", "5.1051051051051E15"})
    EXPECT_EQ(masked_json(card), R"("[card]")") << card;
  EXPECT_EQ(masked_json(R"("paid by 4.111111111111111E15, thanks")"),
            R"("paid by [card], thanks")");
  for (const char* number :
       {"4.111111111111112E15", "4.111111111111111E14", "4.111111111111111E-15",
        "4.111111111111111E115", "4.111111111111111E", "4.111111111111111", "4.1E19",
        "14.111111111111111E15", R"("x4.111111111111111E15")", R"("4.111111111111111E15x")"})
    EXPECT_EQ(masked_json(number), number);
}

TEST_F(MaskTest, NamesThatAreMaskedToTheSameStayApartAtAnyDepth) {
  EXPECT_EQ(masked_json(R"({"a@x.org":1,"of b@x.org":2,"c@x.org":{"d@x.org":"e@x.org"}})"),
            R"({"[email]":1,"of [email 2]":2,"[email 3]":{"[email 4]":"[email]"}})");
  EXPECT_EQ(masked_json(R"({"a@x.org 2":1,"b@x.org":2})"), R"({"[email] 2":1,"[email 2]":2})");
  EXPECT_EQ(masked_json(R"({"a@x.org":1,"+33612345678":2,"+33612345679":3,"\"b@x.org":4})"),
            R"({"[email]":1,"[phone]":2,"[phone 2]":3,"\"[email 2]":4})");
}

TEST_F(MaskTest, NamesStayApartFromThoseThatAreMaskedAlready) {
  EXPECT_EQ(masked_json(R"({"a@x.org":1,"[email]":2})"), R"({"[email 2]":1,"[email]":2})");
  EXPECT_EQ(
      masked_json(R"({"[email 7]":1,"[email 12":2,"[email 99999999999999999999]":3,"a@x.org":4})"),
      R"({"[email 7]":1,"[email 12":2,"[email 99999999999999999999]":3,"[email 8]":4})");
}

TEST_F(MaskTest, SeesThroughEscapes) {
  EXPECT_EQ(masked_json(R"({"a":"bob\u0040example.com"})"), R"({"a":"[email]"})");
  EXPECT_EQ(masked_json(R"({"a":"\u0034111 1111\u00201111 1111\n"})"), R"({"a":"[card]\n"})");
  EXPECT_EQ(masked_json(R"({"a":"0171\/1234567"})"), R"({"a":"[phone]"})");
  EXPECT_EQ(masked_json(R"({"a":"\nbob@example.com"})"), R"({"a":"\n[email]"})");
}

TEST_F(MaskTest, SeesThroughEscapesAcrossTheWindowsOfALongText) {
  // The window is 4096 bytes; each step puts the finding one byte further over its edges.
  for (std::size_t before = 2700; before < 4300; ++before) {
    const std::string head = "\"\\t" + std::string(before, '.') + ' ';
    ASSERT_EQ(masked_json(head + "bob\\u0040example.com, 4111 1111 1111 1111 \""),
              head + "[email], [card] \"");
  }
}

TEST_F(MaskTest, MasksAllOfALongEscapedText) {
  std::string json = "\"";
  std::string expected = "\"";
  for (int i = 0; i < 20'000; ++i) {
    json += "bob\\u0040example.com\\n\\u00e9 +33612345678 ";
    expected += "[email]\\n\\u00e9 [phone] ";
  }
  EXPECT_EQ(masked_json(json + '"'), expected + '"');
}

TEST_F(MaskTest, RemovesWhatAnEscapedNameOfAbsurdLengthHolds) {
  const std::string name = "\"\\u0070ass" + std::string(600, '_') + "word\"";
  EXPECT_EQ(masked_json("{" + name + ":1}"), "{" + name + ":\"[removed]\"}");
}

TEST_F(MaskTest, LeavesNoPersonalDataInRandomJson) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  SampleMaker make(seed);
  const auto escaped = [&](const std::string& text) {
    std::string result;
    for (const char c : text) {
      char escape[8];
      const bool plain = c != '"' && c != '\\' && make.below(4) != 0;
      std::snprintf(escape, sizeof escape, plain ? "%c" : "\\u%04x", c);
      result += escape;
    }
    return result;
  };
  for (int round = 0; round < 500; ++round) {
    const Sample sample = make.personal();
    const std::string ordinary = make.ordinary();
    const std::string json = R"({"a":[{"b":"see )" + escaped(sample.text) + R"(."}],"c":")" +
                             escaped(ordinary) + R"(","\u0070in":)" + std::to_string(round) + "}";
    const Json masked = Json::parse(masked_json(json));
    const std::string mask(mask_of(sample.kind));
    ASSERT_EQ(masked,
              (Json{{"a", {{{"b", "see " + mask + "."}}}}, {"c", ordinary}, {"pin", "[removed]"}}))
        << json;
  }
}

TEST_F(MaskTest, WritesBytesThatAreNoJsonAsAMaskedString) {
  const Result result = masked_bytes("{\"a\":\"bob@example.com\",\xFF 4111111111111111", 1000);
  EXPECT_EQ(result.text, "\"{\\\"a\\\":\\\"[email]\\\",\xEF\xBF\xBD [card]\"");
  EXPECT_EQ(result.places, 2u);
  EXPECT_THAT(masked_bytes(R"({"a":"bob\u0040example.com)", 1000).text, Not(HasSubstr("example")));
}

TEST_F(MaskTest, CutsBytesAtTheirBoundAndMasksWhatTheCutDivides) {
  EXPECT_EQ(masked_bytes("abcdef", 6).text, R"("abcdef")");
  EXPECT_EQ(masked_bytes("abcdef", 5).text, R"("abcde")");
  EXPECT_EQ(masked_bytes("abcdef", 0).text, R"("")");
  EXPECT_EQ(masked_bytes("a\xC3\xA9z", 2).text, R"("a")");
  EXPECT_EQ(masked_bytes("a\xC3\xA9z", 3).text, "\"a\xC3\xA9\"");
  for (std::size_t bytes_max = 3; bytes_max < 18; ++bytes_max) {
    EXPECT_EQ(masked_bytes("to bob@example.com or so", bytes_max).text,
              bytes_max == 3 ? "\"to \"" : "\"to [email]\"");
  }
}

TEST_F(MaskTest, NeverReadsOutsideTextThatIsNoJson) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  SampleMaker make(seed);
  constexpr std::string_view kAlphabet = "{}[]:,\"\\ u0041@a.-+\n";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = make.below(40); i > 0; --i)
      text += kAlphabet[make.below(kAlphabet.size())];
    const std::string exact(
        text);  // of its own size, so that a sanitizer sees the first byte behind
    write(exact.size(), [&](auto& out) { return write_masked_json(rules_, "", exact, out); });
  }
}

}  // namespace
}  // namespace penstock::privacy
