// A program with a client, as host_life_test starts it; it ends in the way that it is told.
//
//   penstock-host <way> <directory> <endpoint> <ca file> <counter file> <a number>
//
// PENSTOCK_LIBRARY names libpenstock.so, for a way that loads it.
// The counter file, mapped, holds how many events track() has returned ok for. Exit status 0 if all
// went well.
#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "penstock/penstock.h"
#include "penstock/penstock.hpp"
#include "support/leaks/planted_event.hpp"

namespace {

using penstock::Client;
using penstock::Event;
using penstock::StatusCode;

struct Host {
  penstock::Options options;
  std::atomic<std::uint64_t>* returned = nullptr;
  long number = 0;  // microseconds until the end, or of children
};

Host host;
std::optional<Client> made_before;  // destroyed after what main() registers

[[noreturn]] void give_up(int status, const std::string& why = {}) {
  std::fprintf(stderr, "penstock-host: %d %s\n", status, why.c_str());
  ::_exit(status);
}

Client open_client() {
  auto client = Client::open(host.options);
  if (!client) give_up(10, client.status().message());
  return *std::move(client);
}

bool record(Client& client) {
  const penstock::Status status =
      client.track(penstock::test::planted(Event::click("host", "button")));
  if (!status.ok()) std::fprintf(stderr, "penstock-host: %s\n", status.message().c_str());
  if (status.ok()) host.returned->fetch_add(1);
  return status.ok();
}

// So long that the sender is somewhere in its first exchanges.
void record_for_a_while(Client& client) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(host.number);
  do {
    if (!record(client)) give_up(11);
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  } while (std::chrono::steady_clock::now() < end);
}

std::vector<std::thread> begin_recording(Client& client, const std::atomic<bool>& done) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&client, &done] {
      while (!done) {
        if (!record(client)) give_up(32);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  return threads;
}

Client& leaked() { return *new Client(open_client()); }

// --- exit() -------------------------------------------------------------------------------------

int end_with_a_leaked_client() {
  record_for_a_while(leaked());
  return 0;
}

int end_with_an_object_made_before() {
  made_before.emplace(open_client());
  record_for_a_while(*made_before);
  return 0;
}

int end_with_an_object_made_after() {
  static Client client = open_client();
  record_for_a_while(client);
  return 0;
}

int end_with_events_from_a_handler() {
  static Client* client = nullptr;
  std::atexit([] {
    if (!record(*client)) give_up(12);
  });
  client = &leaked();
  std::atexit([] {
    if (!record(*client)) give_up(13);
  });
  record_for_a_while(*client);
  return 0;
}

int end_after_the_hosts_own_tls() {
  OPENSSL_init_ssl(0, nullptr);
  SSL_CTX_free(SSL_CTX_new(TLS_client_method()));
  made_before.emplace(open_client());
  record_for_a_while(leaked());
  record_for_a_while(*made_before);
  return 0;
}

int end_while_threads_record() {
  Client& client = leaked();
  static const std::atomic<bool> never{false};
  for (auto& thread : begin_recording(client, never)) thread.detach();
  record_for_a_while(client);
  return 0;
}

int end_with_several_clients() {
  for (int i = 0; i < 3; ++i) record_for_a_while(leaked());
  return 0;
}

// Of the C ABI, as a plug-in host or a language finds it.
template <typename Function>
Function* symbol(void* library, const char* name) {
  auto* found = reinterpret_cast<Function*>(::dlsym(library, name));
  if (found == nullptr) give_up(14);
  return found;
}

int end_after_dlclose() {
  void* library = ::dlopen(std::getenv("PENSTOCK_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) give_up(15);
  penstock_options options;
  symbol<decltype(penstock_options_init_sized)>(library, "penstock_options_init_sized")(
      &options, sizeof options);
  options.directory = {host.options.directory.c_str(), host.options.directory.size()};
  options.endpoint = {host.options.endpoint.c_str(), host.options.endpoint.size()};
  options.write_key = {host.options.write_key.c_str(), host.options.write_key.size()};
  options.ca_file = {host.options.ca_file.c_str(), host.options.ca_file.size()};
  options.batch_age_max_ms = 0;
  penstock_client* client = nullptr;
  if (symbol<decltype(penstock_client_open)>(library, "penstock_client_open")(&options, &client) !=
      PENSTOCK_OK) {
    give_up(16);
  }
  auto* track = symbol<decltype(penstock_client_track_json)>(library, "penstock_client_track_json");
  const std::string event = R"({"activityType":"Click","details":{"element":"plug-in"}})";
  if (track(client, event.data(), event.size()) != PENSTOCK_OK) give_up(17);
  host.returned->fetch_add(1);
  std::this_thread::sleep_for(std::chrono::microseconds(host.number));
  ::dlclose(library);
  std::this_thread::sleep_for(std::chrono::microseconds(host.number));
  return 0;
}

// --- fork() -------------------------------------------------------------------------------------

int fork_while_threads_record() {
  made_before.emplace(open_client());
  std::atomic<bool> done{false};
  auto threads = begin_recording(*made_before, done);
  for (long i = 0; i < host.number; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(20);  // for one that hangs
      if (i % 3 == 0 && made_before->forget().code() != StatusCode::kClosed) give_up(18);
      if (i % 3 == 1 && made_before->track(Event::page_view("child")).code() != StatusCode::kClosed)
        give_up(19);
      std::exit(0);  // with the handlers and objects of the parent
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) give_up(20);
  }
  done = true;
  for (auto& thread : threads) thread.join();
  if (!record(*made_before)) give_up(21);
  return made_before->flush(std::chrono::minutes(1)).ok() ? 0 : 22;
}

// --- pthread_cancel() ---------------------------------------------------------------------------

void* be_cancelled(void* argument) {
  auto& client = *static_cast<Client*>(argument);
  ::pthread_cancel(::pthread_self());  // pending from here on
  const std::string text(10'000, 'x');
  for (int i = 0; i < 12; ++i) {  // more than a segment
    if (!client.track(Event::error(text)).ok()) give_up(23);
    host.returned->fetch_add(1);
  }
  if (!client.track_json(R"({"activityType":"Click"})").ok()) give_up(24);
  host.returned->fetch_add(1);
  if (!client.set_consent(penstock::Consent::kGranted).ok()) give_up(25);
  static_cast<void>(client.flush(std::chrono::milliseconds(1)));
  static_cast<void>(client.stats());
  static_cast<void>(client.ledger());
  {
    penstock::Options options = host.options;
    options.directory += "-other";
    auto other = Client::open(options);
    if (!other || !other->forget().ok()) give_up(26);
  }
  ::pthread_testcancel();
  give_up(27);
}

int cancel_threads() {
  Client& client = leaked();
  for (long i = 0; i < host.number; ++i) {
    pthread_t thread{};
    void* result = nullptr;
    if (::pthread_create(&thread, nullptr, be_cancelled, &client) != 0) give_up(28);
    if (::pthread_join(thread, &result) != 0 || result != PTHREAD_CANCELED) give_up(29);
    if (!client.flush(std::chrono::minutes(1)).ok()) give_up(30);  // room for the next
  }
  return 0;
}

std::atomic<std::uint64_t>* map_counter(const char* path) {
  const int fd = ::open(path, O_RDWR | O_CLOEXEC);
  void* page = fd < 0 ? MAP_FAILED
                      : ::mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE,
                               MAP_SHARED, fd, 0);
  if (page == MAP_FAILED) give_up(31);
  ::close(fd);
  return static_cast<std::atomic<std::uint64_t>*>(page);
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<int()>> ways{
      {"leaked", end_with_a_leaked_client},
      {"made-before", end_with_an_object_made_before},
      {"made-after", end_with_an_object_made_after},
      {"handlers", end_with_events_from_a_handler},
      {"own-tls", end_after_the_hosts_own_tls},
      {"threads", end_while_threads_record},
      {"several", end_with_several_clients},
      {"dlclose", end_after_dlclose},
      {"fork", fork_while_threads_record},
      {"cancel", cancel_threads},
  };
  if (argc != 7) return 2;
  host.options.directory = argv[2];
  host.options.endpoint = argv[3];
  host.options.ca_file = argv[4];
  host.options.write_key = "wk_host";
  host.options.segment_bytes = 64 * 1024;
  host.options.event_bytes_max = 16 * 1024;
  host.options.batch_age_max = std::chrono::milliseconds(0);
  host.returned = map_counter(argv[5]);
  host.number = std::strtol(argv[6], nullptr, 10);
  const auto way = ways.find(argv[1]);
  std::exit(way == ways.end() ? 2 : way->second());
}
