// The peer: the least that an HTTPS service in front of Kafka can do with the same libraries and
// the same promise. Beast reads over TLS, simdjson finds each event and its userId, librdkafka
// sends idempotently with acks=all, and the answer follows the delivery reports. No key is checked,
// nothing is validated, masked or stamped, no limit is kept.
//
//   penstock-bench-passthrough <port> <certificate> <private key> <brokers> <topic> <threads>
//
// Prints "ready" once it listens.

#include <librdkafka/rdkafka.h>
#include <simdjson.h>

#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;

namespace {

// One request's records, until the last of them is reported.
struct Delivery {
  std::string body;
  std::atomic<std::size_t> open{1};  // one for the producing loop itself
  std::atomic<bool> failed{false};
  std::function<void(bool)> resume;

  void finish_one() {
    if (open.fetch_sub(1) == 1) resume(!failed.load());
  }
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto* delivery = static_cast<Delivery*>(message->_private);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) delivery->failed.store(true);
  delivery->finish_one();
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

class Passthrough {
 public:
  Passthrough(const char* brokers, std::string topic) : topic_(std::move(topic)) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [name, value] : {std::pair{"bootstrap.servers", brokers},
                                      {"enable.idempotence", "true"},
                                      {"acks", "all"},
                                      {"linger.ms", "5"},
                                      {"compression.type", "lz4"},
                                      {"partitioner", "murmur2_random"},
                                      {"queue.buffering.max.messages", "1000000"}}) {
      char error[256];
      if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(error);
    }
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    char error[256];
    producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (producer_ == nullptr) die(error);
    poller_ = std::thread([this] {
      for (;;) rd_kafka_poll(producer_, 100);
    });
  }

  net::awaitable<void> serve(beast::ssl_stream<beast::tcp_stream> stream) {
    co_await stream.async_handshake(net::ssl::stream_base::server, net::use_awaitable);
    beast::flat_buffer buffer;
    for (;;) {
      http::request_parser<http::string_body> request;
      request.body_limit(8 << 20);
      co_await http::async_read(stream, buffer, request, net::use_awaitable);
      const bool delivered = co_await deliver(std::move(request.get().body()));
      http::response<http::string_body> answer(
          delivered ? http::status::ok : http::status::service_unavailable, 11);
      answer.body() = "{}";
      answer.prepare_payload();
      co_await http::async_write(stream, answer, net::use_awaitable);
    }
  }

 private:
  net::awaitable<bool> deliver(std::string body) {
    auto delivery = std::make_shared<Delivery>();
    delivery->body = std::move(body);
    const bool delivered = co_await net::async_initiate<const net::use_awaitable_t<>, void(bool)>(
        [this, delivery](auto handler) {
          auto executor = net::get_associated_executor(handler);
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          delivery->resume = [executor, shared](bool ok) {
            net::post(executor, [shared, ok] { (*shared)(ok); });
          };
          produce(*delivery);
        },
        net::use_awaitable);
    co_return delivered;
  }

  void produce(Delivery& delivery) {
    thread_local simdjson::ondemand::parser parser;
    delivery.body.reserve(delivery.body.size() + simdjson::SIMDJSON_PADDING);
    auto document = parser.iterate(delivery.body);
    simdjson::ondemand::array events;
    if (document["events"].get_array().get(events) != simdjson::SUCCESS)
      die("the body has no events");
    for (auto event : events) {
      simdjson::ondemand::object object;
      std::string_view user, value;
      if (event.get_object().get(object) != simdjson::SUCCESS ||
          object["userId"].get_string().get(user) != simdjson::SUCCESS || object.reset().error() ||
          object.raw_json().get(value) != simdjson::SUCCESS) {
        die("an event is not as expected");
      }
      delivery.open.fetch_add(1);
      const auto error = rd_kafka_producev(
          producer_, RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_KEY(user.data(), user.size()),
          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_MSGFLAGS(0),
          RD_KAFKA_V_OPAQUE(&delivery), RD_KAFKA_V_END);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        delivery.failed.store(true);
        delivery.finish_one();
      }
    }
    delivery.finish_one();
  }

  std::string topic_;
  rd_kafka_t* producer_ = nullptr;
  std::thread poller_;
};

net::awaitable<void> accept_all(tcp::acceptor acceptor, net::ssl::context& tls,
                                Passthrough& passthrough) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(net::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    net::co_spawn(acceptor.get_executor(),
                  passthrough.serve(beast::ssl_stream<beast::tcp_stream>(std::move(socket), tls)),
                  net::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7)
    die("usage: penstock-bench-passthrough <port> <certificate> <private key> <brokers> <topic> "
        "<threads>");
  net::ssl::context tls(net::ssl::context::tls_server);
  tls.use_certificate_chain_file(argv[2]);
  tls.use_private_key_file(argv[3], net::ssl::context::pem);
  Passthrough passthrough(argv[4], argv[5]);

  std::vector<std::unique_ptr<net::io_context>> loops;
  std::vector<std::thread> threads;
  const auto endpoint = tcp::endpoint(net::ip::make_address("127.0.0.1"),
                                      static_cast<std::uint16_t>(std::stoi(argv[1])));
  for (int i = 0; i < std::stoi(argv[6]); ++i) {
    loops.push_back(std::make_unique<net::io_context>(1));
    tcp::acceptor acceptor(*loops.back());
    acceptor.open(endpoint.protocol());
    acceptor.set_option(net::socket_base::reuse_address(true));
    acceptor.set_option(net::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    net::co_spawn(*loops.back(), accept_all(std::move(acceptor), tls, passthrough), net::detached);
  }
  std::puts("ready");
  std::fflush(stdout);
  threads.reserve(loops.size());
  for (auto& loop : loops) threads.emplace_back([&loop] { loop->run(); });
  for (auto& thread : threads) thread.join();
}
