// A program under test: records numbered events as its users would, until it is killed; or, as
// `drain`, sends what killed ones left behind.
//
//   penstock-oracle-recorder record <journal> <endpoint> <key> <ca file> <progress file> <run name>
//   <events a second> penstock-oracle-recorder drain  <journal> <endpoint> <key> <ca file>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "faults/oracle/progress_file.hpp"
#include "penstock/penstock.hpp"
#include "support/leaks/planted_event.hpp"

namespace {

using namespace std::chrono_literals;
using penstock::Client;
using penstock::Event;

[[noreturn]] void die(const char* what, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", what, why.c_str());
  std::exit(1);
}

Client open_client(char** argv) {
  penstock::Options options;
  options.directory = argv[2];
  options.endpoint = argv[3];
  options.write_key = argv[4];
  options.ca_file = argv[5];
  options.app_name = "oracle";
  options.batch_age_max = 50ms;
  options.request_timeout = 20s;
  options.retry_delay_min = 20ms;
  options.retry_delay_max = 500ms;
  options.log = [](penstock::LogLevel, std::string_view code, std::string_view text) {
    std::printf("%.*s: %.*s\n", static_cast<int>(code.size()), code.data(),
                static_cast<int>(text.size()), text.data());
    std::fflush(stdout);
  };
  options.session_mode = penstock::SessionMode::kAutomatic;
  auto client = Client::open(options);
  if (!client) die("open", client.status().message());
  return *std::move(client);
}

Event event_number(std::uint64_t number, const std::string& user, const std::string& record) {
  switch (number % 6) {
    case 0:
      return Event::page_view("approval-screen").user(user);
    case 1:
      return Event::click("approval-screen", "approve-button")
          .user(user)
          .detail("position", number % 100);
    case 2:
      return Event::form_submission("approval-screen", "notes", Event::Outcome::kSuccess)
          .user(user);
    case 3:
      return penstock::test::planted(
          Event::error(penstock::test::planted_sentence()).page("approval-screen").user(user));
    case 4:
      return Event::record_approved(record).user(user).status_change("Pending", "Approved");
    default:
      return Event::record_returned(record).comments(penstock::test::planted_sentence());
  }
}

// Many sessions, so that kills meet their starts and ends. The next event begins another one.
constexpr std::uint64_t kEventsOfASession = 20;

void end_session(Client& client) {
  const penstock::Status status = client.end_session();
  const bool ended_already = status.code() == penstock::StatusCode::kMisuse;
  if (!status.ok() && !ended_already && !status.retryable()) die("end_session", status.message());
}

void record_events(Client& client, penstock::oracle::ThreadProgress& progress,
                   const std::string& stream, std::uint64_t a_second) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t number = 1;; ++number) {
    const std::string user = "user-" + std::to_string(number % 8);
    const std::string record = "record-" + std::to_string(number % 5);
    progress.intended.store(number);
    for (;;) {
      const penstock::Status status = client.track(event_number(number, user, record)
                                                       .metadata("oracleStream", stream)
                                                       .metadata("oracleNumber", number));
      if (status.ok()) break;
      if (!status.retryable()) die("track", status.message());
      progress.refused.fetch_add(1);
      std::this_thread::yield();
    }
    progress.returned.store(number);
    if (number % kEventsOfASession == 0) end_session(client);
    std::this_thread::sleep_until(begin + number * 1'000'000us /
                                              a_second);  // the pace, not a wait for anything
  }
}

int record(char** argv) {
  penstock::oracle::ProgressFile progress(argv[6]);
  const std::string run = argv[7];
  const auto a_second = static_cast<std::uint64_t>(std::strtoull(argv[8], nullptr, 10));
  Client client = open_client(argv);
  std::vector<std::thread> threads;
  threads.reserve(penstock::oracle::kThreads);
  for (std::size_t i = 0; i < penstock::oracle::kThreads; ++i) {
    threads.emplace_back([&, i] {
      record_events(client, progress.of_thread(i), run + "." + std::to_string(i), a_second);
    });
  }
  for (auto& thread : threads) thread.join();  // never: it ends by being killed
  return 0;
}

int drain(char** argv) {
  Client client = open_client(argv);
  const penstock::Status flushed = client.flush(120s);
  const penstock::Stats stats = client.stats();
  std::printf("adopted %llu, acknowledged %llu, dead letters %llu, pending %llu, torn %llu\n",
              static_cast<unsigned long long>(stats.adopted),
              static_cast<unsigned long long>(stats.acknowledged),
              static_cast<unsigned long long>(stats.rejected),
              static_cast<unsigned long long>(stats.pending),
              static_cast<unsigned long long>(stats.torn));
  if (!flushed.ok()) die("flush", flushed.message() + "; the sender says: " + stats.sender_message);
  const penstock::Status closed = client.close(5s);
  if (!closed.ok()) die("close", closed.message());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 9 && std::strcmp(argv[1], "record") == 0) return record(argv);
  if (argc == 6 && std::strcmp(argv[1], "drain") == 0) return drain(argv);
  std::fprintf(stderr, "see the comment at the top of recorder.cpp for the arguments\n");
  return 2;
}
