// What an operator watches, in Prometheus' text format. Labels come from closed sets and from the
// configuration, never from a client.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pressure.hpp"
#include "wire/drop_reason.hpp"
#include "wire/verdict.hpp"

namespace penstock::gateway {

// What is read from other parts at the moment of a scrape.
struct GaugeReadings {
  std::size_t bodies_in_flight_bytes = 0;
  std::size_t bodies_in_flight_bytes_max = 0;
  std::size_t connections = 0;
  std::size_t connections_max = 0;
  std::size_t kafka_events_in_flight = 0;
  std::size_t kafka_bytes_in_flight = 0;
  std::uint64_t kafka_producer_replacements = 0;
  std::chrono::seconds certificate_until{0};  // Unix time; 0: plain HTTP
  bool ready = false;
  bool draining = false;
  std::chrono::nanoseconds loop_lag{0};
  Pressure pressure = {};
};

// Any thread. Counting costs an atomic addition and no allocation; a duration also a short lock.
class Metrics {
 public:
  explicit Metrics(std::string_view version);
  ~Metrics();

  // The ids of the write keys, for what is counted by key; those of before stay counted.
  void set_keys(const std::vector<std::string>& ids);

  // `key_id`: whose it was; "" if that is not known.

  // One request, whatever came of it. `duration` from its head to its answer, `body_bytes` as they
  // travelled.
  void request_answered(std::string_view key_id, int status, std::chrono::nanoseconds duration,
                        std::size_t body_bytes);
  // A request was refused as a whole. `code` is a Problem's: one of the gateway's own words. Takes
  // a lock.
  void request_refused(std::string_view key_id, std::string_view code);
  // Events whose record, or dead letter, is acknowledged.
  void events_accepted(std::string_view key_id, std::size_t count);
  // Requests for erasure that are acknowledged, one for each install.
  void erasures_accepted(std::size_t count);
  void event_rejected(std::string_view key_id, wire::RejectCode code);
  // What a batch reported. A reason that this version does not know counts as "other".
  void events_dropped_by_client(std::string_view reason, std::uint64_t count);
  // From the hand-over of a batch to the last acknowledgement of the brokers.
  void delivered(std::chrono::nanoseconds duration);
  void connection_opened();
  // A listed load balancer sent no PROXY header, or a broken one.
  void proxy_header_refused();
  // The configuration was read again, and taken over or refused.
  void config_reloaded(bool applied);

  // All of it. Also any thread, but not on the hot path.
  std::string exposition(const GaugeReadings& readings);

 private:
  struct Instruments;
  std::unique_ptr<Instruments> instruments_;
};

}  // namespace penstock::gateway
