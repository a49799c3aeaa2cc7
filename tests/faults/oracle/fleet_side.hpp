// The gateways of the oracle as a fleet: three of them behind HAProxy, in front of three brokers that
// hold three copies of each record; each process is killed with -9 and paused.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "faults/oracle/endpoint.hpp"
#include "faults/oracle/keeper.hpp"
#include "support/fleet.hpp"
#include "support/kafka_broker.hpp"

namespace penstock::oracle {

// What happens to one process by turns: it is killed and started again, or stopped (SIGSTOP) for
// one to four seconds, as a machine is that swaps, or a virtual one that is moved. One thread at a
// time.
class Victim {
 public:
  // `name` outlives it. `pid`: of the process as it runs now.
  Victim(const char* name, std::function<pid_t()> pid, std::function<void()> kill,
         std::function<void()> restart);

  // Begins what is its turn, and ends it.
  void strike();
  void recover();

  const char* name() const { return name_; }
  std::uint64_t kills() const { return kills_; }
  std::uint64_t pauses() const { return pauses_; }

 private:
  const char* const name_;
  const std::function<pid_t()> pid_;
  const std::function<void()> kill_, restart_;
  std::uint64_t kills_ = 0, pauses_ = 0;
  bool paused_ = false;
};

class FleetSide {
 public:
  // Two more brokers join the cluster of `first`. Throws std::runtime_error with the logs if the
  // fleet does not come up.
  explicit FleetSide(test::KafkaBroker& first);

  Endpoint endpoint() const;
  // The gateways, HAProxy and the brokers; each may be struck by a thread of its own.
  std::vector<Prey> preys();
  // How often what was done to whom: "paused: gateway 1". Once no thread strikes any more.
  std::vector<std::pair<std::string, std::uint64_t>> faults() const;

 private:
  void add_victim(const char* name, test::KafkaBroker& broker);

  test::KafkaBroker& first_;
  const std::unique_ptr<test::KafkaBroker> second_, third_;
  test::Fleet fleet_;
  std::vector<std::unique_ptr<Victim>> victims_;
};

}  // namespace penstock::oracle
