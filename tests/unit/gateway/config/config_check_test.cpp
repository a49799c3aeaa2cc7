// Goal: a gateway does not start with values that contradict each other, the protocol or the
// machine, and says for each which setting it is and what to do. Method: a good configuration, made
// wrong in one way at a time.
#include "config/config_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tree.hpp"

namespace penstock::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string digest(char digit) { return "sha256:" + std::string(64, digit); }

// Any file that can be read: whether it holds a certificate is seen later.
std::string readable_file() { return test::source_tree() / "gateway/gateway.example.yaml"; }

Config good_config() {
  Config config;
  config.listen.address = "127.0.0.1";
  config.keys.push_back({"app", digest('a')});
  return config;
}

TEST(ConfigCheckTest, AGoodConfigurationHasNoErrors) {
  EXPECT_THAT(check_config(good_config()), IsEmpty());
}

struct Flaw {
  const char* expected;
  void (*make)(Config&);
};
class FlawTest : public ::testing::TestWithParam<Flaw> {};

TEST_P(FlawTest, IsTheOnlyErrorAndIsNamed) {
  Config config = good_config();
  GetParam().make(config);
  EXPECT_THAT(check_config(config), ElementsAre(HasSubstr(GetParam().expected)));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(ConfigCheck, FlawTest, ::testing::Values(
    Flaw{"listen.address: \"here\" is not an IP address", [](Config& c) { c.listen.address = "here"; }},
    Flaw{"listen.trusted_proxies: \"balancer\" is neither an IP address nor a network",
         [](Config& c) { c.http.trusted_proxies = {"10.0.0.7", "balancer"}; }},
    Flaw{"listen.trusted_proxies: \"0.0.0.0/0\" is everybody",
         [](Config& c) { c.http.trusted_proxies = {"0.0.0.0/0"}; }},
    Flaw{"listen.proxy_protocol: true, but listen.trusted_proxies is empty",
         [](Config& c) { c.http.proxy_protocol = true; }},
    Flaw{"listen.tls.certificate: missing, and \"0.0.0.0\" is reachable",
         [](Config& c) { c.listen.address = "0.0.0.0"; }},
    Flaw{"listen.tls.private_key: \"/nowhere/key\" does not exist",
         [](Config& c) { c.listen.tls = {readable_file(), "/nowhere/key"}; }},
    Flaw{"listen.tls.private_key: missing, but listen.tls.certificate is set",
         [](Config& c) { c.listen.tls.certificate_file = readable_file(); }},
    Flaw{"admin.address: \"0.0.0.0\" is reachable", [](Config& c) { c.admin.address = "0.0.0.0"; }},
    Flaw{"admin.port: 8443 is also listen.port", [](Config& c) { c.admin.port = 8443; }},
    Flaw{"project: empty", [](Config& c) { c.project.clear(); }},
    Flaw{"threads: at most 256", [](Config& c) { c.threads = 257; }},
    Flaw{"keys: none", [](Config& c) { c.keys.clear(); }},
    Flaw{"keys[0].id: missing", [](Config& c) { c.keys[0].id.clear(); }},
    Flaw{"keys[1].id: \"app\" is used twice", [](Config& c) { c.keys.push_back({"app", digest('b')}); }},
    Flaw{"keys[1].digest: the same key", [](Config& c) { c.keys.push_back({"b", digest('A')}); }},
    Flaw{"keys[0].digest: expected", [](Config& c) { c.keys[0].digest.pop_back(); }},
    Flaw{"privacy.rules: path rule 2 (details.a hide)",
         [](Config& c) { c.privacy.rules = {"details.b remove", "details.a hide"}; }},
    Flaw{"privacy.rules: path rule 2", [](Config& c) { c.privacy.rules = {"** remove", "details.a allow"}; }},
    Flaw{"privacy.hash_salt_file: missing, but a rule hashes",
         [](Config& c) { c.privacy.rules = {"userId hash"}; }},
    Flaw{"privacy.hash_salt_file: \"/nowhere/salt\"",
         [](Config& c) { c.privacy.hash_salt_file = "/nowhere/salt"; }},
    Flaw{"privacy.rules: rule 1 needs the key \"k1\"",
         [](Config& c) { c.privacy.rules = {"userId pseudonym k1"}; }},
    Flaw{"privacy.pseudonym_keys: \"k1\" names no file",
         [](Config& c) { c.privacy.pseudonym_key_files = {"k1"}; }},
    Flaw{"limits.body_bytes", [](Config& c) { c.admission.body_bytes = wire::kBodyBytesMax + 1; }},
    Flaw{"limits.inflated_bytes", [](Config& c) { c.decode.inflated_bytes = wire::kInflatedBytesMax + 1; }},
    Flaw{"limits.inflated_bytes", [](Config& c) { c.decode.inflated_bytes = c.admission.body_bytes - 1; }},
    Flaw{"limits.events_per_batch", [](Config& c) { c.decode.events_per_batch = 0; }},
    Flaw{"limits.events_per_batch", [](Config& c) { c.decode.events_per_batch = wire::kBatchEventsMax + 1; }},
    Flaw{"limits.event_bytes", [](Config& c) { c.decode.event_bytes = wire::kEventBytesMax + 1; }},
    Flaw{"limits.depth", [](Config& c) { c.decode.depth = wire::kJsonDepthMax + 1; }},
    Flaw{"limits.connections_max", [](Config& c) { c.http.connections_max = 0; }},
    Flaw{"limits.bodies_in_flight_bytes",
         [](Config& c) { c.memory.bodies_in_flight_bytes = c.admission.body_bytes - 1; }},
    Flaw{"memory_max: 1048576 is too little for 2 threads; give at least 128MiB",
         [](Config& c) { c.threads = 2, c.memory.bytes_max = 1 << 20; }},
    Flaw{"limits.bodies_in_flight_bytes: 1073741824 is more than memory_max leaves",
         [](Config& c) { c.memory.bodies_in_flight_bytes = std::size_t{1} << 30; }},
    Flaw{"kafka.queue_bytes_max: 1073741824 is more than memory_max leaves",
         [](Config& c) { c.memory.queue_bytes_max = std::size_t{1} << 30; }},
    Flaw{"limits.header_timeout: must be more than 0",
         [](Config& c) { c.http.header_timeout = milliseconds(0); }},
    Flaw{"kafka.delivery_timeout: 19000ms must be less than limits.request_timeout (19000ms)",
         [](Config& c) { c.kafka.delivery_timeout = c.http.request_timeout = milliseconds(19000); }},
    Flaw{"limits.body_timeout: 30000ms must be less than limits.request_timeout",
         [](Config& c) { c.http.body_timeout = c.http.request_timeout; }},
    Flaw{"must be less than drain.timeout", [](Config& c) { c.drain.timeout = c.kafka.delivery_timeout; }},
    Flaw{"kafka.linger", [](Config& c) { c.kafka.linger = c.kafka.delivery_timeout; }},
    Flaw{"kafka.topic_prefix", [](Config& c) { c.kafka.topic_prefix = "a b"; }},
    Flaw{"kafka.partitions", [](Config& c) { c.kafka.partitions = 0; }},
    Flaw{"kafka.queue_events_max: give limits.events_per_batch (1000)",
         [](Config& c) { c.kafka.queue_events_max = 999; }},
    Flaw{"kafka.queue_bytes_max: give at least twice",
         [](Config& c) { c.memory.queue_bytes_max = 2 * c.decode.inflated_bytes - 1; }}));
// clang-format on

struct Leave {
  const char* name;
  void (*make)(Config&);
};
class LeaveTest : public ::testing::TestWithParam<Leave> {};

TEST_P(LeaveTest, IsTaken) {
  Config config = good_config();
  GetParam().make(config);
  EXPECT_THAT(check_config(config), IsEmpty()) << GetParam().name;
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(ConfigCheck, LeaveTest, ::testing::Values(
    Leave{"plain HTTP behind a proxy",
          [](Config& c) { c.listen.address = "0.0.0.0"; c.listen.allow_plain = true; }},
    Leave{"remote admin on purpose",
          [](Config& c) { c.admin.address = "0.0.0.0"; c.admin.allow_remote = true; }},
    Leave{"any free port for both", [](Config& c) { c.listen.port = c.admin.port = 0; }},
    Leave{"the same port on two addresses",
          [](Config& c) { c.admin.address = "127.0.0.2"; c.admin.port = c.listen.port; }},
    Leave{"IPv6 loopback", [](Config& c) { c.listen.address = c.admin.address = "::1"; }},
    Leave{"every limit at the protocol's", [](Config& c) { c.decode.depth = wire::kJsonDepthMax; }}));
// clang-format on

TEST(ConfigCheckTest, AllErrorsAreReportedAtOnceAndNoneShowsADigest) {
  Config config = good_config();
  config.keys[0].digest = "hunter2";
  config.project.clear();
  config.decode.depth = 0;
  const auto errors = check_config(config);
  EXPECT_EQ(errors.size(), 3U);
  EXPECT_THAT(errors, ::testing::Each(Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace penstock::gateway
