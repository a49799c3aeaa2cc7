// Goal: a handle that was freed, or never was one, is told from those that live, whatever came into
// its place; from many threads too. Method: the table alone, and the C ABI.
#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "c/handle_table.hpp"
#include "c_client.hpp"

namespace penstock::c {
namespace {

using ::testing::HasSubstr;

struct HandleTableTest : ::testing::Test {
  static constinit HandleTable<int> table;
  static void* add(int value) { return table.add(std::make_unique<int>(value)); }
  static const void* handle(std::uintptr_t bits) {
    return reinterpret_cast<const void*>(bits);  // NOLINT(performance-no-int-to-ptr): a stray one
  }
};
constinit HandleTable<int> HandleTableTest::table;

TEST_F(HandleTableTest, WhatIsAddedIsFoundUntilItIsRemoved) {
  void* const one = add(1);
  void* const two = add(2);
  EXPECT_EQ(*table.find(one), 1);
  EXPECT_EQ(*table.find(two), 2);
  EXPECT_EQ(*table.remove(one), 1);
  EXPECT_EQ(table.find(one), nullptr);
  EXPECT_EQ(table.remove(one), nullptr);
  EXPECT_EQ(*table.remove(two), 2);
}

TEST_F(HandleTableTest, AnotherOneInThePlaceHasAnotherHandle) {
  std::set<void*> seen;
  for (int i = 0; i < 1000; ++i) {
    void* const made = add(i);
    EXPECT_TRUE(seen.insert(made).second);
    EXPECT_EQ(*table.remove(made), i);
  }
  void* const living = add(7);
  for (void* const gone : seen) EXPECT_EQ(table.find(gone), nullptr);
  EXPECT_EQ(*table.remove(living), 7);
}

TEST_F(HandleTableTest, WhatNeverWasOneIsNone) {
  const std::unique_ptr<int> living(new int(1));
  for (const void* stray : {handle(0), handle(1), handle(0xFFFF), handle(0x10000), handle(0x20000),
                            handle(~std::uintptr_t{0}), static_cast<const void*>(living.get())}) {
    EXPECT_EQ(table.find(stray), nullptr) << stray;
    EXPECT_EQ(table.remove(stray), nullptr) << stray;
  }
}

TEST_F(HandleTableTest, ItHoldsAsManyAsItSaysAndNoMore) {
  std::vector<void*> all;
  for (void* made = add(0); made != nullptr; made = add(0)) all.push_back(made);
  EXPECT_EQ(all.size(), 65'536u);
  EXPECT_NE(table.remove(all.back()), nullptr);
  all.back() = add(1);
  EXPECT_EQ(*table.find(all.back()), 1);
  for (void* each : all) EXPECT_NE(table.remove(each), nullptr);
}

TEST_F(HandleTableTest, ManyThreadsAddFindAndRemove) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 2000; ++i) {
        const int value = t * 10'000 + i;
        void* const one = add(value);
        void* const two = add(value + 5000);
        ASSERT_EQ(*table.find(one), value);
        ASSERT_EQ(*table.remove(two), value + 5000);
        ASSERT_EQ(*table.remove(one), value);
        ASSERT_EQ(table.find(one), nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HandleTableTest, OneThatIsRemovedByManyIsRemovedOnce) {
  for (int round = 0; round < 200; ++round) {
    void* const contested = add(round);
    std::atomic<int> removed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] { removed += table.remove(contested) != nullptr ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(removed, 1);
  }
}

using CHandleTest = test::CClientTest;

TEST_F(CHandleTest, AClientThatWasFreedIsRefusedByEveryFunctionAndCounted) {
  open();
  penstock_client* const freed = client_;
  penstock_client_free(client_);
  client_ = nullptr;
  open();  // in its place
  const std::uint64_t before = penstock_stale_handles();
  penstock_event event = event_of(PENSTOCK_CLICK);
  penstock_stats stats{};
  stats.struct_size = sizeof stats;
  penstock_flow* flow = nullptr;
  EXPECT_EQ(penstock_client_track(freed, &event), PENSTOCK_MISUSE);
  EXPECT_THAT(penstock_last_error(), HasSubstr("the client was freed"));
  EXPECT_EQ(penstock_client_track_json(freed, "{}", 2), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_set_user(freed, "u", 1), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_start_flow(freed, "f", 1, nullptr, 0, &flow), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_flush(freed, 0), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_close(freed, 0), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_stats(freed, &stats), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_consent(freed), PENSTOCK_CONSENT_UNKNOWN);
  penstock_client_free(freed);
  EXPECT_EQ(penstock_stale_handles() - before, 9u);
  EXPECT_EQ(this->stats().recorded, 0u) << "nothing reaches the one in its place";
}

TEST_F(CHandleTest, AFlowAndAnObjectThatWereFreedAreRefused) {
  open();
  penstock_flow* flow = nullptr;
  ASSERT_EQ(penstock_client_start_flow(client_, "f", 1, nullptr, 0, &flow), PENSTOCK_OK);
  penstock_flow_free(flow);
  penstock_flow_free(flow);
  EXPECT_EQ(penstock_client_complete_flow(client_, flow, PENSTOCK_OUTCOME_SUCCESS),
            PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_flow_correlation_id(flow).size, 0u);

  penstock_object* object = nullptr;
  ASSERT_EQ(penstock_object_new(&object), PENSTOCK_OK);
  penstock_object_free(object);
  penstock_object_free(object);
  EXPECT_EQ(penstock_object_add(object, penstock_detail_integer("n", 1)), PENSTOCK_MISUSE);
  penstock_event event = event_of(PENSTOCK_SESSION_START);
  event.details_object = object;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_MISUSE);
  EXPECT_THAT(penstock_last_error(), HasSubstr("the object was freed"));
}

TEST_F(CHandleTest, WhatIsNoHandleIsRefusedUnread) {
  open();
  auto* const stray = reinterpret_cast<penstock_client*>(this);
  EXPECT_EQ(penstock_client_flush(stray, 0), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_flush(reinterpret_cast<penstock_client*>(8), 0), PENSTOCK_MISUSE);
}

}  // namespace
}  // namespace penstock::c
