#include "connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstring>
#include <optional>

#include "connection_age.hpp"
#include "head_parser.hpp"
#include "memory_problem.hpp"
#include "proxy_header.hpp"
#include "wall_clock.hpp"
#include "wire/field_names.hpp"

namespace penstock::gateway {
namespace {

constexpr std::size_t kBufferBytes = 4096;  // a head and the body of one event fit
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// Nothing if the connection is gone already.
std::optional<net::ip::address> peer_of(const net::ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? std::nullopt : std::optional(unmapped(endpoint.address()));
}

MemoryShare* share_of(const net::ip::address& client, MemoryBudget& memory) {
  if (client.is_v4()) return &memory.share_of(client.to_v4().to_bytes());
  return &memory.share_of(client.to_v6().to_bytes());
}

ByteStream::Clock::time_point old_from(ConnectionScope& scope) {
  const auto age_max = scope.settings.connection_age;
  if (age_max == std::chrono::milliseconds::zero()) return ByteStream::Clock::time_point::max();
  return ByteStream::Clock::now() +
         connection_age(age_max, static_cast<std::uint32_t>(scope.random()));
}

// A request that is for nobody here.
std::optional<Problem> misdirected(const RequestHead& head) {
  if (head.path != wire::kEventsPath && head.path != wire::kErasurePath) {
    return Problem{404,
                   "not_found",
                   "there are only POST " + std::string(wire::kEventsPath) + " and POST " +
                       std::string(wire::kErasurePath),
                   {}};
  }
  if (head.method != "POST")
    return Problem{405, "method_not_allowed", "events are sent with POST", {}};
  return std::nullopt;
}

}  // namespace

Connection::Connection(ConnectionScope& scope, net::ip::tcp::socket socket, SSL_CTX* tls)
    : scope_(scope),
      client_(peer_of(socket)),
      from_proxy_(client_ && scope.proxies.contains(*client_)),
      address_share_(client_ ? share_of(*client_, scope.memory) : nullptr),
      buffer_memory_(scope.memory, address_share_, nullptr),
      stream_(std::move(socket), tls),
      last_answer_from_(old_from(scope)) {
  scope_.open.push_back(*this);
}

void Connection::tick(ByteStream::Clock::time_point now) {
  stream_.check_deadline(now);
  // Whatever the handler waits for bounds that itself; should it not, the client is not kept.
  if (now >= request_deadline_) stream_.abort();
}

void Connection::drain() {
  if (idle_) stream_.cancel();
}

net::awaitable<void> Connection::serve() {
  stream_.expires_after(scope_.settings.header_timeout);
  bool open = co_await meet_proxy();
  if (open) open = co_await stream_.handshake();
  for (bool more = open; more;) {
    const Next next = co_await receive_head();
    if (next == Next::kRequest) {
      more = co_await answer_request();
    } else {
      more = false;
      if (next != Next::kEnd) co_await refuse(next);
    }
  }
  co_await stream_.close(linger_, scope_.settings.linger_timeout);
}

net::awaitable<bool> Connection::meet_proxy() {
  if (!from_proxy_ || !scope_.settings.proxy_protocol) co_return true;
  ProxyHeader header;
  bool begun = false;
  while (!header.wanted().empty()) {
    const std::size_t got = co_await stream_.read_plain(header.wanted());
    if (got == 0) break;
    begun = true;
    header.add(got);
  }
  if (!header.complete()) {
    // A balancer that looks whether the port is open sends nothing.
    if (begun && scope_.proxy_refused)
      scope_.proxy_refused(header.fault().empty() ? "ends in the middle" : header.fault());
    co_return false;
  }
  if (!header.client()) co_return true;
  client_ = header.client();
  from_proxy_ = scope_.proxies.contains(*client_);
  address_share_ = share_of(*client_, scope_.memory);
  buffer_memory_ = MemoryLease(scope_.memory, address_share_, nullptr);
  co_return true;
}

MemoryShare* Connection::share_for(std::string_view forwarded_for) const {
  if (!from_proxy_ || forwarded_for.empty()) return address_share_;
  const auto client = scope_.proxies.client_of(forwarded_for);
  return client ? share_of(*client, scope_.memory) : address_share_;
}

net::awaitable<Connection::Next> Connection::receive_head() {
  waiting_since_ = ByteStream::Clock::now();
  if (used_ == 0) {
    const bool begun = co_await wait_for_first_byte();
    if (!begun) co_return Next::kEnd;
  }
  if (!first_) stream_.expires_after(scope_.settings.header_timeout);
  first_ = false;
  for (std::size_t searched = 0; !find_head_end(searched);) {
    searched = used_;
    if (used_ >= scope_.settings.header_bytes) co_return Next::kTooLarge;
    const Next next = co_await receive_more();
    if (next != Next::kRequest) co_return next;
  }
  co_return head_bytes_ > scope_.settings.header_bytes ? Next::kTooLarge : Next::kRequest;
}

net::awaitable<bool> Connection::wait_for_first_byte() {
  if (scope_.draining) co_return false;
  const auto& settings = scope_.settings;
  if (!first_) {
    stream_.expires_after(refused_ ? std::min(settings.refused_idle_timeout, settings.idle_timeout)
                                   : settings.idle_timeout);
  }
  idle_ = true;
  const bool readable = co_await stream_.wait_readable();
  idle_ = false;
  co_return readable;
}

net::awaitable<Connection::Next> Connection::receive_more() {
  if (used_ == buffer_.size() && !resize_buffer(std::max(kBufferBytes, 2 * used_)))
    co_return Next::kNoMemory;
  const std::size_t got =
      co_await stream_.read_some(buffer_.data() + used_, buffer_.size() - used_);
  used_ += got;
  if (got > 0) co_return Next::kRequest;
  co_return used_ > 0 && stream_.expired() ? Next::kTimeout : Next::kEnd;
}

// `searched` bytes are known not to hold it, though it may begin within their last three.
bool Connection::find_head_end(std::size_t searched) noexcept {
  // RFC 9112, 2.2: empty lines before a request are to be ignored.
  std::size_t empty = 0;
  while (searched == 0 && used_ >= empty + 2 && std::memcmp(&buffer_[empty], "\r\n", 2) == 0)
    empty += 2;
  if (empty > 0) {
    used_ -= empty;
    std::memmove(buffer_.data(), buffer_.data() + empty, used_);
  }
  const std::string_view bytes(buffer_.data(), used_);
  const auto end = bytes.find(kHeadEnd, searched < kHeadEnd.size() ? 0 : searched - 3);
  if (end == std::string_view::npos) return false;
  head_bytes_ = end + kHeadEnd.size();
  return true;
}

net::awaitable<void> Connection::refuse(Next why) {
  Problem problem;
  if (why == Next::kTooLarge)
    problem = {431,
               "headers_too_large",
               "request line and headers are larger than " +
                   std::to_string(scope_.settings.header_bytes) + " bytes",
               {}};
  else if (why == Next::kNoMemory)
    problem = overloaded();
  else
    problem = {408,
               "header_timeout",
               "request line and headers took longer than " +
                   std::to_string(scope_.settings.header_timeout.count()) + " ms",
               {}};
  const Answer answer = scope_.handler.refuse(problem, {});
  co_await send(answer, {.keep_alive = false});
}

net::awaitable<bool> Connection::answer_request() {
  waiting_since_.reset();
  auto parsed = parse_head({buffer_.data(), head_bytes_});
  if (!parsed) {
    const Answer answer = scope_.handler.refuse(parsed.error(), {});
    co_await send(answer, {.keep_alive = false});
    co_return false;
  }
  parsed->head.received_at_ms = unix_milliseconds_now();
  const std::string_view arrived(buffer_.data() + head_bytes_, used_ - head_bytes_);
  parsed->head.address_share = share_for(parsed->forwarded_for);
  BodyReader body(stream_, *parsed, arrived, scope_.settings);

  const Answer answer = co_await answer_to(parsed->head, body);
  refused_ = refused_ && answer.status >= 400 && answer.status < 500 && answer.status != 429;
  const AnswerForm form{.keep_alive = parsed->keep_alive && !answer.close_connection &&
                                      !scope_.ending && !is_old() && body.can_be_skipped(),
                        .head_only = parsed->head.method == "HEAD"};
  const bool sent = co_await send(answer, form);
  if (!sent || !form.keep_alive) co_return false;
  const bool skipped = co_await body.skip_rest();
  if (!skipped) co_return false;
  if (!keep_for_next_request(body.overrun())) co_return false;
  // Whoever sends many requests ahead lets the others of this thread have their turn.
  if (used_ > 0) co_await net::post(net::use_awaitable);
  co_return true;
}

net::awaitable<Answer> Connection::answer_to(RequestHead head, BodyReader& body) {
  if (const auto problem = misdirected(head))
    co_return scope_.handler.refuse(*problem, head.correlation_id);
  request_deadline_ = ByteStream::Clock::now() + scope_.settings.request_timeout;
  Answer answer = co_await scope_.handler.handle(head, body);
  request_deadline_ = ByteStream::Clock::time_point::max();
  co_return answer;
}

net::awaitable<bool> Connection::send(const Answer& answer, AnswerForm form) {
  scope_.answers.write(answer, form, answer_);
  // The client has as long to take the answer as it had to send the body.
  stream_.expires_after(scope_.settings.body_timeout);
  const bool sent = co_await stream_.write(answer_);
  linger_ = sent && !form.keep_alive;
  // Its memory is on the answer's lease.
  if (answer_.capacity() > kBufferBytes) std::string().swap(answer_);  // assigning would keep it
  co_return sent;
}

bool Connection::resize_buffer(std::size_t bytes) {
  const std::size_t leased = bytes > kBufferBytes ? bytes - kBufferBytes : 0;
  if (leased > buffer_memory_.bytes()) {
    if (!buffer_memory_.grow(leased - buffer_memory_.bytes())) return false;
  }
  buffer_.resize(bytes);
  return true;
}

bool Connection::keep_for_next_request(std::string_view overrun) {
  if (overrun.size() > buffer_.size() && !resize_buffer(overrun.size())) return false;
  std::memmove(buffer_.data(), overrun.data(), overrun.size());
  used_ = overrun.size();
  if (used_ == 0 && buffer_.size() > kBufferBytes) {
    buffer_ = std::string(kBufferBytes, '\0');
    buffer_memory_.shrink(buffer_memory_.bytes());
  }
  return true;
}

}  // namespace penstock::gateway
