// What track() costs its caller, beside the floor: a copy of the same bytes into the same kind of
// mapping.
//
//   penstock-bench-track [events a thread [alone]]
//
// Prints one line a figure as "name value" for scripts/bench. No gateway is in reach, so all that
// is recorded must be pending afterwards: that is checked before any figure is printed. With
// "alone" there is one thread and no floor: what an instruction counter wants.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "bench/allocation_counter.hpp"
#include "bench/latencies.hpp"
#include "bench/typical_sdk_event.hpp"
#include "penstock/penstock.hpp"

namespace {

using penstock::Client;
using penstock::bench::Latencies;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

using penstock::bench::kTypicalEventBytes;

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct ThreadResult {
  Latencies latencies;
  std::uint64_t allocations = 0;
  double cpu_s = 0;
};

ThreadResult measure_calls(std::size_t calls, const std::function<void(std::uint64_t)>& call) {
  ThreadResult result{Latencies(calls)};
  for (std::size_t i = 0; i < calls / 20; ++i) call(i);  // warm
  const std::uint64_t allocations = penstock::bench::thread_allocations();
  const double cpu = cpu_seconds(RUSAGE_THREAD);
  for (std::size_t i = 0; i < calls; ++i) {
    result.latencies.time([&] { call(i); });
  }
  result.cpu_s = cpu_seconds(RUSAGE_THREAD) - cpu;
  result.allocations = penstock::bench::thread_allocations() - allocations;
  return result;
}

void print_calls(const char* name, std::size_t threads, std::size_t calls, double ticks_per_ns,
                 const std::function<void(std::uint64_t)>& call) {
  std::vector<ThreadResult> results(threads, ThreadResult{Latencies(0)});
  std::vector<std::thread> running;
  running.reserve(threads);
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] { results[t] = measure_calls(calls, call); });
  }
  for (auto& thread : running) thread.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;

  Latencies all(0);
  double cpu_s = 0;
  std::uint64_t allocations = 0;
  for (const auto& result : results) {
    all.take(result.latencies);
    cpu_s += result.cpu_s;
    allocations += result.allocations;
  }
  const auto total = static_cast<double>(threads * calls);
  std::printf("%s_%zut_p50_ns %.0f\n", name, threads, all.quantile(0.50, ticks_per_ns));
  std::printf("%s_%zut_p99_ns %.0f\n", name, threads, all.quantile(0.99, ticks_per_ns));
  std::printf("%s_%zut_cpu_ns %.0f\n", name, threads, cpu_s / total * 1e9);
  std::printf("%s_%zut_allocations_per_call %.4f\n", name, threads,
              static_cast<double>(allocations) / total);
  std::printf("%s_%zut_events_per_s %.0f\n", name, threads, total * 1.05 / elapsed.count());
}

// A file of the journal's folder, allocated, mapped and present, as a segment is.
class Mapping {
 public:
  Mapping(const std::filesystem::path& path, std::size_t size) : size_(size) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || ::posix_fallocate(fd, 0, static_cast<off_t>(size)) != 0)
      die("cannot make " + path.string());
    data_ = static_cast<char*>(
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0));
    ::close(fd);
    if (data_ == MAP_FAILED) die("cannot map " + path.string());
    for (std::size_t i = 0; i < size; i += 4096) data_[i] = 1;
  }
  ~Mapping() { ::munmap(data_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  char* at(std::uint64_t number) noexcept {
    return data_ + number * kTypicalEventBytes % (size_ - kTypicalEventBytes);
  }

 private:
  char* data_;
  std::size_t size_;
};

penstock::Options offline_options(const std::filesystem::path& directory) {
  penstock::Options options;
  options.directory = directory;
  options.endpoint = "https://127.0.0.1:9";  // discard: nothing listens
  options.write_key = "pk_bench";
  options.disk_bytes_max = std::uint64_t{4} << 30;
  return options;
}

// Goes with what is in it.
struct Folder {
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

template <typename EventOf>
void bench_track(const char* name, const EventOf& event_of, const std::filesystem::path& directory,
                 std::size_t threads, std::size_t calls, double ticks_per_ns) {
  const Folder folder{directory};
  auto opened = Client::open(offline_options(directory));
  if (!opened) die(opened.status().message());
  Client client = *std::move(opened);
  if (!client.set_user("user-4711").ok() || !client.set_session("session-9876").ok())
    die("cannot set the user");
  print_calls(name, threads, calls, ticks_per_ns, [&](std::uint64_t number) {
    if (const auto status = client.track(event_of(number)); !status) die(status.message());
  });
  const std::uint64_t expected = threads * (calls + calls / 20);
  if (client.stats().pending != expected) die("not all that was recorded is in the journal");
  std::printf("%s_%zut_kept %llu\n", name, threads,
              static_cast<unsigned long long>(client.stats().pending));
  static_cast<void>(client.close(std::chrono::milliseconds(0)));  // nothing can be sent
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t calls = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  if (calls < 100) die("give at least 100 events a thread");
  std::string pattern = (std::filesystem::temp_directory_path() / "penstock-bench-XXXXXX").string();
  const std::filesystem::path directory =
      ::mkdtemp(pattern.data()) != nullptr ? pattern : (die("no temporary folder"), "");
  const double ticks_per_ns = penstock::bench::ticks_per_nanosecond();

  const bool alone = argc > 2 && std::strcmp(argv[2], "alone") == 0;
  if (!alone) {
    Mapping mapping(directory / "floor", 16 << 20);
    const std::string event(kTypicalEventBytes, 'x');
    print_calls("copy", 1, calls, ticks_per_ns, [&](std::uint64_t number) {
      std::memcpy(mapping.at(number), event.data(), event.size());
    });
  }
  const penstock::bench::TypicalEvents typical_event;
  bench_track("track", typical_event, directory / "one", 1, calls, ticks_per_ns);
  if (!alone) {
    bench_track("track", typical_event, directory / "four", 4, calls / 2, ticks_per_ns);
    // The same fields, two levels deeper
    const auto nested_event = [&](std::uint64_t number) { return typical_event.nested(number); };
    bench_track("track_nested", nested_event, directory / "nested", 1, calls / 2, ticks_per_ns);
  }
  std::filesystem::remove_all(directory);
}
