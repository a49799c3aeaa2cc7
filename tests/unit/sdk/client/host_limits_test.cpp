// Goal: limits of the host, and where it stands in the file system, neither end it nor make a
// client do less than it says. Method: the public API under each limit.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::kPatience;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

class SoftLimit {
 public:
  SoftLimit(__rlimit_resource_t resource, rlim_t value) : resource_(resource) {
    EXPECT_EQ(::getrlimit(resource_, &before_), 0);
    const rlimit now{value, before_.rlim_max};
    EXPECT_EQ(::setrlimit(resource_, &now), 0);
  }
  ~SoftLimit() { ::setrlimit(resource_, &before_); }
  SoftLimit(const SoftLimit&) = delete;
  SoftLimit& operator=(const SoftLimit&) = delete;

 private:
  const __rlimit_resource_t resource_;
  rlimit before_{};
};

class HostLimitsTest : public ::testing::Test {
 protected:
  HostLimitsTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    options_.write_key = "wk_test";
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
  }
  test::TempDirectory directory_;
  Options options_;
};

TEST(ResultTest, AnOkStatusIsNoReasonForHavingNoValue) {
  const Result<int> made_by_mistake{Status()};
  EXPECT_FALSE(made_by_mistake.ok());
  EXPECT_EQ(made_by_mistake.status().code(), StatusCode::kInternal);
}

TEST_F(HostLimitsTest, AFileThatMayNotGrowToASegmentIsAnErrorThatNamesTheLimit) {
  const SoftLimit limit(RLIMIT_FSIZE, 16 * 1024);
  const auto client = Client::open(options_);
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.status().code(), StatusCode::kStorageFull);
  EXPECT_THAT(client.status().message(), HasSubstr("RLIMIT_FSIZE"));
}

TEST_F(HostLimitsTest, ALimitThatComesLaterRefusesEventsAndEndsNobody) {
  auto client = Client::open(options_);
  ASSERT_TRUE(client.ok());
  const std::string text(10'000, 'x');
  {
    const SoftLimit limit(RLIMIT_FSIZE, 16 * 1024);
    ASSERT_TRUE(eventually(
        [&] { return client->track(Event::error(text)).code() == StatusCode::kStorageFull; }));
  }
  EXPECT_TRUE(client->track(Event::error(text)).ok());
}

// Whichever descriptor is the one that the system does not give.
TEST_F(HostLimitsTest, OpenSaysWhyForEachDescriptorThatIsMissing) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the undefined sanitizer needs descriptors for its own checks";
#endif
  bool opened = false;
  int failures = 0;
  for (rlim_t descriptors = 3; !opened && descriptors < 200; ++descriptors) {
    auto client = [&] {
      const SoftLimit limit(RLIMIT_NOFILE, descriptors);
      return Client::open(options_);
    }();
    opened = client.ok() && client->track(Event::page_view("home")).ok();
    if (client.ok()) continue;
    ++failures;
    EXPECT_THAT(client.status().code(), ::testing::AnyOf(StatusCode::kIo, StatusCode::kOutOfMemory))
        << descriptors;
    EXPECT_THAT(client.status().message(), Not(IsEmpty())) << descriptors;
  }
  EXPECT_TRUE(opened);
  EXPECT_GT(failures, 3);
}

// Records until the journal needs its next file and does not get it.
Status first_failure(Client& client) {
  for (int i = 0; i < 10'000; ++i) {
    if (Status status = client.track(Event::page_view("home")); !status) return status;
  }
  return {};
}

TEST_F(HostLimitsTest, AnEventThatFindsNoDescriptorIsCountedAndTheNextIsKept) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the undefined sanitizer needs descriptors for its own checks";
#endif
  auto client = Client::open(options_);
  ASSERT_TRUE(client.ok()) << client.status().message();
  {
    const SoftLimit limit(RLIMIT_NOFILE, 3);
    const Status failure = first_failure(*client);
    EXPECT_EQ(failure.code(), StatusCode::kIo);
    EXPECT_THAT(failure.message(), HasSubstr("raise the limit of open files"));
    EXPECT_EQ(client->stats().dropped_io_error, 1u);
    EXPECT_FALSE(client->set_consent(Consent::kDenied).ok());
    EXPECT_EQ(client->track(Event::page_view("home")).code(), StatusCode::kNotAllowed);
  }
  ASSERT_TRUE(client->set_consent(Consent::kGranted).ok());
  ASSERT_TRUE(client->track(Event::page_view("home")).ok());
  EXPECT_EQ(client->stats().pending, 1u);
  const auto rows = client->ledger();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_THAT(rows[0].refused, ::testing::UnorderedElementsAre(::testing::Pair("io_error", 1u),
                                                               ::testing::Pair("not_allowed", 1u)));
}

class DeletedFolderTest : public HostLimitsTest {
 protected:
  DeletedFolderTest() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    client_.emplace(*std::move(client));
  }
  ~DeletedFolderTest() override {
    if (client_) static_cast<void>(client_->close(0ms));
  }
  void record(int events) {
    for (int i = 0; i < events; ++i) {
      const Status status = client_->track(Event::page_view("home"));
      ASSERT_TRUE(status.ok()) << status.message();
    }
  }
  // The sender may make it anew at any moment, also between two files that are deleted.
  void delete_folder(const std::filesystem::path& folder) {
    const auto doomed = directory_ / "doomed";
    std::filesystem::rename(folder, doomed);
    std::filesystem::remove_all(doomed);
  }
  // What the next run finds, if this one is killed now.
  std::uint64_t found_after_a_kill() {
    const auto copy = directory_ / "copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(options_.directory, copy, std::filesystem::copy_options::recursive);
    Options options = options_;
    options.directory = copy;
    auto client = Client::open(options);
    EXPECT_TRUE(client.ok()) << client.status().message();
    EXPECT_TRUE(eventually([&] { return !client->stats().recovering; }));
    EXPECT_EQ(client->close(0ms).code(), StatusCode::kTimeout);
    return client->stats().adopted;
  }

  std::optional<Client> client_;
};

TEST_F(DeletedFolderTest, IsMadeAnewWithAllThatIsPending) {
  record(10);
  const std::filesystem::path directory = options_.directory;
  for (const auto& folder : {directory, directory / "slot-0000"}) {
    delete_folder(folder);
    record(2000);  // more than a segment has room for
    EXPECT_EQ(client_->stats().dropped_io_error, 0u);
    EXPECT_EQ(found_after_a_kill(), client_->stats().recorded);
  }
  EXPECT_EQ(client_->ledger().front().pending, 4010u);
}

TEST_F(DeletedFolderTest, LeavesOtherProcessesTheSlotThatTheyHaveTakenMeanwhile) {
  record(10);
  delete_folder(options_.directory);
  auto other = Client::open(options_);
  ASSERT_TRUE(other.ok()) << other.status().message();
  ASSERT_TRUE(other->track(Event::page_view("other")).ok());
  record(2000);
  EXPECT_EQ(found_after_a_kill(), 2011u);
  EXPECT_EQ(other->close(0ms).code(), StatusCode::kTimeout);
}

TEST_F(DeletedFolderTest, EventsAreKeptAgainAsSoonAsItCanBeMade) {
  const auto doomed = directory_ / "doomed";
  std::filesystem::rename(options_.directory, doomed);
  std::ofstream(options_.directory) << "in the way";
  std::filesystem::remove_all(doomed);
  const Status failure = first_failure(*client_);
  EXPECT_EQ(failure.code(), StatusCode::kIo);
  EXPECT_THAT(failure.message(), HasSubstr(options_.directory));
  EXPECT_THAT(failure.message(), HasSubstr("a file is in the way"));
  EXPECT_EQ(client_->stats().dropped_io_error, 1u);
  // No file keeps the answer.
  EXPECT_EQ(client_->set_consent(Consent::kGranted).code(), StatusCode::kIo);
  EXPECT_EQ(client_->consent(), Consent::kGranted);
  std::filesystem::remove(options_.directory);
  record(1);
  EXPECT_EQ(found_after_a_kill(), client_->stats().recorded);
}

TEST_F(DeletedFolderTest, ConsentAndErasureAreKeptInTheNewOne) {
  delete_folder(options_.directory);
  ASSERT_TRUE(client_->set_consent(Consent::kDenied).ok());
  delete_folder(options_.directory);
  ASSERT_TRUE(client_->forget().ok());
  std::vector<std::string> requests;
  for (const auto& entry : std::filesystem::directory_iterator(options_.directory)) {
    if (entry.path().filename().string().starts_with("erase-")) requests.push_back(entry.path());
  }
  EXPECT_EQ(requests.size(), 1u);
  EXPECT_EQ(client_->close(0ms).code(), StatusCode::kNotAllowed);
  const auto next = Client::open(options_);
  ASSERT_TRUE(next.ok()) << next.status().message();
  EXPECT_EQ(next->consent(), Consent::kDenied);
}

// The whole test process goes elsewhere, and back.
class ElsewhereTest : public HostLimitsTest {
 protected:
  ElsewhereTest() {
    std::filesystem::current_path(directory_.path());
    options_.directory = "telemetry";
  }
  ~ElsewhereTest() override { std::filesystem::current_path(before_); }

  // Events that nobody has sent, in a slot of their own.
  void leave_an_orphan() {
    auto first = Client::open(options_);
    auto second = Client::open(options_);
    ASSERT_TRUE(first.ok() && second.ok());
    ASSERT_TRUE(second->track(Event::page_view("left")).ok());
    EXPECT_EQ(second->close(0ms).code(), StatusCode::kTimeout);
  }

  const std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_F(ElsewhereTest, ADenialDeletesWhatEarlierRunsLeft) {
  auto client = Client::open(options_);
  ASSERT_TRUE(client.ok());
  leave_an_orphan();
  std::filesystem::current_path("/");
  ASSERT_TRUE(client->set_consent(Consent::kDenied).ok());
  std::filesystem::current_path(directory_.path());
  static_cast<void>(client->close(0ms));
  auto next = Client::open(options_);
  ASSERT_TRUE(next.ok());
  ASSERT_TRUE(eventually([&] { return !next->stats().recovering; }));
  EXPECT_EQ(next->stats().adopted, 0u);
}

TEST_F(ElsewhereTest, WhatOthersLeftIsSentAndARequestForErasureToo) {
  const test::TestCertificate certificate{directory_.path()};
  test::TestGateway gateway{&certificate};
  std::atomic<int> erasures{0};
  gateway.answer_with([&](const test::ReceivedRequest& request) {
    if (request.batch().contains("events")) return test::accept_all(request);
    ++erasures;
    return test::reply(202, "{}");
  });
  Options online = options_;
  online.endpoint = gateway.endpoint();
  online.ca_file = certificate.ca_file();
  auto client = Client::open(online);
  ASSERT_TRUE(client.ok()) << client.status().message();
  leave_an_orphan();
  std::filesystem::current_path("/");
  const Status flushed = client->flush(kPatience);
  EXPECT_TRUE(flushed.ok()) << flushed.message();
  EXPECT_EQ(client->stats().acknowledged, 1u);
  ASSERT_TRUE(client->forget().ok());
  EXPECT_TRUE(eventually([&] { return erasures > 0; }));
}

}  // namespace
}  // namespace penstock
