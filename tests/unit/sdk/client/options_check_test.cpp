// Goal: an option that cannot work is refused at open, with its name and the cure, and never with
// the key. Method: good options, one of them spoilt.
#include "client/options_check.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <string>

namespace penstock {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Options good_options() {
  Options options;
  options.directory = "/var/tmp/example";
  options.endpoint = "https://telemetry.example.com:8443";
  options.write_key = "pk_live_0123456789";
  return options;
}

TEST(OptionsCheckTest, TheDefaultsAreGood) { EXPECT_TRUE(check_options(good_options()).ok()); }

TEST(OptionsCheckTest, EachBadOptionIsNamed) {
  const std::pair<const char*, std::function<void(Options&)>> cases[] = {
      {"directory", [](Options& o) { o.directory.clear(); }},
      {"directory", [](Options& o) { o.directory.assign("a\0b", 3); }},
      {"endpoint", [](Options& o) { o.endpoint.clear(); }},
      {"endpoint", [](Options& o) { o.endpoint = "telemetry.example.com"; }},
      {"endpoint", [](Options& o) { o.endpoint = "https://"; }},
      {"endpoint", [](Options& o) { o.endpoint = "https://:8443"; }},
      {"endpoint", [](Options& o) { o.endpoint = "https://host/path"; }},
      {"endpoint", [](Options& o) { o.endpoint = "https://user:password@host"; }},
      {"endpoint", [](Options& o) { o.endpoint = "https://ho st"; }},
      {"http://", [](Options& o) { o.endpoint = "http://host"; }},
      {"write_key", [](Options& o) { o.write_key.clear(); }},
      {"write_key", [](Options& o) { o.write_key = "pk_live_0123456789\r\nX-Injected: 1"; }},
      {"write_key", [](Options& o) { o.write_key.assign(257, 'k'); }},
      {"event_bytes_max", [](Options& o) { o.event_bytes_max = 0; }},
      {"event_bytes_max", [](Options& o) { o.event_bytes_max = 1 << 30; }},
      {"segment_bytes", [](Options& o) { o.segment_bytes = 1; }},
      {"segment_bytes", [](Options& o) { o.segment_bytes = 4 * o.event_bytes_max - 1; }},
      {"disk_bytes_max", [](Options& o) { o.disk_bytes_max = 2 * o.segment_bytes - 1; }},
      {"event_types", [](Options& o) { o.event_types = {"Purchase", "purchase"}; }},
      {"event_types", [](Options& o) { o.event_types = {""}; }},
      {"event_types", [](Options& o) { o.event_types = {"Refund-Paid"}; }},
      {"event_types", [](Options& o) { o.event_types = {std::string(65, 'A')}; }},
      {"event_types", [](Options& o) { o.event_types = {"DatabaseChange"}; }},
      {"event_types", [](Options& o) { o.event_types.assign(65, "Purchase"); }},
      {"batch_events_max", [](Options& o) { o.batch_events_max = 0; }},
      {"batch_events_max", [](Options& o) { o.batch_events_max = 1001; }},
      {"batch_bytes_max", [](Options& o) { o.batch_bytes_max = 0; }},
      {"batch_age_max", [](Options& o) { o.batch_age_max = std::chrono::milliseconds(-1); }},
      {"sync_interval", [](Options& o) { o.sync_interval = std::chrono::milliseconds(-1); }},
      {"adopt_interval", [](Options& o) { o.adopt_interval = std::chrono::hours(25); }},
      {"connect_timeout", [](Options& o) { o.connect_timeout = std::chrono::milliseconds(0); }},
      {"request_timeout", [](Options& o) { o.request_timeout = std::chrono::hours(25); }},
      {"retry_delay_max", [](Options& o) { o.retry_delay_max = o.retry_delay_min / 2; }},
      {"proxy_for_url",
       [](Options& o) {
         o.proxy = "http://proxy:3128";
         o.proxy_for_url = [](std::string_view) { return std::string(); };
       }},
      {"client_key_file", [](Options& o) { o.client_certificate_file = "client.pem"; }},
      {"client_certificate_file", [](Options& o) { o.client_key_file = "client.key"; }},
      {"pinned_public_keys",
       [](Options& o) {
         o.pinned_public_keys = {"a", "b"};
         o.dangerously_disable_tls_verification = true;
       }},
      {"pinned_public_keys",
       [](Options& o) {
         o.pinned_public_keys = {"a", "b"};
         o.endpoint = "http://host";
         o.dangerously_allow_plain_http = true;
       }},
  };
  for (const auto& [named, spoil] : cases) {
    Options options = good_options();
    spoil(options);
    const Status status = check_options(options);
    EXPECT_EQ(status.code(), StatusCode::kInvalidOption) << named;
    EXPECT_THAT(status.message(), HasSubstr(named));
    EXPECT_THAT(status.message(), Not(HasSubstr("pk_live")));
  }
}

TEST(OptionsCheckTest, PlainHttpNeedsTheDangerousOption) {
  Options options = good_options();
  options.endpoint = "http://127.0.0.1:8080";
  options.dangerously_allow_plain_http = true;
  EXPECT_TRUE(check_options(options).ok());
}

}  // namespace
}  // namespace penstock
