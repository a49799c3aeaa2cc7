// Goal: an object that C builds becomes the details of an event as it was built, and what is wrong
// with it is told: at once, and when the event is tracked. Method: through the C ABI, read what the
// gateway gets.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "c_client.hpp"
#include "support/test_gateway.hpp"

namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class CObjectTest : public penstock::test::CClientTest {
 protected:
  CObjectTest() {
    gateway_endpoint_ = gateway_.endpoint();
    options_.endpoint = penstock_text_of(gateway_endpoint_.c_str());
    options_.dangerously_allow_plain_http = 1;
    options_.batch_age_max_ms = 0;
    EXPECT_EQ(penstock_object_new(&object_), PENSTOCK_OK);
  }
  ~CObjectTest() override { penstock_object_free(object_); }

  penstock_status add(penstock_detail member) { return penstock_object_add(object_, member); }
  penstock_status open_object(const char* name) {
    return penstock_object_open_object(object_, name, name == nullptr ? 0 : std::strlen(name));
  }
  penstock_status open_array(const char* name) {
    return penstock_object_open_array(object_, name, name == nullptr ? 0 : std::strlen(name));
  }
  penstock_status close_it() { return penstock_object_close(object_); }

  penstock_status track() {
    penstock_event event = event_of(PENSTOCK_ACTIVITY);
    event.name = penstock_text_of("Bought");
    event.details_object = object_;
    event.metadata_object = metadata_;
    return penstock_client_track(client_, &event);
  }
  // Of the event that the gateway got last.
  Json sent() {
    EXPECT_EQ(penstock_client_flush(client_, 60'000), PENSTOCK_OK);
    return Json::parse(gateway_.requests().back().body)["events"].back();
  }

  penstock::test::TestGateway gateway_{nullptr};
  std::string gateway_endpoint_;
  penstock_object* object_ = nullptr;
  penstock_object* metadata_ = nullptr;
};

TEST_F(CObjectTest, WhatIsBuiltIsRecorded) {
  options_.compression = PENSTOCK_COMPRESSION_NONE;
  open();
  EXPECT_EQ(add(penstock_detail_real("total", 12.5)), PENSTOCK_OK);
  EXPECT_EQ(add(penstock_detail_text("gift", nullptr)), PENSTOCK_OK);
  EXPECT_EQ(open_array("items"), PENSTOCK_OK);
  for (const char* sku : {"A-1", "B-2"}) {
    EXPECT_EQ(open_object(nullptr), PENSTOCK_OK);
    EXPECT_EQ(add(penstock_detail_text("sku", sku)), PENSTOCK_OK);
    EXPECT_EQ(open_array("sizes"), PENSTOCK_OK);
    EXPECT_EQ(add(penstock_detail_integer(nullptr, -4)), PENSTOCK_OK);
    EXPECT_EQ(add(penstock_detail_boolean(nullptr, 1)), PENSTOCK_OK);
    EXPECT_EQ(close_it(), PENSTOCK_OK);
    EXPECT_EQ(close_it(), PENSTOCK_OK);
  }
  EXPECT_EQ(close_it(), PENSTOCK_OK);
  EXPECT_EQ(open_object("empty"), PENSTOCK_OK);
  EXPECT_EQ(close_it(), PENSTOCK_OK);
  EXPECT_EQ(add(penstock_detail_text("password", "hunter2")), PENSTOCK_OK);
  EXPECT_EQ(track(), PENSTOCK_OK) << penstock_last_error();
  EXPECT_EQ(sent()["details"], Json::parse(R"({"total":12.5,"gift":null,
      "items":[{"sku":"A-1","sizes":[-4,true]},{"sku":"B-2","sizes":[-4,true]}],
      "empty":{},"password":"[removed]"})"));
}

TEST_F(CObjectTest, OneIsUsedAgainAndBesideOtherDetails) {
  options_.compression = PENSTOCK_COMPRESSION_NONE;
  open();
  ASSERT_EQ(penstock_object_new(&metadata_), PENSTOCK_OK);
  EXPECT_EQ(penstock_object_add(metadata_, penstock_detail_text("source", "cli")), PENSTOCK_OK);
  for (const int round : {1, 2}) {
    EXPECT_EQ(penstock_object_clear(object_), PENSTOCK_OK);
    EXPECT_EQ(add(penstock_detail_integer("round", round)), PENSTOCK_OK);
    EXPECT_EQ(track(), PENSTOCK_OK);
    EXPECT_EQ(sent()["details"], Json({{"round", round}}));
    EXPECT_EQ(sent()["metadata"], Json({{"source", "cli"}}));
  }
  penstock_object_free(metadata_);
}

TEST_F(CObjectTest, ATypeOfTheProgramsOwnIsRecordedInAVersionOfItsSchema) {
  options_.compression = PENSTOCK_COMPRESSION_NONE;
  const penstock_text types[] = {penstock_text_of("Purchase")};
  options_.event_types = types;
  options_.event_types_count = 1;
  open();
  penstock_event event = event_of(PENSTOCK_CUSTOM);
  event.name = penstock_text_of("Purchase");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK) << penstock_last_error();
  EXPECT_EQ(sent()["eventType"], "Purchase");
  EXPECT_EQ(sent()["schemaVersion"], 1);
  event.schema_version = 3;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  EXPECT_EQ(sent()["schemaVersion"], 3);
  for (const std::uint64_t version : {std::uint64_t{1'000'001}, std::uint64_t{1} << 32 | 1}) {
    event.schema_version = version;
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  }
  event.name = penstock_text_of("Payment");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("event_types"));
}

TEST_F(CObjectTest, WhatIsNotClosedOrClosedTwiceIsRefused) {
  open();
  EXPECT_EQ(open_object("a"), PENSTOCK_OK);
  EXPECT_EQ(track(), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("still open"));
  EXPECT_EQ(close_it(), PENSTOCK_OK);
  EXPECT_EQ(track(), PENSTOCK_OK);
  EXPECT_EQ(close_it(), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(add(penstock_detail_integer("b", 1)), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(track(), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("closed once"));
  EXPECT_EQ(penstock_object_clear(object_), PENSTOCK_OK);
  EXPECT_EQ(track(), PENSTOCK_OK);
}

TEST_F(CObjectTest, ANameInAnArrayIsRefused) {
  open();
  EXPECT_EQ(open_array("a"), PENSTOCK_OK);
  EXPECT_EQ(add(penstock_detail_integer("b", 1)), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("a value of an array has no name"));
}

TEST_F(CObjectTest, WhatIsNestedTooDeepIsToldAndTheEventIsRefusedAndCounted) {
  open();
  for (int depth = 1; depth <= 30; ++depth) EXPECT_EQ(open_object("o"), PENSTOCK_OK);
  for (int depth = 31; depth <= 100; ++depth) {
    EXPECT_EQ(open_object("o"), depth == 31 ? PENSTOCK_OK : PENSTOCK_INVALID_EVENT);
  }
  for (int depth = 1; depth <= 100; ++depth) EXPECT_EQ(close_it(), PENSTOCK_OK);
  EXPECT_EQ(track(), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("nested deeper than 30 levels"));
  EXPECT_EQ(stats().dropped_invalid, 1u);
}

TEST_F(CObjectTest, TooManyValuesAreToldAndTheEventIsRefusedAndCounted) {
  open();
  EXPECT_EQ(open_array("a"), PENSTOCK_OK);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    const penstock_status added = add(penstock_detail_integer(nullptr, i));
    if (added == PENSTOCK_INVALID_EVENT) ++refused;
  }
  EXPECT_GT(refused, 5000 - 1100);
  EXPECT_THAT(penstock_last_error(), HasSubstr("more than 1024 values"));
  EXPECT_EQ(open_object(nullptr), PENSTOCK_INVALID_EVENT);
  EXPECT_EQ(close_it(), PENSTOCK_OK);
  EXPECT_EQ(close_it(), PENSTOCK_OK);
  EXPECT_EQ(track(), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("more than 1024 values"));
  EXPECT_EQ(stats().dropped_invalid, 1u);
}

TEST_F(CObjectTest, TextsBeyondAllMeasureAreRefused) {
  const std::string text(9 * 1024 * 1024, 'x');
  EXPECT_EQ(add(penstock_detail_text("a", text.c_str())), PENSTOCK_OK);
  EXPECT_EQ(add(penstock_detail_text("b", text.c_str())), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("16 MiB"));
}

TEST_F(CObjectTest, NullIsRefusedEverywhere) {
  EXPECT_EQ(penstock_object_new(nullptr), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_object_add(nullptr, penstock_detail_integer("a", 1)),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_object_open_object(nullptr, "a", 1), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_object_open_array(nullptr, "a", 1), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_object_close(nullptr), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_object_clear(nullptr), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_object_open_array(object_, nullptr, 7), PENSTOCK_INVALID_ARGUMENT);
  penstock_object_free(nullptr);
}

}  // namespace
