// Goal: a preview shows what a client records, byte by byte, and refuses what a client refuses.
// Method: the same options and events for a preview and for a real client, whose journal is read as
// bytes; and previews without any folder or gateway.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"

namespace penstock {
namespace {

using ::testing::HasSubstr;

class PreviewTest : public ::testing::Test {
 protected:
  PreviewTest() {
    options_.event_types = {"Purchase"};
    options_.remove_fields = {"customerName"};
    options_.allow_fields = {"pin"};
    options_.mask_phones = false;
    options_.segment_bytes = 256 * 1024;
  }

  Client open() {
    options_.directory = directory_.path() / "journal";
    options_.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    options_.write_key = "pk_test";
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  // Whether a file of the journal has these bytes.
  bool journal_holds(const std::string& text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options_.directory)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream bytes;
      bytes << file.rdbuf();
      if (bytes.str().find(text) != std::string::npos) return true;
    }
    return false;
  }
  static Event at_noon(Event event) {
    return event.at(std::chrono::system_clock::time_point(std::chrono::hours(480'012)));
  }

  test::TempDirectory directory_;
  Options options_;
};

TEST_F(PreviewTest, AnEventLiesInTheJournalAsThePreviewSaysByteByByte) {
  const std::vector<Event> events = {
      at_noon(Event::page_view("home")),
      at_noon(Event::click("home", "mail to anna.smith@example.com")
                  .user("anna.smith@example.com")
                  .detail("password", "hunter2")
                  .detail("customerName", "Anna")
                  .detail("pin", 4)
                  .detail("card", 4111111111111111)
                  .detail("call", "+1 212 555 0142 \"now\"\n")
                  .metadata("from", "10.20.30.40")),
      at_noon(Event::record_approved("r-1").comments("IBAN DE89 3704 0044 0532 0130 00")),
      at_noon(Event::custom("Purchase", 2).detail("total", 12.5)),
      at_noon(Event::error(std::string(9'000, 'x'))),  // of more than 4 KB
  };
  Client client = open();
  for (const Event& event : events) {
    const auto shown = preview(options_, event);
    ASSERT_TRUE(shown.ok()) << shown.status().message();
    EXPECT_FALSE(journal_holds(*shown));
    ASSERT_TRUE(client.track(event).ok());
    EXPECT_TRUE(journal_holds(*shown)) << *shown;
  }
  static_cast<void>(client.close(std::chrono::milliseconds(0)));  // there is nobody to wait for
  const auto shown = preview(options_, events[1]);
  EXPECT_THAT(*shown, HasSubstr(R"("userId":"[email]")"));
  EXPECT_THAT(*shown, HasSubstr(R"("password":"[removed]","customerName":"[removed]","pin":4)"));
  EXPECT_THAT(*shown, HasSubstr("+1 212 555 0142")) << "mask_phones is false";
}

TEST_F(PreviewTest, ARefusedEventGetsTheStatusOfTheClient) {
  const std::vector<Event> refused = {
      Event::activity(""),
      Event::custom("Unknown"),
      Event::page_view(std::string(300, 'p')),
      Event::error("x").detail("ratio", std::numeric_limits<double>::infinity()),
      Event::error("x").trace("not one"),
      Event::error(std::string(70'000, 'x')),
      Event::error(std::string(5'000'000, 'x')),
  };
  Client client = open();
  for (const Event& event : refused) {
    const Status tracked = client.track(event);
    const auto shown = preview(options_, event);
    ASSERT_FALSE(shown.ok());
    EXPECT_FALSE(tracked.ok());
    EXPECT_EQ(shown.status().code(), tracked.code());
    EXPECT_EQ(shown.status().message(), tracked.message());
  }
}

TEST_F(PreviewTest, NeitherFolderNorEndpointNorKeyIsNeededAndNothingIsWritten) {
  Options options;
  options.directory = directory_.path() / "never";
  ASSERT_TRUE(preview(options, Event::page_view("home")).ok());
  EXPECT_EQ(preview_text(options, "hello"), "hello");
  EXPECT_FALSE(std::filesystem::exists(options.directory));
}

TEST_F(PreviewTest, OptionsThatNoClientTakesAreNamed) {
  options_.event_bytes_max = 1;
  const auto small = preview(options_, Event::page_view("home"));
  EXPECT_EQ(small.status().code(), StatusCode::kInvalidOption);
  EXPECT_THAT(small.status().message(), HasSubstr("event_bytes_max"));
  options_.event_bytes_max = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(preview(options_, Event::page_view("home")).status().code(),
            StatusCode::kInvalidOption);
  options_ = Options();
  options_.event_types = {"no name"};
  EXPECT_EQ(preview(options_, Event::page_view("home")).status().code(),
            StatusCode::kInvalidOption);
}

TEST_F(PreviewTest, ATextIsShownMaskedWithoutQuotesAndEscapes) {
  EXPECT_EQ(preview_text(options_, "ask anna.smith@example.com"), "ask [email]");
  EXPECT_EQ(preview_text(options_, "\"a\\b\"\n\t\x01 é 😀 anna.smith@example.com"),
            "\"a\\b\"\n\t\x01 é 😀 [email]");
  EXPECT_EQ(preview_text(options_, "bob%40example.com"), "[email]");
  EXPECT_EQ(preview_text(options_, "bad \xff byte"), "bad \xEF\xBF\xBD byte");
  EXPECT_EQ(preview_text(options_, "+1 212 555 0142"), "+1 212 555 0142") << "switched off";
  EXPECT_EQ(preview_text(options_, ""), "");
  std::string secrets;
  for (int i = 0; i < 1000; ++i) secrets += "pwd=x; ";
  const std::string masked = preview_text(options_, secrets);
  EXPECT_THAT(masked, HasSubstr("pwd=[secret]"));
  EXPECT_GT(masked.size(), secrets.size()) << "masks may be longer than what they replace";
}

}  // namespace
}  // namespace penstock
