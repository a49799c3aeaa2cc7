// Goal: a Client keeps what it was given without any gateway in reach, counts what it does not
// keep, and says clearly what is wrong with its input. Method: the public API against a port where
// nothing listens. (With a real gateway: tests/integration.)
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"

namespace penstock {
namespace {

using test::eventually;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() {
    options_.directory = directory_.path() / "journal";
    options_.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    options_.write_key = "pk_test_secret";
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
    options_.disk_bytes_max = 4 * options_.segment_bytes;
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  Status open_failure() {
    auto client = Client::open(options_);
    EXPECT_FALSE(client.ok());
    return client.status();
  }
  // All bytes of all files of the journal.
  std::string journal_bytes() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options_.directory)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }

  test::TempDirectory directory_;
  Options options_;
};

TEST_F(ClientTest, WhatIsRecordedOfflineIsFoundByTheNextOpen) {
  std::string install_id;
  {
    Client client = open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.track(Event::page_view("home")).ok());
    const Status closed = client.close(0ms);
    EXPECT_EQ(closed.code(), StatusCode::kTimeout);
    EXPECT_THAT(closed.message(), StartsWith("3 events wait in the journal for the next program"));
    EXPECT_EQ(client.stats().pending, 3u);
    install_id = client.stats().install_id;
  }
  Client client = open();
  EXPECT_EQ(client.stats().adopted, 3u);
  EXPECT_EQ(client.stats().pending, 3u);
  EXPECT_EQ(client.stats().install_id, install_id);
  ASSERT_TRUE(client.track(Event::page_view("home")).ok());
  EXPECT_EQ(client.stats().last_seq, 4u);
}

TEST_F(ClientTest, TheLedgerKnowsAllRunsByTypeAndReason) {
  for (int run = 1; run <= 2; ++run) {
    Client client = open();
    ASSERT_TRUE(client.track(Event::page_view("home")).ok());
    ASSERT_TRUE(client.track_json(R"({"recordId":"r","action":"Approved"})").ok());
    ASSERT_FALSE(client.track(Event::click("home", std::string(20'000, 'x'))).ok());
    const std::vector<LedgerRow> rows = client.ledger();
    ASSERT_EQ(rows.size(), 3u);
    const auto expected = static_cast<std::uint64_t>(run);
    EXPECT_EQ(rows[0].type, "PageView");
    EXPECT_EQ(rows[0].recorded, expected);
    EXPECT_EQ(rows[0].pending, expected);
    EXPECT_EQ(rows[1].type, "Click");
    EXPECT_EQ(rows[1].recorded, 0u);
    EXPECT_THAT(rows[1].refused, ::testing::ElementsAre(::testing::Pair("too_large", expected)));
    EXPECT_EQ(rows[2].type, "Approved");
    EXPECT_EQ(rows[2].recorded, expected);
    EXPECT_EQ(client.stats().dropped_too_large, 1u);  // of this run
  }
}

// Whatever becomes of the texts that an event was made of, and of the event that it was copied
// from.
TEST_F(ClientTest, AnEventThatIsKeptHasItsOwnTexts) {
  for (const std::size_t bytes : {3u, 400u, 3000u}) {
    std::vector<Event> kept;
    {
      std::string id = "record-" + std::to_string(bytes), note(bytes, 'n'), name = "noteOfTheUser";
      Event event = Event::record_changed(id + "-0001", std::string("Do") + "ne");
      event.user(std::string("user-") + "1").session(std::string("session-") + "1");
      event.page(std::string("page-") + "1").correlation(std::string("flow-") + "1");
      event.detail(name, note).detail("count", 3).metadata(std::string("source") + "System", note);
      Event moved = event;
      Event assigned = Event::page_view(note);
      assigned = event;
      kept = {event, assigned, std::move(moved)};
      Event& again = kept.emplace_back(Event::click("home", "save"));
      again = std::move(event);
      id.assign(id.size(), 'x');
      note.assign(note.size(), 'x');
      name.assign(name.size(), 'x');
    }
    std::filesystem::remove_all(options_.directory);
    Client client = open();
    for (const Event& event : kept) ASSERT_TRUE(client.track(event).ok());
    const std::string all = journal_bytes();
    std::size_t found = 0;
    const std::string expected =
        R"("userId":"user-1","sessionId":"session-1","pageId":"page-1","correlationId":"flow-1",)"
        R"("recordId":"record-)" +
        std::to_string(bytes) + R"(-0001","action":"Done","metadata":{"sourceSystem":")" +
        std::string(bytes, 'n') + R"("},"details":{"noteOfTheUser":")" + std::string(bytes, 'n') +
        R"(","count":3})";
    for (std::size_t at = 0; (at = all.find(expected, at)) != std::string::npos; ++at) ++found;
    EXPECT_EQ(found, kept.size()) << bytes;
    EXPECT_EQ(client.close(0ms).code(), StatusCode::kTimeout);
  }
}

TEST_F(ClientTest, TextsThatNoEventHasRoomForAreRefusedAsTooLarge) {
  Client client = open();
  const std::string text(40 << 20, 'x');
  EXPECT_EQ(client.track(Event::error(text).detail("again", text)).code(), StatusCode::kTooLarge);
  EXPECT_EQ(client.stats().dropped_too_large, 1u);
}

TEST_F(ClientTest, NothingThatARuleRemovesReachesTheDisk) {
  Client client = open();
  ASSERT_TRUE(client.set_user("anna.smith@example.com").ok());
  ASSERT_TRUE(
      client.track(Event::error("card 4111 1111 1111 1111").detail("password", "hunter2")).ok());
  ASSERT_TRUE(
      client.track_json(R"({"activityType":"Click","details":{"note":"+1 212 555 0142"}})").ok());
  EXPECT_EQ(client.stats().masked, 3u);
  const std::string bytes = journal_bytes();
  EXPECT_THAT(bytes, HasSubstr("[card]"));  // the events are there
  for (const char* planted : {"anna.smith", "4111", "hunter2", "555 0142", "pk_test_secret"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(planted)));
  }
}

TEST_F(ClientTest, ThreadsThatRecordAtOnceLoseNothing) {
  options_.disk_bytes_max = 64 * options_.segment_bytes;
  Client client = open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&client] {
      for (int i = 0; i < 500; ++i) ASSERT_TRUE(client.track(Event::click("page", "button")).ok());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(client.stats().recorded, 2000u);
  EXPECT_EQ(client.stats().last_seq, 2000u);
  EXPECT_EQ(client.stats().pending, 2000u);
}

TEST_F(ClientTest, AFullDiskBudgetIsSaidAndCounted) {
  Client client = open();
  const std::string text(8 * 1024, 'x');
  Status status;
  int kept = 0;
  while ((status = client.track(Event::error(text))).ok()) ++kept;
  EXPECT_EQ(status.code(), StatusCode::kStorageFull);
  EXPECT_TRUE(status.retryable());
  EXPECT_THAT(status.message(), HasSubstr("disk_bytes_max"));
  EXPECT_GT(kept, 10);
  EXPECT_EQ(client.stats().dropped_storage_full, 1u);
  EXPECT_EQ(client.stats().pending, static_cast<std::uint64_t>(kept));
  EXPECT_LE(client.stats().disk_bytes, options_.disk_bytes_max);
}

TEST_F(ClientTest, AnEventThatIsTooLargeIsRefusedAndCounted) {
  Client client = open();
  EXPECT_EQ(client.track(Event::error(std::string(1 << 20, 'x'))).code(), StatusCode::kTooLarge);
  EXPECT_EQ(client.track_json(std::string(1 << 20, ' ')).code(), StatusCode::kTooLarge);
  EXPECT_EQ(client.stats().dropped_too_large, 2u);
  EXPECT_TRUE(client.track(Event::error(std::string(15 * 1024, 'x'))).ok());
}

TEST_F(ClientTest, ABadEventIsRefusedAndCounted) {
  Client client = open();
  EXPECT_EQ(client.track(Event::record_approved("")).code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.track_json("{}").code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.set_user(std::string(257, 'u')).code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.stats().dropped_invalid, 2u);
  EXPECT_EQ(client.stats().recorded, 0u);
}

TEST_F(ClientTest, AClosedClientRefusesAndClosesOnce) {
  Client client = open();
  EXPECT_TRUE(client.close(5s).ok());  // nothing to send: no need for the gateway
  EXPECT_EQ(client.track(Event::session_start()).code(), StatusCode::kClosed);
  EXPECT_TRUE(client.close(5s).ok());
}

TEST_F(ClientTest, AClientThatWasMovedFromIsClosed) {
  Client client = open();
  Client other = std::move(client);
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is tested
  EXPECT_EQ(client.track(Event::session_start()).code(), StatusCode::kClosed);
  EXPECT_TRUE(other.track(Event::session_start()).ok());
}

TEST_F(ClientTest, FlushTellsThatTheGatewayIsAway) {
  Client client = open();
  ASSERT_TRUE(client.track(Event::session_start()).ok());
  EXPECT_EQ(client.flush(1ms).code(), StatusCode::kTimeout);
  EXPECT_EQ(client.stats().pending, 1u);
}

TEST_F(ClientTest, TwoClientsShareADirectoryUnderIdsOfTheirOwn) {
  Client one = open();
  Client two = open();
  EXPECT_NE(one.stats().install_id, two.stats().install_id);
  ASSERT_TRUE(two.track(Event::session_start()).ok());
  EXPECT_EQ(one.stats().pending, 0u);
  EXPECT_EQ(two.stats().pending, 1u);
}

TEST_F(ClientTest, WhatAnotherProcessLeftIsAdopted) {
  {
    Client one = open();
    Client two = open();
    ASSERT_TRUE(two.track(Event::session_start()).ok());
    EXPECT_EQ(one.close(test::kPatience).code(), StatusCode::kOk);
    EXPECT_EQ(two.close(0ms).code(), StatusCode::kTimeout);
  }
  Client client = open();
  EXPECT_TRUE(eventually([&] { return !client.stats().recovering; }));
  EXPECT_EQ(client.stats().adopted, 1u);
  EXPECT_EQ(client.stats().pending, 1u);
}

TEST_F(ClientTest, EventsAreTakenBeforeWhatAnEarlierRunLeftWasLookedAt) {
  options_.disk_bytes_max = 64 * options_.segment_bytes;
  constexpr std::uint64_t kLeft = 10'000;  // dozens of segments
  {
    Client client = open();
    for (std::uint64_t i = 0; i < kLeft; ++i)
      ASSERT_TRUE(client.track(Event::click("page", "button")).ok());
    static_cast<void>(client.close(0ms));
  }
  Client client = open();
  ASSERT_TRUE(client.track(Event::page_view("home")).ok());
  EXPECT_EQ(client.stats().last_seq, kLeft + 1);
  EXPECT_TRUE(eventually([&] { return !client.stats().recovering; }));
  EXPECT_EQ(client.stats().adopted, kLeft);
  EXPECT_EQ(client.stats().pending, kLeft + 1);
}

TEST_F(ClientTest, AFolderThatCannotBeUsedIsNamed) {
  std::ofstream(directory_.path() / "file") << "in the way";
  options_.directory = directory_.path() / "file";
  const Status status = open_failure();
  EXPECT_EQ(status.code(), StatusCode::kIo);
  EXPECT_THAT(status.message(), HasSubstr(options_.directory));
}

TEST_F(ClientTest, AnAuthorityFileThatCannotBeUsedIsNamed) {
  options_.ca_file = directory_.path() / "missing.pem";
  const Status status = open_failure();
  EXPECT_EQ(status.code(), StatusCode::kInvalidOption);
  EXPECT_THAT(status.message(), HasSubstr("missing.pem"));
}

TEST_F(ClientTest, ContextThatIsTooLargeIsRefused) {
  options_.context = {{"note", std::string(9000, 'x')}};
  EXPECT_THAT(open_failure().message(), HasSubstr("context is larger than 8 KiB"));
  options_.context.clear();
  for (int i = 0; i < 64; ++i) options_.context.emplace_back("field" + std::to_string(i), "x");
  EXPECT_THAT(open_failure().message(), HasSubstr("context has more than 64 fields"));
}

}  // namespace
}  // namespace penstock
