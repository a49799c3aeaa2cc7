// A language's runner, killed with -9 at random again and again while it records.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/kafka_reader.hpp"

namespace penstock::conformance {

using Json = nlohmann::json;

class KillRun {
 public:
  // `options` with a directory of the run's own.
  KillRun(std::string language, std::string runner, Json options);

  // Starts and kills it so many times, and then lets it send what the killed ones have left. Throws
  // std::runtime_error if it does not do as it should.
  void run(std::size_t kills, std::uint64_t seed);

  std::size_t kills() const { return returned_.size(); }
  std::uint64_t events() const;

  // What is wrong with what lies in Kafka; empty if each event whose track() had returned is there
  // once, and no other.
  std::string mismatch(const std::vector<test::KafkaRecord>& records) const;

 private:
  std::string stream(std::size_t life) const { return language_ + "-" + std::to_string(life); }
  Json request(std::size_t life, std::uint64_t count) const;

  const std::string language_, runner_;
  const Json options_;
  std::vector<std::uint64_t> returned_;  // of each life that was killed: track() did so often
  std::uint64_t last_ = 0;               // of the one that was not
};

}  // namespace penstock::conformance
