#include "integration/replay_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "support/kafka_admin.hpp"
#include "support/tree.hpp"
#include "transaction.hpp"
#include "wire/uuid.hpp"

namespace penstock::test {

ReplayTest::ReplayTest()
    : prefix_(wire::random_uuid().text() + "."),
      first_ms_(std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::system_clock::now().time_since_epoch())
                    .count() -
                12 * 3'600'000) {
  KafkaAdmin admin(broker_.bootstrap());
  for (const char* name : {"user-activity", "rebuilt-activity"})
    admin.create_topic(prefix_ + name, 4);
}

std::string ReplayTest::id_of(std::size_t number) const {
  return wire::name_uuid(wire::Uuid{}, prefix_ + std::to_string(number)).text();
}

void ReplayTest::write_events(std::size_t count, const std::string& user,
                              const std::string& session, const std::string& type) {
  const ctl::KafkaAccess kafka{broker_.bootstrap(), prefix_, {}};
  ctl::TransactionalProducer producer(kafka, prefix_ + "writer");
  producer.begin();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t number = written_++;
    const Json event = {{"eventId", id_of(number)},
                        {"correlationId", "flow-" + std::to_string(number)},
                        {"installId", "install"},
                        {"seq", number},
                        {"eventType", "UserActivity"},
                        {"timestamp", "2026-11-28T12:00:00.000Z"},
                        {"activityType", type},
                        {"sessionId", session},
                        {"userId", user}};
    ctl::TransactionalProducer::Headers headers = {{"eventId", id_of(number)},
                                                   {"schema", "UserActivity/1"}};
    if (!mark_.empty()) headers.emplace_back("replayed", mark_);
    producer.send(prefix_ + "user-activity", RD_KAFKA_PARTITION_UA,
                  "key-" + std::to_string(number % 97), event.dump(), headers,
                  first_ms_ + static_cast<std::int64_t>(number) * step_ms_);
  }
  producer.commit();
  ctl::TransactionalProducer::wait_until_visible(kafka, prefix_ + "writer");
}

std::unique_ptr<ChildProcess> ReplayTest::begin(std::vector<std::string> arguments) const {
  std::vector<std::string> command = {build_tree() / "tools/penstockctl/penstockctl", "replay"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  for (const auto& argument :
       {std::string("--brokers"), broker_.bootstrap(), std::string("--topic-prefix"), prefix_})
    command.push_back(argument);
  return std::make_unique<ChildProcess>(
      Command{.arguments = std::move(command), .environment = {}, .output = output_file()});
}

std::string ReplayTest::output() const {
  std::ifstream file(output_file());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string ReplayTest::replay(std::vector<std::string> arguments, int status) const {
  std::filesystem::remove(output_file());
  EXPECT_EQ(begin(std::move(arguments))->wait(std::chrono::minutes(2)), status) << output();
  return output();
}

ReplayTest::Json ReplayTest::applied(std::vector<std::string> arguments) const {
  const std::string text = replay(with(std::move(arguments), {"--apply", "--json"}));
  return Json::parse(text.substr(std::min(text.find('{'), text.size())));  // behind the progress
}

void ReplayTest::expect_each_once(const std::string& name) const {
  std::map<std::string, int> found;
  for (const auto& record : topic(name)) ++found[record.header("eventId").value_or("")];
  EXPECT_EQ(found.size(), written_);
  for (std::size_t i = 0; i < written_; ++i) EXPECT_EQ(found[id_of(i)], 1) << "event " << i;
}

}  // namespace penstock::test
