// Goal: OpenSSL gets from our sockets what it expects of one, and the host's process gets neither
// SIGPIPE nor an error for a signal of its own. Method: a BIO over a real pair of sockets.
#include "https/socket_bio.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include "support/eventually.hpp"

namespace penstock::https {
namespace {

class SocketBioTest : public ::testing::Test {
 protected:
  SocketBioTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_), 0);
    bio_ = new_socket_bio(method_.get(), sockets_[0]);
    EXPECT_NE(bio_, nullptr);
  }
  ~SocketBioTest() override {
    BIO_free(bio_);
    for (const int socket : sockets_) {
      if (socket >= 0) close(socket);
    }
  }

  void do_not_block() const { EXPECT_EQ(fcntl(sockets_[0], F_SETFL, O_NONBLOCK), 0); }
  void hang_up() {
    close(sockets_[1]);
    sockets_[1] = -1;
  }

  static inline std::atomic<int> signals_{0};
  const BioMethod method_ = make_socket_bio_method();
  int sockets_[2] = {-1, -1};
  BIO* bio_ = nullptr;
};

TEST_F(SocketBioTest, BytesGoBothWays) {
  EXPECT_EQ(BIO_write(bio_, "question", 8), 8);
  char buffer[16];
  EXPECT_EQ(recv(sockets_[1], buffer, sizeof buffer, 0), 8);
  EXPECT_EQ(std::string(buffer, 8), "question");
  EXPECT_EQ(send(sockets_[1], "answer", 6, 0), 6);
  EXPECT_EQ(BIO_read(bio_, buffer, sizeof buffer), 6);
  EXPECT_EQ(std::string(buffer, 6), "answer");
  EXPECT_EQ(BIO_flush(bio_), 1);
}

TEST_F(SocketBioTest, WhatCannotBeDoneForNowIsToBeRepeated) {
  do_not_block();
  char byte = 0;
  EXPECT_EQ(BIO_read(bio_, &byte, 1), -1);
  EXPECT_TRUE(BIO_should_retry(bio_));
  EXPECT_TRUE(BIO_should_read(bio_));
  EXPECT_FALSE(BIO_should_write(bio_));
  const std::string piece(64 * 1024, 'x');
  while (BIO_write(bio_, piece.data(), static_cast<int>(piece.size())) > 0) {
  }
  EXPECT_TRUE(BIO_should_retry(bio_));
  EXPECT_TRUE(BIO_should_write(bio_));
  EXPECT_FALSE(BIO_should_read(bio_));
  EXPECT_EQ(send(sockets_[1], "x", 1, 0), 1);
  EXPECT_EQ(BIO_read(bio_, &byte, 1), 1);
  EXPECT_FALSE(BIO_should_retry(bio_));
}

TEST_F(SocketBioTest, AClosedSocketIsAnEndToReadAndAnErrorToWriteAndNoSignal) {
  signal(SIGPIPE, SIG_DFL);
  do_not_block();
  hang_up();
  char byte = 0;
  EXPECT_EQ(BIO_read(bio_, &byte, 1), 0);
  EXPECT_FALSE(BIO_should_retry(bio_));
  EXPECT_EQ(BIO_write(bio_, "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  EXPECT_FALSE(BIO_should_retry(bio_));
}

TEST_F(SocketBioTest, ASignalDoesNotEndARead) {
  signals_ = 0;
  struct sigaction handler{};
  handler.sa_handler = [](int) { ++signals_; };  // without SA_RESTART
  struct sigaction before{};
  sigaction(SIGUSR2, &handler, &before);
  std::thread storm([this, target = pthread_self()] {
    for (int i = 0; i < 20; ++i) {  // one after the other, so that none is merged with another
      pthread_kill(target, SIGUSR2);
      EXPECT_TRUE(test::eventually([i] { return signals_ > i; }));
    }
    EXPECT_EQ(send(sockets_[1], "x", 1, 0), 1);
  });
  char byte = 0;
  EXPECT_EQ(BIO_read(bio_, &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
  storm.join();
  sigaction(SIGUSR2, &before, nullptr);
}

TEST_F(SocketBioTest, TheSocketStaysTheCallers) {
  BIO_free(bio_);
  bio_ = nullptr;
  EXPECT_EQ(send(sockets_[0], "x", 1, 0), 1);
  char byte = 0;
  EXPECT_EQ(recv(sockets_[1], &byte, 1, 0), 1);
}

}  // namespace
}  // namespace penstock::https
