#include "conformance/kill_run.hpp"

#include <chrono>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "conformance/runner_process.hpp"

namespace penstock::conformance {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLinePatience{120'000};
constexpr std::uint64_t kLastCount = 50;

// What the runner has said that track() has returned for: 1, 2, … up to this.
std::uint64_t count_up(std::uint64_t counted, const std::string& line) {
  if (line != std::to_string(counted + 1))
    throw std::runtime_error("the runner wrote \"" + line + "\" behind " + std::to_string(counted));
  return counted + 1;
}

}  // namespace

KillRun::KillRun(std::string language, std::string runner, Json options)
    : language_(std::move(language)), runner_(std::move(runner)), options_(std::move(options)) {}

Json KillRun::request(std::size_t life, std::uint64_t count) const {
  return {
      {"kill", {{"options", options_}, {"stream", stream(life)}, {"from", 1}, {"count", count}}}};
}

void KillRun::run(std::size_t kills, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> delay(0, 150);  // ms: some 1,000 events
  for (std::size_t life = 0; life < kills; ++life) {
    RunnerProcess runner(runner_);
    runner.write(request(life, 0));
    const auto first = runner.read(kLinePatience);
    if (!first) throw std::runtime_error(runner_ + " ended before its first event");
    std::uint64_t returned = count_up(0, *first);
    const auto end = std::chrono::steady_clock::now() + milliseconds(delay(random));
    while (std::chrono::steady_clock::now() < end) {
      const auto line = runner.read(kLinePatience);
      if (!line) throw std::runtime_error(runner_ + " ended by itself");
      returned = count_up(returned, *line);
    }
    runner.kill();
    for (auto line = runner.read(kLinePatience); line; line = runner.read(kLinePatience))
      returned = count_up(returned, *line);
    returned_.push_back(returned);
  }
  RunnerProcess runner(runner_);
  runner.write(request(kills, kLastCount));
  for (auto line = runner.read(kLinePatience); line && *line != "closed";
       line = runner.read(kLinePatience))
    last_ = count_up(last_, *line);
  if (last_ != kLastCount) throw std::runtime_error(runner_ + " did not close");
  runner.end();
}

std::uint64_t KillRun::events() const {
  return std::accumulate(returned_.begin(), returned_.end(), last_);
}

std::string KillRun::mismatch(const std::vector<test::KafkaRecord>& records) const {
  std::map<std::string, std::map<std::uint64_t, std::set<std::string>>> ids;  // of each event
  for (const auto& record : records) {
    if (!record.key || !record.key->starts_with(language_ + "-")) continue;
    const Json event = Json::parse(record.value);
    if (event["details"].value("element", "") != "kill") continue;
    ids[*record.key][event["details"]["n"].get<std::uint64_t>()].insert(event["eventId"]);
  }
  for (std::size_t life = 0; life <= returned_.size(); ++life) {
    const std::uint64_t returned = life < returned_.size() ? returned_[life] : last_;
    const auto& found = ids[stream(life)];
    const std::string where =
        " of " + stream(life) + ", which had returned " + std::to_string(returned);
    for (std::uint64_t n = 1; n <= returned; ++n) {
      if (!found.contains(n)) return "event " + std::to_string(n) + where + ", is missing";
    }
    for (const auto& [n, event_ids] : found) {
      if (event_ids.size() != 1) return "event " + std::to_string(n) + where + ", has two ids";
      // It was kept, and killed before it could say so.
      if (n > returned + 1) return "event " + std::to_string(n) + where + ", was never recorded";
    }
  }
  return {};
}

}  // namespace penstock::conformance
