// Goal: every wait of a channel has an end, and what ended it is told apart. Method: a channel over
// loopback, at whose other end the test speaks. (TLS: client_test; proxies: tunnel_test.)
#include "https/channel.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <thread>

#include "connected_channel.hpp"
#include "support/free_port.hpp"

namespace penstock::https {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ChannelTest : public ::testing::Test {
 protected:
  static Clock::time_point in_time() { return Clock::now() + test::kPatience; }

  // Reads until `bytes` have come; shorter if the channel fails.
  std::string read(std::size_t bytes) {
    std::string all;
    while (all.size() < bytes) {
      char buffer[64];
      const auto more = channel_.read(buffer, sizeof buffer);
      if (more <= 0) break;
      all.append(buffer, static_cast<std::size_t>(more));
    }
    return all;
  }

  ConnectedChannel server_;
  Channel& channel_ = server_.channel();
};

TEST_F(ChannelTest, BytesGoBothWaysAndAreCountedForEachExchange) {
  EXPECT_TRUE(channel_.write("question", 8));
  EXPECT_EQ(server_.hear(8), "question");
  server_.say("answer");
  EXPECT_EQ(read(6), "answer");
  EXPECT_EQ(channel_.bytes_read(), 6u);
  channel_.begin_exchange(in_time(), 100);
  EXPECT_EQ(channel_.bytes_read(), 0u);
  EXPECT_EQ(channel_.peer(), server_.address().host_and_port());
}

TEST_F(ChannelTest, AnExchangeMayReadToItsLimitAndNotBeyond) {
  for (const std::size_t bytes : {9u, 10u}) {
    channel_.begin_exchange(in_time(), 10);
    server_.say(std::string(bytes, 'x'));
    EXPECT_EQ(read(bytes), std::string(bytes, 'x'));
  }
  channel_.begin_exchange(in_time(), 10);
  server_.say(std::string(11, 'x'));
  EXPECT_LT(read(11).size(), 11u);
  EXPECT_THAT(channel_.error(), HasSubstr("longer than 10 bytes"));
}

TEST_F(ChannelTest, ReadsAndWritesEndAtTheDeadlineOfTheExchange) {
  channel_.begin_exchange(Clock::now() + milliseconds(20), 100);
  EXPECT_EQ(read(1), "");
  EXPECT_TRUE(channel_.timed_out());
  EXPECT_THAT(channel_.error(), AllOf(HasSubstr("timeout"), HasSubstr("the answer of 127.0.0.1:")));
  channel_.begin_exchange(Clock::now() + milliseconds(20), 100);
  EXPECT_FALSE(channel_.timed_out());
  const std::string more_than_buffers_hold(32 << 20, 'x');
  EXPECT_FALSE(channel_.write(more_than_buffers_hold.data(), more_than_buffers_hold.size()));
  EXPECT_TRUE(channel_.timed_out());
  EXPECT_THAT(channel_.error(), HasSubstr("sending to 127.0.0.1:"));
}

TEST_F(ChannelTest, TheEndOfTheStreamIsNoTimeout) {
  server_.say("last");
  server_.hang_up();
  EXPECT_EQ(read(4), "last");
  char byte = 0;
  EXPECT_EQ(channel_.read(&byte, 1), 0);
  EXPECT_FALSE(channel_.timed_out());
  EXPECT_THAT(channel_.error(), HasSubstr("closed the connection"));
}

TEST_F(ChannelTest, ABrokenConnectionIsAnErrorAndNoSignal) {
  signal(SIGPIPE, SIG_DFL);
  server_.reset();
  EXPECT_TRUE(test::eventually([this] { return !channel_.write("x", 1); }));
  EXPECT_FALSE(channel_.write("x", 1)) << "and what raises the signal is the next one";
  EXPECT_THAT(channel_.error(), HasSubstr("broke"));
}

TEST_F(ChannelTest, AConnectionThatWasClosedOrSaysSomethingUnaskedIsNotAlive) {
  EXPECT_TRUE(channel_.alive());
  server_.say("x");
  EXPECT_TRUE(test::eventually([this] { return !channel_.alive(); }));
  EXPECT_EQ(read(1), "x") << "looking takes nothing away";
  EXPECT_TRUE(channel_.alive());
  server_.hang_up();
  EXPECT_TRUE(test::eventually([this] { return !channel_.alive(); }));
}

TEST_F(ChannelTest, CancelEndsReadsAndConnects) {
  std::thread canceller([this] { server_.wait().cancel(); });
  EXPECT_EQ(read(1), "");
  canceller.join();
  EXPECT_FALSE(channel_.timed_out());
  EXPECT_THAT(channel_.error(), HasSubstr("closing"));
  EXPECT_FALSE(channel_.connect(server_.address(), in_time()));
  EXPECT_FALSE(channel_.is_open());
}

TEST_F(ChannelTest, AConnectThatFailsLeavesNothingOpen) {
  EXPECT_TRUE(channel_.is_open());
  const Endpoint nobody = {.tls = false, .host = "127.0.0.1", .port = test::free_port()};
  EXPECT_FALSE(channel_.connect(nobody, in_time()));
  EXPECT_FALSE(channel_.is_open());
  EXPECT_THAT(channel_.error(), AllOf(HasSubstr(nobody.host_and_port()), HasSubstr("refused")));
  EXPECT_EQ(server_.hear(1), "") << "what was open before is closed";
  EXPECT_TRUE(channel_.connect(server_.address(), in_time())) << channel_.error();
}

}  // namespace
}  // namespace penstock::https
