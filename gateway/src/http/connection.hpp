// One client: its requests, one after the other.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "answer_writer.hpp"
#include "byte_stream.hpp"
#include "http_settings.hpp"
#include "request_handler.hpp"
#include "trusted_proxies.hpp"

namespace penstock::gateway {

struct ConnectionScope;

// Enters itself into `scope.open` and leaves it again. One thread at a time: that of the socket.
class Connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // `tls` null: plain HTTP.
  Connection(ConnectionScope& scope, net::ip::tcp::socket socket, SSL_CTX* tls);

  // Until the client ends or is ended; requests that were sent ahead are answered in their order.
  net::awaitable<void> serve();

  // Ends whatever has waited too long.
  void tick(ByteStream::Clock::time_point now);
  // Since when it has waited for a request, or for the rest of its head. Nothing: it has one.
  std::optional<ByteStream::Clock::time_point> waiting_since() const noexcept {
    return waiting_since_;
  }
  // Ends it without a word. Only while it waits.
  void end_for_room() { stream_.cancel(); }
  // Ends it if it waits for a request; else the next answer says "Connection: close".
  void drain();

 private:
  enum class Next { kRequest, kEnd, kTimeout, kTooLarge, kNoMemory };

  // Takes in what a load balancer says of the connection. False: that is not what was agreed.
  net::awaitable<bool> meet_proxy();
  // What the client behind a request holds.
  MemoryShare* share_for(std::string_view forwarded_for) const;
  // Waits for a head that is complete; head_bytes_ is then its length.
  net::awaitable<Next> receive_head();
  net::awaitable<bool> wait_for_first_byte();
  net::awaitable<Next> receive_more();
  bool find_head_end(std::size_t searched) noexcept;
  // Says why there is no request, and that this was all.
  net::awaitable<void> refuse(Next why);
  // False: no request can follow.
  net::awaitable<bool> answer_request();
  net::awaitable<Answer> answer_to(RequestHead head, BodyReader& body);
  net::awaitable<bool> send(const Answer& answer, AnswerForm form);
  // False: there is no memory for it.
  bool keep_for_next_request(std::string_view overrun);
  bool is_old() const { return ByteStream::Clock::now() >= last_answer_from_; }
  // Makes the buffer so large, beyond its first bytes on lease.
  bool resize_buffer(std::size_t bytes);

  ConnectionScope& scope_;
  std::optional<net::ip::address> client_;  // of whom the peer speaks; none: the connection is gone
  bool from_proxy_;                         // and may name another client with each request
  MemoryShare* address_share_;              // of client_; null: not known
  MemoryLease buffer_memory_;
  ByteStream stream_;
  std::string buffer_;          // a head and what came behind it
  std::size_t used_ = 0;        // of buffer_
  std::size_t head_bytes_ = 0;  // of buffer_, if a head is complete
  std::string answer_;
  ByteStream::Clock::time_point last_answer_from_;  // it is old then
  ByteStream::Clock::time_point request_deadline_ = ByteStream::Clock::time_point::max();
  std::optional<ByteStream::Clock::time_point> waiting_since_ = ByteStream::Clock::now();
  bool first_ = true;    // no request yet
  bool refused_ = true;  // each request so far, for what it was
  bool idle_ = false;    // waits for the first byte of one
  bool linger_ = false;
};

// What the connections of one thread share.
struct ConnectionScope {
  const HttpSettings& settings;
  RequestHandler& handler;
  MemoryBudget& memory;
  TrustedProxies proxies = TrustedProxies(settings.trusted_proxies);
  // Called with what is wrong where a balancer sends no PROXY header; empty: nobody wants to know.
  std::function<void(std::string_view fault)> proxy_refused = nullptr;
  AnswerWriter answers{};
  boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> open{};
  bool ending = false;    // each answer is the last of its connection
  bool draining = false;  // and nobody waits for another request
  std::minstd_rand random{std::random_device{}()};
};

}  // namespace penstock::gateway
