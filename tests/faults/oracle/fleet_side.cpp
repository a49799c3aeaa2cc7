#include "faults/oracle/fleet_side.hpp"

#include <signal.h>

#include <chrono>
#include <thread>

#include "support/eventually.hpp"
#include "support/kafka_admin.hpp"

namespace penstock::oracle {
namespace {

// Each record lies on three brokers, and is acknowledged by two.
void create_topics(const std::string& bootstrap) {
  test::KafkaAdmin admin(bootstrap);
  for (const char* topic : {"user-activity", "db-changes", "dead-letter", "erasure-requests"})
    admin.create_topic(topic, 4, {{"min.insync.replicas", "2"}}, 3);
}

test::GatewayOptions options_behind(const test::KafkaBroker& first, const test::KafkaBroker& second,
                                    const test::KafkaBroker& third) {
  test::wait_until([&] { return test::KafkaAdmin(first.bootstrap()).brokers() == 3; },
                   test::kPatience, "the cluster has three brokers");
  create_topics(first.bootstrap());
  test::GatewayOptions options;
  options.brokers = first.bootstrap() + "," + second.bootstrap() + "," + third.bootstrap();
  options.environment["PENSTOCK_LIMITS_CONNECTION_AGE"] = "5s";  // connections move all the time
  return options;
}

}  // namespace

Victim::Victim(const char* name, std::function<pid_t()> pid, std::function<void()> kill,
               std::function<void()> restart)
    : name_(name), pid_(std::move(pid)), kill_(std::move(kill)), restart_(std::move(restart)) {}

void Victim::strike() {
  paused_ = kills_ > pauses_;
  if (paused_) {
    ++pauses_;
    ::kill(pid_(), SIGSTOP);
  } else {
    ++kills_;
    kill_();
  }
}

void Victim::recover() {
  if (!paused_) return restart_();
  std::this_thread::sleep_for(std::chrono::seconds(1 + pauses_ % 4));
  ::kill(pid_(), SIGCONT);
}

FleetSide::FleetSide(test::KafkaBroker& first)
    : first_(first),
      second_(test::KafkaBroker::join(first, 0, 2)),
      third_(test::KafkaBroker::join(first, 0, 3)),
      fleet_(options_behind(first, *second_, *third_), test::Fleet::Tls::kPassedThrough) {
  static constexpr const char* kNames[] = {"gateway 1", "gateway 2", "gateway 3"};
  static_assert(std::size(kNames) == test::Fleet::kGateways);
  for (std::size_t i = 0; i < test::Fleet::kGateways; ++i) {
    test::GatewayProcess& gateway = fleet_.gateway(i);
    victims_.push_back(std::make_unique<Victim>(
        kNames[i], [&gateway] { return gateway.pid(); }, [&gateway] { gateway.kill(); },
        [&gateway] { gateway.restart(); }));
  }
  victims_.push_back(std::make_unique<Victim>(
      "HAProxy", [this] { return fleet_.haproxy_pid(); }, [this] { fleet_.kill_haproxy(); },
      [this] { fleet_.restart_haproxy(); }));
  add_victim("broker 1", first_);
  add_victim("broker 2", *second_);
  add_victim("broker 3", *third_);
}

void FleetSide::add_victim(const char* name, test::KafkaBroker& broker) {
  victims_.push_back(std::make_unique<Victim>(
      name, [&broker] { return broker.pid(); }, [&broker] { broker.kill(); },
      [&broker] { broker.restart(); }));
}

Endpoint FleetSide::endpoint() const {
  return {fleet_.base_url(), fleet_.write_key(), fleet_.ca_file()};
}

std::vector<Prey> FleetSide::preys() {
  std::vector<Prey> preys;
  for (const auto& victim : victims_)
    preys.push_back(
        {victim->name(), 12, [&victim] { victim->strike(); }, [&victim] { victim->recover(); }});
  return preys;
}

std::vector<std::pair<std::string, std::uint64_t>> FleetSide::faults() const {
  std::vector<std::pair<std::string, std::uint64_t>> faults;
  for (const auto& victim : victims_) {
    faults.emplace_back(std::string("killed -9: ") + victim->name(), victim->kills());
    faults.emplace_back(std::string("paused: ") + victim->name(), victim->pauses());
  }
  return faults;
}

}  // namespace penstock::oracle
