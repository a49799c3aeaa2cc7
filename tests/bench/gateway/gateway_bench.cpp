// What an event costs the gateway, beside librdkafka alone and beside a bare HTTPS pass-through:
// the same events, the same real broker, one run.
//
//   penstock-bench-gateway [events]
//
// Prints one line a figure as "name value" for scripts/bench. A figure is CPU time of the server's
// process, from the kernel's accounting, over the events that it answered for.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/gateway/load.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/gateway_process.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/temp_directory.hpp"
#include "support/test_certificate.hpp"
#include "support/tree.hpp"

namespace penstock::bench {
namespace {

// Enough for both to be busy. A gateway has thousands of connections; with few, single events wait
// for each other's linger, and what is measured is waking up.
constexpr std::size_t kConnectionsOfBatches = 32;
constexpr std::size_t kConnectionsOfSingles = 256;

// How long an answer takes where there is little to do: one event each 50 ms, and 32 clients that
// each wait for the last answer.
constexpr std::chrono::milliseconds kQuietInterval{50};
constexpr std::size_t kQuietRequests = 200;
constexpr std::size_t kConnectionsThatWait = 32;
constexpr std::size_t kRequestsThatWait = 20'000;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// User and system time of a process that runs. See proc(5): fields 14 and 15 of stat.
double cpu_seconds(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void print(const std::string& name, double value) {
  std::printf("%s %.0f\n", name.c_str(), value);
  std::fflush(stdout);
}

// One kind of request against one server, after a warm-up of a tenth.
void measure(const std::string& name, pid_t pid, Load load, std::size_t requests) {
  load.requests = requests / 10;
  run_load(load);
  const double cpu = cpu_seconds(pid);
  const auto begin = std::chrono::steady_clock::now();
  load.requests = requests;
  run_load(load);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const auto events = static_cast<double>(requests * load.events_per_request);
  print(name + "_cpu_ns_per_event", (cpu_seconds(pid) - cpu) / events * 1e9);
  print(name + "_events_per_s", events / elapsed.count());
}

void print_times(const std::string& name, std::vector<std::chrono::nanoseconds> times) {
  std::sort(times.begin(), times.end());
  print(name + "_p50_ns", static_cast<double>(times[times.size() / 2].count()));
  print(name + "_p99_ns", static_cast<double>(times[times.size() * 99 / 100].count()));
}

void measure_answers(const std::string& name, Load load) {
  load.events_per_request = 1;
  load.connections = 1;
  load.interval = kQuietInterval;
  load.requests = kQuietRequests;
  print_times(name + "_quiet", run_load(load));
  load.connections = kConnectionsThatWait;
  load.interval = {};
  load.requests = kRequestsThatWait / 10;
  run_load(load);
  load.requests = kRequestsThatWait;
  print_times(name + "_waiting", run_load(load));
}

void measure_all(const std::string& name, pid_t pid, Load load, std::size_t events) {
  measure_answers(name, load);
  load.events_per_request = 100;
  load.connections = kConnectionsOfBatches;
  measure(name + "_100", pid, load, events / 100);
  load.events_per_request = 1;
  load.connections = kConnectionsOfSingles;
  measure(name + "_1", pid, load, events / 25);
}

std::string bench_program(const std::string& name) {
  return test::build_tree() / "tests/bench" / ("penstock-bench-" + name);
}

void bench_producer(const std::string& brokers, std::size_t events,
                    const std::filesystem::path& output) {
  test::ChildProcess producer(
      {{bench_program("producer"), brokers, "bench-producer", std::to_string(events)}, {}, output});
  if (producer.wait(std::chrono::minutes(3)) != 0) throw std::runtime_error(read_file(output));
  std::printf("producer_%s", read_file(output).c_str());
}

void bench_passthrough(const std::string& brokers, std::size_t events,
                       const std::filesystem::path& work) {
  const test::TestCertificate certificate(work);
  const std::uint16_t port = test::free_port();
  const auto output = work / "passthrough.log";
  test::ChildProcess server(
      {{bench_program("passthrough"), std::to_string(port), certificate.certificate_file(),
        certificate.key_file(), brokers, "bench-passthrough", "2"},
       {},
       output});
  test::wait_until([&] { return read_file(output).find("ready") != std::string::npos; },
                   test::kPatience, "the pass-through listens");
  measure_all("passthrough", server.pid(), {port, certificate.ca_file(), "pk_none", 0, 0, 0, {}},
              events);
}

void bench_gateway(test::KafkaBroker& broker, std::size_t events) {
  test::GatewayOptions options;
  options.brokers = broker.bootstrap();
  test::GatewayProcess gateway(options);
  measure_all("gateway", gateway.pid(),
              {gateway.port(), gateway.ca_file(), gateway.write_key(), 0, 0, 0, {}}, events);
}

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  using namespace penstock;
  try {
    const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    test::TempDirectory work;
    test::KafkaBroker broker;
    for (const char* topic :
         {"bench-producer", "bench-passthrough", "user-activity", "db-changes", "dead-letter"}) {
      broker.create_topic(topic, 6);
    }
    bench::bench_producer(broker.bootstrap(), events, work / "producer.log");
    bench::bench_passthrough(broker.bootstrap(), events, work.path());
    bench::bench_gateway(broker, events);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the benchmark could not finish: %s\n", error.what());
    return 1;
  }
}
