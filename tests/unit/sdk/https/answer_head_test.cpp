// Goal: the head of an answer is read and judged within its limits, however a server sends it.
// Method: a channel over loopback, at whose other end the test speaks.
#include "https/answer_head.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "connected_channel.hpp"

namespace penstock::https {
namespace {

using ::testing::HasSubstr;

class AnswerHeadTest : public ::testing::Test {
 protected:
  // What becomes of a server's bytes, after which it closes; "" if they are an answer's head.
  static std::string judge(const std::string& bytes, AnswerHead& head) {
    ConnectedChannel server;
    server.say(bytes);
    server.hang_up();
    if (read_answer_head(server.channel(), head)) return "";
    EXPECT_NE(server.channel().error(), "") << bytes;
    return server.channel().error();
  }
  static std::string judge(const std::string& bytes) {
    AnswerHead head;
    return judge(bytes, head);
  }

  static std::string head_of(std::size_t bytes) {
    const std::string begin = "HTTP/1.1 200 OK\r\nX: ", end = "\r\n\r\n";
    return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
  }
};

TEST_F(AnswerHeadTest, StatusVersionHeadersAndWhatIsBeyondAreTakenApart) {
  AnswerHead head;
  EXPECT_EQ(judge("HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nX: y\r\n\r\nbody", head), "");
  EXPECT_EQ(head.status, 429);
  EXPECT_FALSE(head.http_1_0);
  EXPECT_EQ(head.headers, "Retry-After: 7\r\nX: y\r\n\r\n");
  EXPECT_EQ(head.beyond, "body");
  EXPECT_EQ(judge("HTTP/1.0 200\r\n\r\n", head), "");
  EXPECT_TRUE(head.http_1_0);
  EXPECT_EQ(head.headers, "\r\n");
  EXPECT_EQ(head.beyond, "");
}

TEST_F(AnswerHeadTest, AHeadMayComeInPieces) {
  ConnectedChannel server;
  AnswerHead head;
  const std::string bytes = "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n";
  std::thread slow([&] {
    for (const char byte : bytes) server.say(std::string(1, byte));
  });
  EXPECT_TRUE(read_answer_head(server.channel(), head)) << server.channel().error();
  slow.join();
  EXPECT_EQ(head.status, 204);
  EXPECT_EQ(head.headers, "A: b\r\n\r\n");
}

TEST_F(AnswerHeadTest, WhatIsNoHttpIsRefusedWithoutWaitingForMore) {
  for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "\r\n", "HTTP/2 200\r\n", "http/1.1 200\r\n",
                            "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.x 200\r\n\r\n",
                            "HTTP/1.1  200\r\n\r\n", "HTTP/1.1 099\r\n\r\n", "HTTP/1.1\r\n\r\n"}) {
    ConnectedChannel server;  // and it stays open
    server.say(bytes);
    AnswerHead head;
    EXPECT_FALSE(read_answer_head(server.channel(), head)) << bytes;
    EXPECT_THAT(server.channel().error(), HasSubstr("did not answer with valid HTTP")) << bytes;
  }
}

TEST_F(AnswerHeadTest, AnEndBeforeTheEmptyLineAndASwitchOfProtocolsAreNoAnswers) {
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nX: y\r\n", "HTTP/1.1 103 Early\r\n\r\n"}) {
    EXPECT_THAT(judge(bytes), HasSubstr("closed the connection")) << bytes;
  }
  EXPECT_THAT(judge("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), HasSubstr("switch protocols"));
}

TEST_F(AnswerHeadTest, AHeadAtTheLimitIsReadAndOneBeyondItIsNot) {
  for (const std::size_t bytes : {kAnswerHeadBytesMax - 1, kAnswerHeadBytesMax}) {
    AnswerHead head;
    EXPECT_EQ(judge(head_of(bytes) + "body", head), "");
    EXPECT_EQ(head.status, 200);
  }
  EXPECT_THAT(judge(head_of(kAnswerHeadBytesMax + 1)), HasSubstr("longer than 16384 bytes"));
  EXPECT_THAT(judge("HTTP/1.1 200 " + std::string(kAnswerHeadBytesMax, 'x')),
              HasSubstr("longer than"))
      << "a status line without end";
  std::string headers = "HTTP/1.1 200 OK\r\n";
  while (headers.size() <= kAnswerHeadBytesMax) headers += "X: y\r\n";
  EXPECT_THAT(judge(headers), HasSubstr("longer than")) << "headers without end";
}

TEST_F(AnswerHeadTest, InterimAnswersArePassedOverUpToTheLimit) {
  std::string interim;
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\n";
  for (int i = 0; i < kInterimAnswersMax - 1; ++i) interim += "HTTP/1.1 103 Early\r\nX: y\r\n\r\n";
  EXPECT_EQ(judge(interim + answer), "");
  interim += "HTTP/1.1 100\r\n\r\n";
  AnswerHead head;
  EXPECT_EQ(judge(interim + answer, head), "");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers, "\r\n");
  EXPECT_THAT(judge(interim + "HTTP/1.1 102\r\n\r\n" + answer), HasSubstr("without end"));
}

}  // namespace
}  // namespace penstock::https
