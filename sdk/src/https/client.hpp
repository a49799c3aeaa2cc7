// Exchanges requests and answers with one server over a connection that is kept open. The only
// file with httplib.h.
//
// cpp-httplib writes requests and decodes bodies here, and nothing else: its own sockets bound each
// read rather than the exchange, cannot be interrupted during a TLS handshake, and say
// "verification failed" without the reason. So the bytes go through our Channel, and answer_head
// has judged an answer's head before httplib sees it.
#pragma once

#include <memory>
#include <string>

#include "https/client_tls.hpp"
#include "https/message.hpp"
#include "https/settings.hpp"
#include "https/socket_wait.hpp"
#include "penstock/status.hpp"

namespace penstock::https {

// One thread at a time. Raises no signal.
class Client {
 public:
  // `wait` outlives the client. Connects to nothing yet, and reads no file but those that
  // `settings` name. Fails with kInvalidOption (endpoint, proxy, and see client_tls.hpp) or
  // kOutOfMemory.
  static Result<std::unique_ptr<Client>> create(const Settings& settings, SocketWait& wait);
  // The same with the TLS of `settings`, which clients of one thread share.
  static Result<std::unique_ptr<Client>> create(const Settings& settings,
                                                std::shared_ptr<ClientTls> tls, SocketWait& wait);
  ~Client();

  // One exchange, within connect_timeout if it has to connect (which takes in the name's
  // resolution, a proxy and TLS), and request_timeout. If a kept connection turns out to be closed,
  // it is repeated at once on a new one: that is not a failure of the server. Redirects are answers
  // like others. Throws std::bad_alloc.
  // `duty` is called while this thread waits for the server, and never after send() has returned.
  Answer send(const Request& request, WhileWaiting* duty = nullptr);

  const std::string& host_and_port() const noexcept;

 private:
  class Connection;
  explicit Client(std::unique_ptr<Connection> connection) noexcept;
  std::unique_ptr<Connection> connection_;
};

}  // namespace penstock::https
