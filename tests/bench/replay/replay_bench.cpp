// What a record costs penstockctl replay and penstockctl dlq redrive, in CPU of the process, beside
// a bare transactional copy by librdkafka; the same records on the same real broker, in one run.
//
//   penstock-bench-replay [records]
//
// Prints one line a figure as "name value" for scripts/bench.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/tree.hpp"
#include "transaction.hpp"
#include "wire/uuid.hpp"

namespace {

using namespace penstock;

double cpu_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);  // of those that have ended: not of the broker
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void fill(const std::string& brokers, std::size_t records) {
  constexpr std::size_t kCommitEach = 5000;
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  ctl::TransactionalProducer producer({brokers, "", {}}, "bench-writer");
  for (std::size_t i = 0; i < records;) {
    producer.begin();
    for (const auto end = std::min(records, i + kCommitEach); i < end; ++i) {
      const std::string number = std::to_string(i), user = "user-" + std::to_string(i % 5000);
      const std::string event =
          R"({"eventType":"UserActivity","timestamp":"2026-11-28T12:00:00.000Z",)"
          R"("activityType":"Click","pageId":"approval-screen","sessionId":"session-)" +
          number + R"(","userId":")" + user +
          R"(","details":{"element":"approve-button","position":17},)"
          R"("metadata":{"app":"ApprovalDesk",)"
          R"("version":"4.2.1","os":"Linux"}})";
      producer.send("dead-letter", RD_KAFKA_PARTITION_UA, user, event,
                    {{"code", "missing_field"},
                     {"pointer", "/activityType"},
                     {"message", "expected this field"},
                     {"eventId", wire::name_uuid(wire::Uuid{}, number).text()},
                     {"correlationId", "flow-" + number},
                     {"rejectedAt", "2026-11-28T12:00:00.000Z"}},
                    now_ms - 3'600'000);
    }
    producer.commit();
  }
}

double measure(const char* name, const std::vector<std::string>& arguments, std::size_t records) {
  const double before = cpu_of_children();
  const auto begin = std::chrono::steady_clock::now();
  test::ChildProcess child({.arguments = arguments, .environment = {}, .output = "/dev/null"});
  const auto status = child.wait(std::chrono::minutes(10));
  if (status != 0) {
    std::fprintf(stderr, "%s failed\n", name);
    std::exit(1);
  }
  const double cpu_ns = (cpu_of_children() - before) / static_cast<double>(records) * 1e9;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%s_cpu_ns_per_record %.0f\n%s_records_per_s %.0f\n", name, cpu_ns, name,
              static_cast<double>(records) / seconds.count());
  std::fflush(stdout);
  return cpu_ns;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t records = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000;
  test::KafkaBroker broker;
  test::KafkaAdmin admin(broker.bootstrap());
  for (const char* topic :
       {"dead-letter", "user-activity", "db-changes", "warm-up", "copied", "replayed"})
    admin.create_topic(topic, 4);
  fill(broker.bootstrap(), records);
  const std::string tool = test::build_tree() / "tools/penstockctl/penstockctl";
  const std::string bare = test::build_tree() / "tests/bench/penstock-bench-copy";
  const auto copy_to = [&](const char* name, const char* topic) {
    return measure(name, {bare, broker.bootstrap(), "dead-letter", topic, std::to_string(records)},
                   records);
  };
  const double cold = copy_to("cold_copy", "warm-up");  // the broker has just started
  const double floor = std::min(cold, copy_to("copy", "copied"));
  const double replay = measure("replay",
                                {tool, "replay", "--from", "dead-letter", "--to", "replayed",
                                 "--apply", "--brokers", broker.bootstrap()},
                                records);
  const double redrive = measure(
      "redrive", {tool, "dlq", "redrive", "--apply", "--brokers", broker.bootstrap()}, records);
  std::printf("replay_times_copy %.2f\nredrive_times_copy %.2f\n", replay / floor, redrive / floor);
}
