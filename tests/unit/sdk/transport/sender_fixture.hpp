// A sender between real journals and a real TLS server in this process. What its tests share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "platform/clock.hpp"
#include "support/eventually.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"
#include "transport/sender_handle.hpp"

namespace penstock::transport::test {

using namespace penstock::test;
using platform::Clock;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

inline constexpr const char* kWriteKey = "wk_very-secret";
inline constexpr const char* kContext = R"({"app":"approvals"})";

inline std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all(last - first + 1);
  std::iota(all.begin(), all.end(), first);
  return all;
}

class SenderFixture : public ::testing::Test {
 protected:
  SenderFixture() {
    options_.directory = journals();
    options_.endpoint = gateway_.endpoint();
    options_.write_key = kWriteKey;
    options_.ca_file = certificate_.ca_file();
    options_.batch_age_max = hours(1);  // sent when full or flushed, unless a test says otherwise
    options_.retry_delay_min = options_.retry_delay_max = milliseconds(1);
  }
  ~SenderFixture() override { stop(); }

  std::filesystem::path journals() const { return directory_ / "journals"; }

  static std::unique_ptr<journal::Journal> open_journal(const journal::Slot& slot) {
    auto opened = journal::Journal::open(slot.folder(), {4 << 20, 256 << 10, 64 << 10});
    EXPECT_TRUE(opened) << opened.status().message();
    return *std::move(opened);
  }
  Source make_source() {
    auto slot = journal::Slot::take(journals());
    EXPECT_TRUE(slot) << slot.status().message();
    auto journal = open_journal(*slot);
    return {*std::move(slot), std::move(journal)};
  }
  // What a process that is gone left behind. Returns its install id.
  std::string leave_orphan(int events) {
    const Source first = make_source();  // so that the orphan is not in the slot that we take next
    const Source orphan = make_source();
    for (int i = 0; i < events; ++i)
      EXPECT_EQ(orphan.journal->writer().append(R"({"o":1})").code, StatusCode::kOk);
    return orphan.journal->install_id();
  }

  Result<std::unique_ptr<SenderHandle>> start(Source own) {
    auto consent = consent::ConsentGate::open(journals(), options_.without_consent);
    auto erasures = consent::ErasureQueue::open(journals());
    EXPECT_TRUE(consent && erasures);
    return SenderHandle::start(options_, kContext, std::move(own),
                               std::make_shared<consent::ConsentGate>(*std::move(consent)),
                               *std::move(erasures), platform::system_time());
  }
  SenderHandle& start() {
    Source own = make_source();
    auto started = start(std::move(own));
    EXPECT_TRUE(started) << started.status().message();
    sender_handle_ = *std::move(started);
    return *sender_handle_;
  }
  void stop() {
    if (sender_handle_) static_cast<void>(sender_handle_->stop(Clock::now() + kPatience));
    sender_handle_.reset();
  }
  void track(int events = 1, const std::string& payload = R"({"eventType":"UserActivity"})") {
    for (int i = 0; i < events; ++i) {
      const auto appended = sender_handle_->journal().writer().append(payload);
      ASSERT_EQ(appended.code, StatusCode::kOk);
      sender_handle_->doorbell().ring(appended.seq);
    }
  }
  void flush() {
    const Status status = sender_handle_->flush(kPatience);
    EXPECT_TRUE(status) << status.message();
  }
  [[nodiscard]] bool acknowledged(std::uint64_t events) {
    return eventually([&] { return sender_handle_->stats().totals.acknowledged >= events; });
  }
  [[nodiscard]] bool received(std::size_t requests) {
    return eventually([&] { return gateway_.request_count() >= requests; });
  }
  [[nodiscard]] bool retries() {
    return eventually([&] { return sender_handle_->stats().state == SenderState::kRetrying; });
  }
  [[nodiscard]] bool next_free_slot_is(const std::string& name) const {
    return eventually([&] {
      const auto slot = journal::Slot::take(journals());
      return slot.ok() && slot->folder().filename() == name;
    });
  }
  std::vector<std::size_t> batch_sizes() const {
    std::vector<std::size_t> sizes;
    for (const auto& request : gateway_.requests()) sizes.push_back(request.events().size());
    return sizes;
  }

  TempDirectory directory_;
  TestCertificate certificate_{directory_.path()};
  TestGateway gateway_{&certificate_};
  Options options_;
  std::unique_ptr<SenderHandle> sender_handle_;
};

}  // namespace penstock::transport::test
