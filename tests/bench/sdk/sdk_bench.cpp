// What an event costs the SDK's process from track() to the acknowledgement: encoding, journal,
// batches, compression, TLS and the trimming, with a real gateway and its embedded Kafka on the
// other end.
//
//   penstock-bench-sdk [events]
//
// Prints one line a figure as "name value" for scripts/bench.

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/typical_sdk_event.hpp"
#include "penstock/penstock.hpp"
#include "support/gateway_process.hpp"
#include "support/temp_directory.hpp"

namespace {

using namespace std::chrono_literals;
using penstock::Client;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 256 * 2000;
  penstock::test::TempDirectory work;
  penstock::test::GatewayProcess gateway{penstock::test::GatewayOptions()};
  penstock::Options options;
  options.directory = work / "journal";
  options.endpoint = gateway.base_url();
  options.write_key = gateway.write_key();
  options.ca_file = gateway.ca_file();
  options.disk_bytes_max = std::uint64_t{1} << 30;
  auto opened = Client::open(options);
  if (!opened) die(opened.status().message());
  Client client = *std::move(opened);
  if (!client.set_user("user-4711").ok() || !client.set_session("session-9876").ok())
    die("cannot set the user");

  const penstock::bench::TypicalEvents typical_event;
  const double begin = cpu_seconds();
  for (std::uint64_t i = 0; i < events; ++i) {
    if (const auto status = client.track(typical_event(i)); !status) die(status.message());
  }
  if (!client.flush(300s).ok()) die("not all was acknowledged: " + client.stats().sender_message);
  const double cpu = cpu_seconds() - begin;
  const penstock::Stats stats = client.stats();
  if (stats.acknowledged != events) die("not all was acknowledged");
  std::printf("sdk_cpu_ns_per_event %.0f\n", cpu / static_cast<double>(events) * 1e9);
  std::printf("sdk_wire_bytes_per_event %.1f\n",
              static_cast<double>(stats.bytes_sent) / static_cast<double>(events));
  std::printf("sdk_events_per_batch %.0f\n",
              static_cast<double>(events) / static_cast<double>(stats.batches_sent));
}
