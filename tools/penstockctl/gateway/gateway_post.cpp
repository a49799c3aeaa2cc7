#include "gateway_post.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "https/client.hpp"
#include "run_control.hpp"

namespace penstock::ctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kPatience{2};
constexpr std::chrono::milliseconds kWaitMin{250}, kWaitMax{10'000};

std::string key_in(const std::string& path) {
  std::ifstream file(path);
  std::string key;
  if (!file || !std::getline(file, key))
    throw std::runtime_error("cannot read " + path + ", which is to hold the write key");
  while (!key.empty() && (key.back() == '\r' || key.back() == ' ')) key.pop_back();
  const bool visible =
      !key.empty() && std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible) throw std::runtime_error(path + " holds no write key: its first line is to be one");
  return key;
}

std::chrono::milliseconds asked_wait(const std::string& retry_after) {
  constexpr int kSecondsMax = 3600;
  int seconds = 0;
  const auto read =
      std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  if (read.ec != std::errc()) return {};
  return std::chrono::seconds(std::clamp(seconds, 0, kSecondsMax));
}

void wait(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kLook{50};
  const auto until = Clock::now() + time;
  while (Clock::now() < until) {
    if (interrupted()) throw Interrupted{"stopped while the gateway kept it waiting"};
    std::this_thread::sleep_for(std::min<Clock::duration>(kLook, until - Clock::now()));
  }
}

}  // namespace

struct GatewayPost::Connection {
  https::SocketWait socket_wait;
  std::unique_ptr<https::Client> client;
};

GatewayPost::GatewayPost(const GatewayAccess& access)
    : url_(access.url), connection_(std::make_unique<Connection>()) {
  https::Settings settings;
  settings.endpoint = access.url;
  settings.authorization = "Bearer " + key_in(access.key_file);
  settings.user_agent = "penstockctl";
  settings.ca_file = access.ca_file;
  auto made = https::Client::create(settings, connection_->socket_wait);
  if (!made.ok()) throw std::runtime_error("--to-gateway: " + std::string(made.status().message()));
  connection_->client = *std::move(made);
}

GatewayPost::~GatewayPost() = default;

GatewayVerdicts GatewayPost::send(const std::string& lines, std::size_t events,
                                  const std::string& key) {
  https::Request request;
  request.path = "/v1/events";
  request.body = lines;
  request.content_type = "application/x-ndjson";
  request.idempotency_key = key;
  auto pause = kWaitMin;
  for (auto since = Clock::now();;) {
    const auto answer = connection_->client->send(request);
    if (answer.status == 200)
      if (auto verdicts = read_verdicts(answer.body, events)) return *std::move(verdicts);
    const std::string said = answer.status == 0
                                 ? answer.error
                                 : std::to_string(answer.status) + ' ' + problem_text(answer.body);
    const bool again = answer.status == 0 || answer.status == 408 || answer.status == 429 ||
                       answer.status >= 500 || answer.status == 200;
    if (!again) throw std::runtime_error(url_ + " refuses what is replayed: " + said);
    const auto asked = asked_wait(answer.retry_after);
    if (answer.status == 429) since = Clock::now();  // it is there, and says when
    if (Clock::now() - since > kPatience)
      throw std::runtime_error(url_ + " has taken nothing for two minutes: " + said);
    wait(std::max(asked, pause));
    pause = std::min(pause * 2, kWaitMax);
  }
}

}  // namespace penstock::ctl
