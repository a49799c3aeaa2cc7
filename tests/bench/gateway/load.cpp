#include "bench/gateway/load.hpp"

#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/gateway/typical_events.hpp"

namespace penstock::bench {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kPreparedRequests = 64;  // a connection sends them in turn

std::string make_request(const Load& load, std::uint64_t first_number) {
  const std::string body = typical_batch(first_number, load.events_per_request);
  return "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + load.write_key +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

void run_connection(const Load& load, std::size_t number, std::atomic<std::size_t>& left) {
  net::io_context context;
  net::ssl::context tls(net::ssl::context::tls_client);
  tls.load_verify_file(load.ca_file.string());
  tls.set_verify_mode(net::ssl::verify_peer);
  net::ssl::stream<net::ip::tcp::socket> stream(context, tls);
  stream.lowest_layer().connect({net::ip::make_address("127.0.0.1"), load.port});
  stream.lowest_layer().set_option(net::ip::tcp::no_delay(true));
  stream.handshake(net::ssl::stream_base::client);

  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kPreparedRequests; ++i) {
    requests.push_back(
        make_request(load, (number * kPreparedRequests + i) * load.events_per_request));
  }
  boost::beast::flat_buffer buffer;
  for (std::size_t i = 0;; ++i) {
    std::size_t open = left.load();
    while (open != 0 && !left.compare_exchange_weak(open, open - 1)) {
    }
    if (open == 0) return;
    net::write(stream, net::buffer(requests[i % requests.size()]));
    http::response<http::string_body> answer;
    http::read(stream, buffer, answer);
    if (answer.result_int() != 200) {
      throw std::runtime_error("the server answered " + std::to_string(answer.result_int()) + ": " +
                               answer.body());
    }
  }
}

}  // namespace

void run_load(const Load& load) {
  std::atomic<std::size_t> left{load.requests};
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < load.connections; ++i) {
    threads.emplace_back([&, i] {
      try {
        run_connection(load, i, left);
      } catch (...) {
        left.store(0);
        const std::lock_guard<std::mutex> lock(mutex);
        failure = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace penstock::bench
