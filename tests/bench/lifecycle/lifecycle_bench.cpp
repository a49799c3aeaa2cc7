// What a client costs besides its events: open, close, a large journal found at open, and sitting
// idle.
//
//   penstock-bench-lifecycle [seconds idle]
//
// Prints one line a figure as "name value" for scripts/bench. No gateway is in reach.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/typical_sdk_event.hpp"
#include "penstock/penstock.hpp"

namespace {

using penstock::Client;
using penstock::Options;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 51;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// A line of /proc/self/status, in its own unit (kB for memory).
double process_figure(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1));
  }
  die("/proc/self/status has no " + name);
}

Client open(const Options& options) {
  auto client = Client::open(options);
  if (!client) die(client.status().message());
  return *std::move(client);
}

void record(Client& client, std::uint64_t events) {
  static const penstock::bench::TypicalEvents typical;
  for (std::uint64_t i = 0; i < events; ++i) {
    if (const auto status = client.track(typical(i)); !status) die(status.message());
  }
}

// open() to its caller, and close() with nothing to send, of a directory as `prepare` leaves it.
template <typename Prepare>
void measure_open_and_close(const char* name, const Options& options, Prepare prepare) {
  std::vector<double> opens, closes;
  for (int round = 0; round < kRounds; ++round) {
    prepare(options.directory);
    const auto before_open = Clock::now();
    Client client = open(options);
    opens.push_back(milliseconds_since(before_open));
    const auto before_close = Clock::now();
    static_cast<void>(client.close(std::chrono::milliseconds(0)));
    closes.push_back(milliseconds_since(before_close));
  }
  std::printf("open_%s_ms %.3f\nclose_%s_ms %.3f\n", name, median(opens), name, median(closes));
}

}  // namespace

int main(int count, char** arguments) {
  const int idle_seconds = count > 1 ? std::stoi(arguments[1]) : 60;
  const auto folder =
      std::filesystem::temp_directory_path() /
      ("penstock-bench-lifecycle-" + std::to_string(Clock::now().time_since_epoch().count()));
  Options options;
  options.directory = folder;
  options.endpoint = "https://127.0.0.1:9";  // discard: nobody listens
  options.write_key = "pk_bench";

  measure_open_and_close(
      "new", options, [](const std::string& directory) { std::filesystem::remove_all(directory); });
  measure_open_and_close("again", options, [](const std::string&) {});
  {
    Options large = options;
    large.disk_bytes_max = 96ULL << 20;
    {
      Client client = open(large);
      while (client.stats().disk_bytes < (64ULL << 20)) record(client, 1000);
      static_cast<void>(client.close(std::chrono::milliseconds(0)));
    }
    measure_open_and_close("64mb", large, [](const std::string&) {});
    Client client = open(large);
    std::printf("recovered_events %.0f\n", static_cast<double>(client.stats().pending));
  }
  std::filesystem::remove_all(folder);

  const double memory_before = process_figure("RssAnon");
  const double threads_before = process_figure("Threads");
  {
    Client client = open(options);  // what it must wait for to be idle takes a moment
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double cpu_before = cpu_seconds();
    std::this_thread::sleep_for(std::chrono::seconds(idle_seconds));
    std::printf("idle_cpu_percent %.4f\n", 100 * (cpu_seconds() - cpu_before) / idle_seconds);
    std::printf("resident_kb %.0f\n", process_figure("RssAnon") - memory_before);
    std::printf("threads %.0f\n", process_figure("Threads") - threads_before);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
