// The Streams application beside the oracle: two instances that are killed too, and what they have
// counted, judged at the end.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "faults/oracle/keeper.hpp"
#include "faults/oracle/stream_ledger.hpp"
#include "support/kafka_reader.hpp"
#include "support/streams_process.hpp"

namespace penstock::oracle {

// Every function throws std::runtime_error with the end of an instance's log if that has ended by
// itself. One thread at a time, apart from preys().
class StreamsSide {
 public:
  // Creates the topics that the application reads, with four partitions.
  explicit StreamsSide(const std::string& brokers);

  // Starts both instances and waits until they are ready.
  void start();
  // Both instances. After every second kill the state of the killed one is deleted before it
  // starts again. Each prey may be killed and restarted by a thread of its own.
  std::vector<Prey> preys();

  // Waits until all that is in the topics is counted, stops both instances, and compares.
  // `records`: all of user-activity and db-changes. Not before all is drained.
  struct Result {
    std::uint64_t states_lost = 0, events = 0, late = 0;
    StreamLedger::Progress progress;
    StreamVerdict verdict;
    bool kept() const noexcept;
  };
  Result judge(const std::vector<test::KafkaRecord>& records);

 private:
  void kill(test::StreamsProcess& instance);
  void restart(test::StreamsProcess& instance);
  void require_running();
  enum class Joins : bool { kLeaveOut, kRead };
  StreamTopics read_topics(Joins joins) const;
  StreamLedger::Progress look(const StreamLedger& ledger) const;
  void wait_until_counted(const StreamLedger& ledger);

  const std::string brokers_;
  std::vector<std::unique_ptr<test::StreamsProcess>> instances_;
  std::atomic<std::uint64_t> kills_{0}, states_lost_{0};
};

void print(const StreamsSide::Result& result);

}  // namespace penstock::oracle
