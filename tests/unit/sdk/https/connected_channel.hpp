// A channel whose other end is a socket of the test's own, in the same thread: what a server would
// say waits in the socket's buffer until the channel reads it.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>

#include "https/channel.hpp"
#include "support/eventually.hpp"
#include "support/server_stream.hpp"

namespace penstock::https {

class ConnectedChannel {
 public:
  ConnectedChannel() : listener_(test::listen_locally(port_)) {
    EXPECT_TRUE(channel_.connect(address(), Clock::now() + test::kPatience)) << channel_.error();
    socket_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    EXPECT_GE(socket_, 0);
    const timeval patience{.tv_sec = test::kPatience.count(), .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~ConnectedChannel() {
    hang_up();
    ::close(listener_);
  }
  ConnectedChannel(const ConnectedChannel&) = delete;
  ConnectedChannel& operator=(const ConnectedChannel&) = delete;

  Endpoint address() const { return {.tls = false, .host = "127.0.0.1", .port = port_}; }
  Channel& channel() { return channel_; }
  SocketWait& wait() { return wait_; }

  // The other end. What is said must fit into the socket's buffer.
  void say(const std::string& bytes) const {
    EXPECT_EQ(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  std::string hear(std::size_t bytes) const {
    std::string heard(bytes, '\0');
    const ssize_t came = recv(socket_, heard.data(), bytes, MSG_WAITALL);
    heard.resize(came < 0 ? 0 : static_cast<std::size_t>(came));
    return heard;
  }
  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  // As a server does whose process is killed, or a firewall between.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    hang_up();
  }

 private:
  SocketWait wait_;
  Channel channel_{wait_};
  int port_ = 0;
  int listener_;
  int socket_ = -1;
};

}  // namespace penstock::https
