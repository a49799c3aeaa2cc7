// Goal: a flat event is recorded as the event that it describes, and sizes that lie are refused
// before anything is read. Method: through the C ABI, read what the gateway gets.
#include "flat_event.h"

#include <gmock/gmock.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "c_client.hpp"
#include "support/test_gateway.hpp"

namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

static_assert(sizeof(penstock_flat_event) == 80 && offsetof(penstock_flat_event, flow) == 32 &&
              offsetof(penstock_flat_event, sizes) == 40 &&
              offsetof(penstock_flat_event, details) == 68);
static_assert(sizeof(penstock_flat_entry) == 24 && offsetof(penstock_flat_entry, number) == 16);

class FlatEventTest : public penstock::test::CClientTest {
 protected:
  FlatEventTest() {
    gateway_endpoint_ = gateway_.endpoint();
    options_.endpoint = penstock_text_of(gateway_endpoint_.c_str());
    options_.dangerously_allow_plain_http = 1;
    options_.batch_age_max_ms = 0;
    options_.compression = PENSTOCK_COMPRESSION_NONE;
    event_.kind = PENSTOCK_CLICK;
    event_.duration_ms = PENSTOCK_NO_DURATION;
  }

  // In the order of the texts.
  void say(std::size_t place, const std::string& text) {
    event_.sizes[place] = static_cast<std::uint32_t>(text.size());
    text_ += text;
  }
  penstock_flat_entry& add(int type, const std::string& name, const std::string& text = {}) {
    penstock_flat_entry entry{};
    entry.type = type;
    entry.name_size = static_cast<std::uint32_t>(name.size());
    entry.text_size = static_cast<std::uint32_t>(text.size());
    text_ += name + text;
    entries_.push_back(entry);
    return entries_.back();
  }
  void add_integer(const std::string& name, std::int64_t value) {
    add(PENSTOCK_VALUE_INTEGER, name).number.integer = value;
  }

  // `text` is a copy of its exact size, so that the address sanitizer sees what is read beyond.
  penstock_status track() {
    const std::vector<char> text(text_.begin(), text_.end());
    return penstock_flat_track(client_, &event_, entries_.data(), entries_.size(), text.data(),
                               text.size(), message_, sizeof message_);
  }
  Json sent() {
    EXPECT_EQ(penstock_client_flush(client_, 60'000), PENSTOCK_OK);
    return Json::parse(gateway_.requests().back().body)["events"].back();
  }

  penstock::test::TestGateway gateway_{nullptr};
  std::string gateway_endpoint_;
  penstock_flat_event event_{};
  std::vector<penstock_flat_entry> entries_;
  std::string text_;
  char message_[64] = "";
};

TEST_F(FlatEventTest, IsRecordedAsWhatItDescribes) {
  open();
  say(0, "save");
  say(1, "settings");
  say(3, "user-1");
  say(5, "order-1");
  event_.outcome = PENSTOCK_OUTCOME_SUCCESS;
  event_.duration_ms = 1500;
  add(PENSTOCK_VALUE_TEXT, "theme", std::string("d\0rk", 4));
  add_integer("size", INT64_MIN);
  add(PENSTOCK_VALUE_REAL, "scale").number.real = 1.5;
  add(PENSTOCK_VALUE_NULL, "none");
  event_.details = 4;
  add(PENSTOCK_VALUE_BOOLEAN, "trial").number.integer = 1;
  event_.metadata = 1;
  ASSERT_EQ(track(), PENSTOCK_OK) << message_;

  const Json event = sent();
  EXPECT_EQ(event["activityType"], "Click");
  EXPECT_EQ(event["pageId"], "settings");
  EXPECT_EQ(event["userId"], "user-1");
  EXPECT_EQ(event["correlationId"], "order-1");
  EXPECT_EQ(event["details"],
            Json::parse(R"({"element":"save","duration":1.5,"outcome":"success","theme":"d\u0000rk",
                            "size":-9223372036854775808,"scale":1.5,"none":null})"));
  EXPECT_EQ(event["metadata"], Json::parse(R"({"trial":true})"));
}

TEST_F(FlatEventTest, NestedValuesStandWhereTheyWereOpened) {
  open();
  say(0, "save");
  add_integer("before", 1);
  add(PENSTOCK_FLAT_OBJECT, "cart");
  add(PENSTOCK_FLAT_ARRAY, "codes");
  add(PENSTOCK_VALUE_TEXT, "", "spring");
  add(PENSTOCK_FLAT_CLOSE, "");
  add(PENSTOCK_FLAT_CLOSE, "");
  event_.details = static_cast<std::uint32_t>(entries_.size());
  ASSERT_EQ(track(), PENSTOCK_OK) << message_;
  EXPECT_EQ(sent()["details"],
            Json::parse(R"({"element":"save","before":1,"cart":{"codes":["spring"]}})"));
}

TEST_F(FlatEventTest, AFlowGivesItsCorrelation) {
  open();
  penstock_flow* flow = nullptr;
  ASSERT_EQ(penstock_client_start_detached_flow(client_, "p", 1, "order-1", 7, &flow), PENSTOCK_OK);
  say(0, "save");
  event_.flow = flow;
  ASSERT_EQ(track(), PENSTOCK_OK) << message_;
  EXPECT_EQ(sent()["correlationId"], "order-1");
  penstock_flow_free(flow);
  EXPECT_EQ(track(), PENSTOCK_MISUSE);
}

TEST_F(FlatEventTest, WhatIsWrongWithTheEventIsToldAndCutToTheRoom) {
  open();
  event_.details = 30;
  say(0, "save");
  for (int i = 0; i < 30; ++i) add_integer("n" + std::to_string(i), i);
  EXPECT_EQ(track(), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(message_, HasSubstr("details"));
  EXPECT_LT(std::strlen(message_), sizeof message_);
  entries_.clear();
  text_ = "save";
  for (int i = 0; i < 40; ++i) add(PENSTOCK_FLAT_ARRAY, i == 0 ? "deep" : "");
  event_.details = 40;
  EXPECT_EQ(track(), PENSTOCK_INVALID_ARGUMENT) << "not closed";
  for (int i = 0; i < 40; ++i) add(PENSTOCK_FLAT_CLOSE, "");
  event_.details = 80;
  EXPECT_EQ(track(), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(message_, HasSubstr("deeper"));
}

TEST_F(FlatEventTest, SizesThatLieAreRefused) {
  open();
  say(0, "save");
  add(PENSTOCK_VALUE_TEXT, "a", "b");
  event_.details = 1;
  for (const std::uint32_t size : {3u, 1000u, UINT32_MAX}) {
    for (std::uint32_t* lying :
         {&event_.sizes[1], &event_.sizes[6], &entries_[0].name_size, &entries_[0].text_size}) {
      const std::uint32_t right = std::exchange(*lying, size);
      EXPECT_EQ(track(), PENSTOCK_INVALID_ARGUMENT);
      EXPECT_THAT(message_, HasSubstr("larger than its text"));
      *lying = right;
    }
  }
  for (std::uint32_t* lying : {&event_.details, &event_.metadata}) {
    const std::uint32_t right = std::exchange(*lying, UINT32_MAX);
    EXPECT_EQ(track(), PENSTOCK_INVALID_ARGUMENT);
    *lying = right;
  }
  entries_[0].type = 99;
  EXPECT_EQ(track(), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_flat_track(client_, nullptr, nullptr, 0, nullptr, 0, nullptr, 0),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_flat_track(nullptr, &event_, nullptr, 0, nullptr, 0, message_, 1),
            PENSTOCK_INVALID_ARGUMENT);
}

}  // namespace
