// Goal: what is counted is what Prometheus reads, with labels from closed sets.
// Method: count, then look for the lines of the text format.
#include "observe/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class MetricsTest : public ::testing::Test {
 protected:
  void expect_line(const std::string& line) {
    EXPECT_THAT(metrics_.exposition({}), HasSubstr("\n" + line + "\n"));
  }

  Metrics metrics_{"1.2.3"};
};

TEST_F(MetricsTest, RequestsAreCountedByTheClassOfTheirStatus) {
  metrics_.request_answered("", 200, 3ms, 100);
  metrics_.request_answered("", 429, 1ms, 0);
  metrics_.request_answered("", 413, 1ms, 0);
  expect_line(R"(penstock_requests_total{status="2xx"} 1)");
  expect_line(R"(penstock_requests_total{status="4xx"} 2)");
  expect_line(R"(penstock_requests_total{status="5xx"} 0)");
  expect_line("penstock_body_bytes_total 100");
}

TEST_F(MetricsTest, DurationsFallIntoTheirBuckets) {
  metrics_.request_answered("", 200, 3ms, 0);
  metrics_.delivered(20s);
  expect_line(R"(penstock_request_duration_seconds_bucket{le="0.0025"} 0)");
  expect_line(R"(penstock_request_duration_seconds_bucket{le="0.005"} 1)");
  expect_line(R"(penstock_delivery_duration_seconds_bucket{le="10"} 0)");
  expect_line(R"(penstock_delivery_duration_seconds_bucket{le="30"} 1)");
}

TEST_F(MetricsTest, EventsAreCountedByVerdict) {
  metrics_.events_accepted("", 99);
  metrics_.event_rejected("", wire::RejectCode::kTooDeep);
  metrics_.event_rejected("", wire::RejectCode::kUnknownEventType);
  expect_line("penstock_events_accepted_total 99");
  expect_line(R"(penstock_events_rejected_total{code="too_deep"} 1)");
  expect_line(R"(penstock_events_rejected_total{code="unknown_event_type"} 1)");
}

TEST_F(MetricsTest, DropsOfClientsAreCountedByReasonsOfAClosedSet) {
  metrics_.events_dropped_by_client("storage_full", 7);
  metrics_.events_dropped_by_client("what a client made up", 2);
  expect_line(R"(penstock_client_dropped_events_total{reason="storage_full"} 7)");
  expect_line(R"(penstock_client_dropped_events_total{reason="other"} 2)");
  expect_line(R"(penstock_client_dropped_events_total{reason="invalid"} 0)");
  EXPECT_THAT(metrics_.exposition({}), Not(HasSubstr("made up")));
}

TEST_F(MetricsTest, EveryRejectCodeIsThereFromTheStart) {
  // A series that begins with its first increment hides that increment from rate().
  expect_line(R"(penstock_events_rejected_total{code="malformed_json"} 0)");
  EXPECT_THAT(metrics_.exposition({}), Not(HasSubstr("code=\"unknown\"")));
}

TEST_F(MetricsTest, RefusalsAreCountedByCode) {
  metrics_.request_refused("", "rate_limited");
  metrics_.request_refused("", "rate_limited");
  expect_line(R"(penstock_requests_refused_total{code="rate_limited"} 2)");
}

TEST_F(MetricsTest, WhatAKeyDoesIsCountedAsItsOwnToo) {
  metrics_.set_keys({"web", "desk"});
  metrics_.request_answered("web", 200, 1ms, 100);
  metrics_.events_accepted("web", 99);
  metrics_.event_rejected("desk", wire::RejectCode::kTooDeep);
  metrics_.request_refused("desk", "rate_limited");
  metrics_.request_refused("", "missing_key");
  expect_line(R"(penstock_key_requests_total{key="web"} 1)");
  expect_line(R"(penstock_key_requests_total{key="desk"} 0)");
  expect_line(R"(penstock_key_body_bytes_total{key="web"} 100)");
  expect_line(R"(penstock_key_events_accepted_total{key="web"} 99)");
  expect_line(R"(penstock_key_events_rejected_total{code="too_deep",key="desk"} 1)");
  expect_line(R"(penstock_key_events_rejected_total{code="too_deep",key="web"} 0)");
  expect_line(R"(penstock_key_requests_refused_total{code="rate_limited",key="desk"} 1)");
  expect_line("penstock_events_accepted_total 99");
  expect_line(R"(penstock_requests_refused_total{code="missing_key"} 1)");
}

TEST_F(MetricsTest, AKeyThatIsGoneStaysCounted) {
  metrics_.set_keys({"web"});
  metrics_.request_answered("web", 200, 1ms, 1);
  metrics_.set_keys({"desk"});
  metrics_.request_answered("web", 200, 1ms, 1);  // begun before
  metrics_.request_refused("web", "overloaded");
  metrics_.set_keys({"desk", "web"});
  metrics_.request_answered("web", 200, 1ms, 1);
  expect_line(R"(penstock_key_requests_total{key="web"} 2)");
  expect_line(R"(penstock_key_requests_refused_total{code="overloaded",key="web"} 1)");
}

TEST_F(MetricsTest, TheNumberOfSeriesIsBounded) {
  const auto series_of = [this](const std::vector<std::string>& ids) {
    metrics_.set_keys(ids);
    for (const auto& id : ids) {
      metrics_.request_answered(id, 200, 1ms, 1);
      metrics_.request_refused(id, "overloaded");
    }
    const auto text = metrics_.exposition({});
    return std::count(text.begin(), text.end(), '\n');
  };
  std::vector<std::string> ids;
  for (int i = 0; i < 200; ++i) ids.push_back("key-" + std::to_string(i));
  series_of(ids);
  ids.emplace_back("key-200");
  const auto full = series_of(ids);
  for (int i = 201; i < 1000; ++i) ids.push_back("key-" + std::to_string(i));
  EXPECT_EQ(series_of(ids), full);
  expect_line(R"(penstock_key_requests_total{key="other"} 801)");
  expect_line(R"(penstock_key_requests_total{key="key-199"} 3)");
}

TEST_F(MetricsTest, PressureIsTheHighestOfItsParts) {
  GaugeReadings readings;
  readings.pressure = {
      .cpu = 0.25, .memory = share_of(3, 4), .kafka = 0, .connections = share_of(9, 0)};
  const std::string text = metrics_.exposition(readings);
  EXPECT_THAT(text, HasSubstr("\npenstock_pressure 0.75\n"));
  EXPECT_THAT(text, HasSubstr("penstock_pressure_part{part=\"cpu\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("penstock_pressure_part{part=\"connections\"} 0\n"));
  EXPECT_EQ(share_of(5, 4), 1) << "more than the limit is not more than all";
}

TEST_F(MetricsTest, GaugesAreWhatTheyAreAtTheScrape) {
  const auto text = metrics_.exposition({.bodies_in_flight_bytes = 4096,
                                         .bodies_in_flight_bytes_max = 8192,
                                         .connections = 7,
                                         .connections_max = 10,
                                         .kafka_events_in_flight = 8,
                                         .kafka_bytes_in_flight = 9,
                                         .kafka_producer_replacements = 2,
                                         .ready = true});
  EXPECT_THAT(text, HasSubstr("penstock_bodies_in_flight_bytes 4096\n"));
  EXPECT_THAT(text, HasSubstr("penstock_bodies_in_flight_max_bytes 8192\n"));
  EXPECT_THAT(text, HasSubstr("penstock_connections 7\n"));
  EXPECT_THAT(text, HasSubstr("penstock_connections_max 10\n"));
  EXPECT_THAT(text, HasSubstr("penstock_kafka_events_in_flight 8\n"));
  EXPECT_THAT(text, HasSubstr("penstock_kafka_bytes_in_flight 9\n"));
  EXPECT_THAT(text, HasSubstr("penstock_kafka_producer_replacements 2\n"));
  EXPECT_THAT(text, HasSubstr("penstock_ready 1\n"));
  expect_line("penstock_ready 0");
  expect_line(R"(penstock_build_info{version="1.2.3"} 1)");
}

TEST_F(MetricsTest, ThreadsLoseNoCount) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 1000; ++i) {
        metrics_.events_accepted("", 1);
        metrics_.request_refused("", "overloaded");
        metrics_.request_answered("", 503, 1ms, 1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  expect_line("penstock_events_accepted_total 4000");
  expect_line(R"(penstock_requests_refused_total{code="overloaded"} 4000)");
  expect_line(R"(penstock_requests_total{status="5xx"} 4000)");
}

}  // namespace
}  // namespace penstock::gateway
