#include "client/options_check.hpp"

#include <string>
#include <string_view>

#include "event/event_types.hpp"
#include "https/endpoint.hpp"
#include "wire/limits.hpp"

namespace penstock {
namespace {

constexpr std::size_t kSegmentBytesMin = 64 * 1024;
constexpr std::size_t kSegmentBytesMax = 64 * 1024 * 1024;

Status invalid(std::string message) { return {StatusCode::kInvalidOption, std::move(message)}; }

bool is_printable_ascii(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
  }
  return true;
}

Status check_range(const char* name, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return invalid(std::string(name) + " is " + std::to_string(value) + "; it takes " +
                 std::to_string(least) + " to " + std::to_string(most));
}

Status check_duration(const char* name, std::chrono::milliseconds value,
                      std::chrono::milliseconds least) {
  if (value >= least && value <= std::chrono::hours(24)) return {};
  return invalid(std::string(name) + " is " + std::to_string(value.count()) + " ms; it takes " +
                 std::to_string(least.count()) + " ms to 24 hours");
}

Status check_endpoint(const Options& options, const https::Endpoint& endpoint) {
  if (endpoint.tls || options.dangerously_allow_plain_http) return {};
  return invalid(
      "endpoint begins with \"http://\", which lets anyone on the way read the events and the key; "
      "use \"https://\" (for a self-made certificate: with ca_file)");
}

// How options of the network go together; what they hold, https/ checks.
Status check_network(const Options& options, const https::Endpoint& endpoint) {
  if (!options.proxy.empty() && options.proxy_for_url) {
    return invalid("proxy and proxy_for_url are both set; leave one of them empty");
  }
  if (options.client_certificate_file.empty() != options.client_key_file.empty()) {
    return invalid(
        "client_certificate_file and client_key_file are a pair; set both, or leave both empty");
  }
  if (options.pinned_public_keys.empty()) return {};
  if (options.dangerously_disable_tls_verification) {
    return invalid(
        "pinned_public_keys say whom to trust beyond verification, which "
        "dangerously_disable_tls_verification turns off; leave one of them out");
  }
  if (!endpoint.tls) {
    return invalid("pinned_public_keys need an endpoint that begins with \"https://\"");
  }
  return {};
}

Status check_event_types(const Options& options) {
  constexpr std::size_t kTypesMax = 64;
  if (options.event_types.size() > kTypesMax)
    return invalid("event_types has more than 64 names; tell events apart by their details");
  for (std::size_t i = 0; i < options.event_types.size(); ++i) {
    if (EventTypes::is_name(options.event_types[i])) continue;
    return invalid("name " + std::to_string(i + 1) +
                   " of event_types is not 1 to 64 letters and digits that begin with a capital, "
                   "or is one of Penstock's own; it looks like \"Purchase\"");
  }
  return {};
}

}  // namespace

Status check_event_options(const Options& options) {
  Status range = check_range("event_bytes_max", options.event_bytes_max, 1024,
                             wire::kEventBytesMax - wire::kSeqFieldBytesMax);
  return range ? check_event_types(options) : range;
}

Status check_options(const Options& options) {
  if (options.directory.empty()) {
    return invalid(
        "directory is empty; name a folder on a local disk that only this user can read");
  }
  if (options.directory.find('\0') != std::string::npos)
    return invalid("directory holds a NUL byte; remove it");
  const auto endpoint = https::parse_endpoint(options.endpoint);
  if (!endpoint) return endpoint.status();
  if (Status status = check_endpoint(options, *endpoint); !status) return status;
  if (options.write_key.empty())
    return invalid("write_key is empty; ask the gateway's operator for one");
  if (options.write_key.size() > wire::kHeaderValueBytesMax ||
      !is_printable_ascii(options.write_key)) {
    return invalid(
        "write_key is longer than 256 bytes or has spaces or characters outside of ASCII; "
        "copy it again from where it was issued");
  }

  const Status checks[] = {
      check_event_options(options),
      check_range("segment_bytes", options.segment_bytes, kSegmentBytesMin, kSegmentBytesMax),
      check_range("batch_events_max", options.batch_events_max, 1, wire::kBatchEventsMax),
      check_range("batch_bytes_max", options.batch_bytes_max, 1024, wire::kInflatedBytesMax / 2),
      check_range("event_age_max (hours)",
                  static_cast<std::uint64_t>(options.event_age_max.count()), 0, 24 * 366),
      check_duration("batch_age_max", options.batch_age_max, std::chrono::milliseconds(0)),
      check_duration("sync_interval", options.sync_interval, std::chrono::milliseconds(0)),
      check_duration("session_idle_max", options.session_idle_max, std::chrono::milliseconds(1)),
      check_duration("adopt_interval", options.adopt_interval, std::chrono::milliseconds(0)),
      check_duration("connect_timeout", options.connect_timeout, std::chrono::milliseconds(1)),
      check_duration("request_timeout", options.request_timeout, std::chrono::milliseconds(1)),
      check_duration("retry_delay_min", options.retry_delay_min, std::chrono::milliseconds(1)),
      check_duration("retry_delay_max", options.retry_delay_max, options.retry_delay_min),
      check_duration("refusal_delay_min", options.refusal_delay_min, std::chrono::milliseconds(1)),
      check_duration("refusal_delay_max", options.refusal_delay_max, options.refusal_delay_min),
      check_network(options, *endpoint),
  };
  for (const Status& status : checks) {
    if (!status) return status;
  }
  if (options.segment_bytes < 4 * options.event_bytes_max) {
    return invalid(
        "segment_bytes is less than four times event_bytes_max; raise it or lower event_bytes_max");
  }
  if (options.disk_bytes_max < 2 * static_cast<std::uint64_t>(options.segment_bytes)) {
    return invalid(
        "disk_bytes_max is less than two segments of segment_bytes; raise it or lower "
        "segment_bytes");
  }
  return {};
}

}  // namespace penstock
