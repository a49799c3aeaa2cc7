// Goal: a preview from C is that of C++, and survives what C callers get wrong.
// Method: the functions of the C ABI only; the journal of a client is read as bytes.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "c_client.hpp"
#include "penstock/penstock.h"

namespace {

using ::testing::HasSubstr;

class PreviewCTest : public penstock::test::CClientTest {
 protected:
  PreviewCTest() { penstock_options_init(&bare_); }

  std::string text_of(const char* text) {
    std::size_t size = 0;
    EXPECT_EQ(penstock_preview_text(&bare_, penstock_text_of(text), nullptr, 0, &size),
              PENSTOCK_OK);
    std::string masked(size, '?');
    EXPECT_EQ(
        penstock_preview_text(&bare_, penstock_text_of(text), masked.data(), masked.size(), &size),
        PENSTOCK_OK);
    return masked;
  }

  penstock_options bare_;  // as init leaves them
};

TEST_F(PreviewCTest, ATextIsShownMasked) {
  EXPECT_EQ(text_of("ask \"anna.smith@example.com\""), "ask \"[email]\"");
  EXPECT_EQ(text_of(""), "");
  bare_.mask_emails = 0;
  EXPECT_EQ(text_of("anna.smith@example.com"), "anna.smith@example.com");
}

TEST_F(PreviewCTest, AnEventLiesInTheJournalAsThePreviewSays) {
  penstock_event event = event_of(PENSTOCK_CLICK);
  event.name = penstock_text_of("save");
  event.page_id = penstock_text_of("home");
  event.time_ms = 1'733'661'296'789;
  const penstock_detail password = penstock_detail_text("password", "hunter2");
  event.details = &password;
  event.details_count = 1;
  char json[512];
  std::size_t size = 0;
  ASSERT_EQ(penstock_preview_event(&bare_, &event, json, sizeof json, &size), PENSTOCK_OK)
      << penstock_last_error();
  ASSERT_LE(size, sizeof json);
  const std::string shown(json, size);
  EXPECT_THAT(shown, HasSubstr(R"("password":"[removed]")"));
  open();
  ASSERT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  std::string journal;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(journal_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    journal.append(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_THAT(journal, HasSubstr(shown));
}

TEST_F(PreviewCTest, WithTooLittleRoomNothingIsWrittenAndTheSizeIsTold) {
  std::string room(6, '?');
  std::size_t size = 0;
  const penstock_text text = penstock_text_of("anna.smith@example.com");
  EXPECT_EQ(penstock_preview_text(&bare_, text, room.data(), room.size(), &size), PENSTOCK_OK);
  EXPECT_EQ(size, 7u);
  EXPECT_EQ(room, "??????");
}

TEST_F(PreviewCTest, ARefusedEventGetsTheStatusOfTrack) {
  open();
  const penstock_event event = event_of(PENSTOCK_CLICK);
  char json[512];
  std::size_t size = 7;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  const std::string why = penstock_last_error();
  EXPECT_EQ(penstock_preview_event(&bare_, &event, json, sizeof json, &size),
            PENSTOCK_INVALID_EVENT);
  EXPECT_EQ(penstock_last_error(), why);
  EXPECT_EQ(size, 7u);
}

TEST_F(PreviewCTest, WrongArgumentsAreRefused) {
  const penstock_text text = penstock_text_of("x");
  const penstock_event event = event_of(PENSTOCK_SESSION_START);
  penstock_options none{};
  char room[512];
  std::size_t size = 0;
  EXPECT_EQ(penstock_preview_text(nullptr, text, room, sizeof room, &size),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_text(&none, text, room, sizeof room, &size),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_text(&bare_, {nullptr, 1}, room, sizeof room, &size),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_text(&bare_, text, nullptr, 1, &size), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_text(&bare_, text, room, sizeof room, nullptr),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_event(nullptr, &event, room, sizeof room, &size),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_event(&bare_, nullptr, room, sizeof room, &size),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_event(&bare_, &event, nullptr, 1, &size), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_preview_event(&bare_, &event, room, sizeof room, nullptr),
            PENSTOCK_INVALID_ARGUMENT);
}

TEST_F(PreviewCTest, RulesKindsAndKeysComeFromTheOptions) {
  const penstock_text detect[] = {penstock_text_of("coordinates")};
  const penstock_text not_detected[] = {penstock_text_of("emails")};
  const penstock_text rules[] = {penstock_text_of("userId pseudonym k1")};
  const penstock_field keys[] = {{penstock_text_of("k1"), penstock_text_of("0123456789abcdef")}};
  bare_.detect = detect;
  bare_.do_not_detect = not_detected;
  bare_.detect_count = bare_.do_not_detect_count = 1;
  EXPECT_EQ(text_of("a@example.com at 48.85837, 2.29448"), "a@example.com at [coordinates]");

  options_.privacy_rules = rules;
  options_.privacy_rules_count = 1;
  EXPECT_EQ(penstock_client_open(&options_, &client_), PENSTOCK_INVALID_OPTION);
  EXPECT_THAT(penstock_last_error(), HasSubstr("add it to pseudonym_keys"));
  options_.pseudonym_keys = keys;
  options_.pseudonym_keys_count = 1;
  open();
  options_.privacy_rules = nullptr;
  penstock_client* none = nullptr;
  EXPECT_EQ(penstock_client_open(&options_, &none), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("options.privacy_rules is NULL"));
}

}  // namespace
