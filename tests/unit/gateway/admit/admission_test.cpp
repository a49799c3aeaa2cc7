// Goal: a request is admitted or refused from its head alone, with the status, code and Retry-After
// that tell its client what to do. Method: a clock that the test turns; keys with small limits.
#include "admit/admission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Optional;

ClientKey client(std::string id) {
  ClientKey key;
  key.id = std::move(id);
  return key;
}

class AdmissionTest : public ::testing::Test {
 protected:
  static RequestHead head_of(std::optional<std::uint64_t> content_length) {
    RequestHead head;
    head.content_length = content_length;
    return head;
  }

  std::chrono::nanoseconds now_ = 1000s;
  MemoryBudget memory_{250};
  Admission admission_{{.body_bytes = 100},
                       {{.key_id = "slow", .requests_per_second = 0.5, .burst_seconds = 4},
                        {.key_id = "few", .events_per_second = 10, .burst_seconds = 1},
                        {.key_id = "free"}},
                       memory_,
                       [this] { return now_; }};
  ClientKey free_ = client("free");
  ClientKey slow_ = client("slow");
  ClientKey few_ = client("few");
};

TEST_F(AdmissionTest, TheLeaseIsTheContentLength) {
  for (const std::size_t bytes : {0U, 99U, 100U}) {
    const auto lease = admission_.admit(free_, head_of(bytes));
    ASSERT_TRUE(lease.ok()) << bytes;
    EXPECT_EQ(lease->bytes(), bytes);
  }
}

TEST_F(AdmissionTest, OneByteTooManyIs413) {
  const auto lease = admission_.admit(free_, head_of(101));
  ASSERT_FALSE(lease.ok());
  EXPECT_EQ(lease.error().status, 413);
  EXPECT_EQ(lease.error().code, "body_too_large");
  EXPECT_THAT(lease.error().detail, HasSubstr("at most 100"));
  EXPECT_EQ(memory_.in_use(), 0U);
}

// Otherwise clients that only announce bodies would shut the others out.
TEST_F(AdmissionTest, ALargeOrChunkedBodyLeasesItsFirstBytesAlone) {
  constexpr std::size_t kBodyBytes = 1 << 20;
  MemoryBudget memory(kBodyBytes);
  Admission admission({.body_bytes = kBodyBytes}, {}, memory);
  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(kBodyBytes), {}}) {
    const auto lease = admission.admit(free_, head_of(length));
    ASSERT_TRUE(lease.ok());
    EXPECT_EQ(lease->bytes(), 16U * 1024);
  }
}

TEST_F(AdmissionTest, OneAddressLeavesHalfToTheOthersAndOneKeyAFifth) {
  const std::array<unsigned char, 4> one{192, 0, 2, 1}, other{192, 0, 2, 2};
  RequestHead head = head_of(10);
  head.address_share = &memory_.share_of(one);
  std::vector<MemoryLease> held;
  const auto hold_all = [&](const ClientKey& key) {
    for (auto lease = admission_.admit(key, head); lease; lease = admission_.admit(key, head))
      held.push_back(std::move(*lease));
  };
  hold_all(free_);
  EXPECT_EQ(memory_.in_use(), 120U);  // of 250, by tens
  head.address_share = &memory_.share_of(other);
  EXPECT_TRUE(admission_.admit(free_, head).ok());

  head.address_share = nullptr;  // many addresses
  hold_all(free_);
  EXPECT_EQ(memory_.in_use(), 200U);
  EXPECT_TRUE(admission_.admit(few_, head).ok());
}

TEST_F(AdmissionTest, TooManyBytesInFlightAre503UntilOneIsAnswered) {
  {
    const auto first = admission_.admit(free_, head_of(100));
    const auto second = admission_.admit(free_, head_of(100));
    const auto third = admission_.admit(free_, head_of(51));
    ASSERT_FALSE(third.ok());
    EXPECT_EQ(third.error().status, 503);
    EXPECT_EQ(third.error().code, "overloaded");
    EXPECT_THAT(third.error().retry_after_s, Optional(1));
  }
  EXPECT_TRUE(admission_.admit(free_, head_of(51)).ok());
}

TEST_F(AdmissionTest, TooManyRequestsAre429UntilTheTimeInRetryAfter) {
  EXPECT_TRUE(admission_.admit(slow_, head_of(1)).ok());
  EXPECT_TRUE(admission_.admit(slow_, head_of(1)).ok());
  const auto refused = admission_.admit(slow_, head_of(1));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().status, 429);
  EXPECT_EQ(refused.error().code, "rate_limited");
  ASSERT_THAT(refused.error().retry_after_s, Optional(2));
  EXPECT_EQ(memory_.in_use(), 0U);

  now_ += std::chrono::seconds(*refused.error().retry_after_s);
  EXPECT_TRUE(admission_.admit(slow_, head_of(1)).ok());
}

TEST_F(AdmissionTest, OneKeysRequestsDoNotCountForAnother) {
  for (int i = 0; i < 3; ++i) (void)admission_.admit(slow_, head_of(1));
  EXPECT_TRUE(admission_.admit(free_, head_of(1)).ok());
}

TEST_F(AdmissionTest, ARequestThatIsTurnedAwayForMemoryDoesNotCount) {
  {
    const auto first = admission_.admit(free_, head_of(100));
    const auto second = admission_.admit(free_, head_of(100));
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(admission_.admit(slow_, head_of(100)).error().status, 503);
  }
  EXPECT_TRUE(admission_.admit(slow_, head_of(100)).ok());
}

TEST_F(AdmissionTest, TooManyEventsAre429) {
  EXPECT_TRUE(admission_.admit_events(few_, 10));
  const auto refused = admission_.admit_events(few_, 5);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 429);
  EXPECT_THAT(refused.error().retry_after_s, Optional(1));
  now_ += 1s;
  EXPECT_TRUE(admission_.admit_events(few_, 5));
}

TEST_F(AdmissionTest, ABatchOfMoreEventsThanTheBurstPassesInTheEnd) {
  EXPECT_TRUE(admission_.admit_events(few_, 1));
  const auto refused = admission_.admit_events(few_, 100);
  ASSERT_FALSE(refused);
  now_ += std::chrono::seconds(*refused.error().retry_after_s);
  EXPECT_TRUE(admission_.admit_events(few_, 100));
}

TEST_F(AdmissionTest, KeysWithoutLimitsAndKeysThatAreNotListedAreNotLimited) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(admission_.admit(free_, head_of(1)).ok());
    EXPECT_TRUE(admission_.admit_events(client("other"), 1000));
  }
  EXPECT_FALSE(admission_.rate_status(free_));
}

TEST_F(AdmissionTest, TellsAClientWhereItStands) {
  (void)admission_.admit(slow_, head_of(1));
  const auto status = admission_.rate_status(slow_);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->limit, 2U);
  EXPECT_EQ(status->remaining, 1U);
  EXPECT_EQ(status->reset_s, 2);
}

TEST_F(AdmissionTest, AKeyWhoseLimitsStayHasUsedUpWhatItHas) {
  const auto ask = [&](const ClientKey& key) { return admission_.admit(key, head_of(1)).ok(); };
  EXPECT_TRUE(ask(slow_) && ask(slow_));
  EXPECT_FALSE(ask(slow_));
  const KeyRates slow{.key_id = "slow", .requests_per_second = 0.5, .burst_seconds = 4};
  admission_.replace_keys({slow, {.key_id = "new", .requests_per_second = 1, .burst_seconds = 1}});
  EXPECT_FALSE(ask(slow_));
  EXPECT_TRUE(ask(client("new")));
  EXPECT_FALSE(ask(client("new")));
  admission_.replace_keys({{.key_id = "slow", .requests_per_second = 1, .burst_seconds = 1}});
  EXPECT_TRUE(ask(slow_));
}

// What a key holds while it goes and comes back counts as its own.
TEST_F(AdmissionTest, LeasesOutliveTheirKey) {
  auto lease = admission_.admit(free_, head_of(100));
  ASSERT_TRUE(lease.ok());
  admission_.replace_keys({});
  EXPECT_EQ(memory_.in_use(), 100U);
  admission_.replace_keys({{.key_id = "free"}});
  EXPECT_TRUE(lease->grow(50));
  EXPECT_FALSE(lease->grow(90));  // four fifths of 250 is 200
}

}  // namespace
}  // namespace penstock::gateway
