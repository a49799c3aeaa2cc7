#include "support/kafka_broker.hpp"

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_reader.hpp"
#include "support/leaks/leak_search.hpp"

namespace penstock::test {
namespace {

// Starting takes 3 s on an idle machine with two cores, ten times that when all tests run at once.
constexpr std::chrono::seconds kStartTimeout{90};
constexpr std::chrono::seconds kStopTimeout{30};
constexpr std::size_t kLogEndBytes = 3000;

std::filesystem::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
    return std::filesystem::path(cache) / "penstock";
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "/" : home) / ".cache" / "penstock";
}

std::filesystem::path kafka_folder() { return cache_folder() / ("kafka-" PENSTOCK_KAFKA_VERSION); }

std::string class_path() {
  const auto jars = kafka_folder() / "lib";
  if (!std::filesystem::exists(jars)) {
    throw std::runtime_error("Apache Kafka is not in " + jars.string() +
                             "; `make test` puts it there (or scripts/setup --test alone)");
  }
  return (jars / "*").string();
}

// A small heap, one collector thread and the quick compiler alone: several brokers run beside each
// other on two cores, and none lives long enough for the thorough compiler to pay. The archive of
// classes (scripts/fetch-kafka) halves the time of a start; Java goes on without it if it is
// missing.
Command java(const std::filesystem::path& output, std::vector<std::string> arguments) {
  Command command{
      .arguments = {"java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "-XX:SharedArchiveFile=" + (kafka_folder() / "classes.jsa").string(), "-cp",
                    class_path(), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-Dorg.slf4j.simpleLogger.showDateTime=true"},
      .environment = {},
      .output = output};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace

KafkaBroker::KafkaBroker(Access access, std::uint16_t advertised)
    : KafkaBroker(access, advertised, 1, free_port()) {}

std::unique_ptr<KafkaBroker> KafkaBroker::join(const KafkaBroker& first, std::uint16_t advertised,
                                               int node) {
  return std::unique_ptr<KafkaBroker>(
      new KafkaBroker(Access::kAnybody, advertised, node, first.controller_port_));
}

KafkaBroker::KafkaBroker(Access access, std::uint16_t advertised, int node,
                         std::uint16_t controller_port)
    : access_(access),
      node_(node),
      port_(free_port()),
      controller_port_(controller_port),
      advertised_(advertised == 0 ? port_ : advertised),
      bootstrap_("127.0.0.1:" + std::to_string(port_)) {
  if (access_ == Access::kByAcl) {
    secured_ = "127.0.0.1:" + std::to_string(free_port());
    encrypted_port_ = free_port();
    certificate_.emplace(directory_.path());
  }
  write_properties();
  format_storage();
  start();
}

KafkaBroker& KafkaBroker::shared() {
  static KafkaBroker broker;
  static std::once_flag once;
  std::call_once(once, [] {
    look_at_the_end([] {
      if (watching_for_leaks() && !look_for_leaks_in_every_topic(broker.bootstrap()))
        std::fputs("not all topics could be searched for leaks\n", stderr);
    });
  });
  return broker;
}

void KafkaBroker::write_properties() const {
  const std::string controller = "127.0.0.1:" + std::to_string(controller_port_);
  std::ofstream properties(directory_ / "server.properties");
  const auto more = [&](const std::string& address) {
    return secured_.empty() ? ""
                            : ",SASL_PLAINTEXT://" + secured_ + ",SSL://" + address + ":" +
                                  std::to_string(encrypted_port_);
  };
  properties << "process.roles=broker" << (is_controller() ? ",controller" : "") << "\n"
             << "node.id=" << node_ << "\n"
             << "controller.quorum.voters=1@" << controller << "\n"
             << "listeners=PLAINTEXT://" << bootstrap_ << more("0.0.0.0")
             << (is_controller() ? ",CONTROLLER://" + controller : "") << "\n"
             << "advertised.listeners=PLAINTEXT://127.0.0.1:" << advertised_ << more("127.0.0.1")
             << "\n"
             << "controller.listener.names=CONTROLLER\n"
             << "log.dirs=" << (directory_ / "data").string() << "\n"
             << "num.partitions=4\n"
             // One node cannot keep the three copies that are Kafka's defaults.
             << "offsets.topic.replication.factor=1\n"
             << "transaction.state.log.replication.factor=1\n"
             << "transaction.state.log.min.isr=1\n"
             << "share.coordinator.state.topic.replication.factor=1\n"
             << "share.coordinator.state.topic.min.isr=1\n"
             << "offsets.topic.num.partitions=1\n"
             << "group.initial.rebalance.delay.ms=0\n"
             // After kill -9 the controller lets the new broker in once the old one has timed out:
             // 3 s instead of 9.
             << "broker.session.timeout.ms=3000\n"
             << "broker.heartbeat.interval.ms=500\n"
             // Its default takes 128 MB of the heap.
             << "log.cleaner.dedupe.buffer.size=2097152\n";
  if (!secured_.empty()) write_secured_properties(properties);
}

void KafkaBroker::write_secured_properties(std::ostream& properties) const {
  const auto keystore = directory_ / "keystore.pem";
  std::ofstream(keystore) << std::ifstream(certificate_->key_file()).rdbuf()
                          << std::ifstream(certificate_->certificate_file()).rdbuf();
  properties << "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
             << "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,"
             << "SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL\n"
             << "listener.name.ssl.ssl.keystore.type=PEM\n"
             << "listener.name.ssl.ssl.keystore.location=" << keystore.string() << "\n"
             << "super.users=User:ANONYMOUS\n"  // who comes by the other listeners
             << "sasl.enabled.mechanisms=PLAIN\n"
             << "listener.name.sasl_plaintext.plain.sasl.jaas.config="
             << "org.apache.kafka.common.security.plain.PlainLoginModule required user_" << kUser
             << "=\"" << kPassword << "\";\n";
}

void KafkaBroker::format_storage() const {
  constexpr auto kClusterId = "cGVuc3RvY2stdGVzdC0wMQ";  // any 16 bytes in base64
  ChildProcess format(
      java(directory_ / "kafka.log", {"kafka.tools.StorageTool", "format", "-t", kClusterId, "-c",
                                      (directory_ / "server.properties").string()}));
  if (format.wait(kStartTimeout) != 0) {
    throw std::runtime_error("Kafka's storage could not be formatted:\n" + log_end());
  }
}

void KafkaBroker::start() {
  process_ = std::make_unique<ChildProcess>(
      java(directory_ / "kafka.log", {"kafka.Kafka", (directory_ / "server.properties").string()}));
  wait_until_serving();
}

void KafkaBroker::wait_until_serving() {
  const KafkaAdmin admin(bootstrap_);
  const bool serving =
      eventually([&] { return !process_->running() || admin.brokers() > 0; }, kStartTimeout);
  if (!serving || !process_->running()) {
    throw std::runtime_error("Kafka does not serve on " + bootstrap_ + ":\n" + log_end());
  }
}

void KafkaBroker::stop() {
  process_->signal(SIGTERM);
  if (!process_->wait(kStopTimeout)) {
    throw std::runtime_error("Kafka did not stop:\n" + log_end());
  }
}

void KafkaBroker::kill() { process_->kill(); }

void KafkaBroker::write_tools(const std::filesystem::path& folder) {
  for (const auto& [tool, main] :
       {std::pair{"kafka-topics.sh", "org.apache.kafka.tools.TopicCommand"},
        std::pair{"kafka-acls.sh", "org.apache.kafka.tools.AclCommand"}}) {
    const auto file = folder / tool;
    std::ofstream script(file);
    script << "#!/bin/sh\nexec";
    for (const auto& argument : java({}, {main}).arguments) script << " '" << argument << "'";
    script << " \"$@\"\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
}

void KafkaBroker::create_topic(const std::string& name, int partitions) {
  KafkaAdmin(bootstrap_).create_topic(name, partitions);
}

std::string KafkaBroker::log_end() const {
  std::ifstream file(directory_ / "kafka.log");
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  return log.size() <= kLogEndBytes ? log : log.substr(log.size() - kLogEndBytes);
}

}  // namespace penstock::test
