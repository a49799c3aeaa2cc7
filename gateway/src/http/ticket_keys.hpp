// The keys that TLS session tickets are sealed with. Whoever has one can read all sessions that
// were resumed by its tickets, so each lives for a short time.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

namespace penstock::gateway {

// Any thread.
class TicketKeys {
 public:
  using Clock = std::chrono::steady_clock;
  using Name = std::array<unsigned char, 16>;  // as RFC 5077 recommends
  struct Key {
    Name name;
    std::array<unsigned char, 32> encryption, authentication;
  };
  struct Found {
    Key key;
    bool current;
  };

  // A key seals tickets for `period`, and opens them for one more.
  explicit TicketKeys(std::chrono::seconds period) : period_(period) {}
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  // What seals a ticket now; nothing if OpenSSL has no random numbers.
  std::optional<Key> current(Clock::time_point now);
  // What opens a ticket of this name; nothing if its key has ended or was never ours.
  std::optional<Found> find(const Name& name, Clock::time_point now);
  // Erases keys that have ended: what nobody asks for ends too.
  void expire(Clock::time_point now);

  // Makes `context` use these keys; it must not outlive them.
  void seal_tickets_of(SSL_CTX* context);

 private:
  struct Aged {
    Key key;
    Clock::time_point since;
  };
  void expire_locked(Clock::time_point now);

  const std::chrono::seconds period_;
  std::mutex mutex_;
  std::optional<Aged> current_, previous_;
};

}  // namespace penstock::gateway
