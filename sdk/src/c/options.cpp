// Options from C, and what else is asked for once.

#include <chrono>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "c/handles.hpp"

namespace penstock::c {
namespace {

Compression to_compression(penstock_compression compression) {
  switch (compression) {
    case PENSTOCK_COMPRESSION_NONE:
      return Compression::kNone;
    case PENSTOCK_COMPRESSION_GZIP:
      return Compression::kGzip;
    case PENSTOCK_COMPRESSION_ZSTD:
      return Compression::kZstd;
    default:
      throw BadArgument{"options.compression must be one of the PENSTOCK_COMPRESSION_ values"};
  }
}

struct ProxyUnknown {};

WithoutConsent to_without_consent(penstock_without_consent without) {
  switch (without) {
    case PENSTOCK_WITHOUT_CONSENT_SEND:
      return WithoutConsent::kSend;
    case PENSTOCK_WITHOUT_CONSENT_KEEP:
      return WithoutConsent::kKeep;
    case PENSTOCK_WITHOUT_CONSENT_DROP:
      return WithoutConsent::kDrop;
    default:
      throw BadArgument{
          "options.without_consent must be one of the PENSTOCK_WITHOUT_CONSENT_ values"};
  }
}

SessionMode to_session_mode(penstock_session_mode mode) {
  switch (mode) {
    case PENSTOCK_SESSION_OFF:
      return SessionMode::kOff;
    case PENSTOCK_SESSION_MANUAL:
      return SessionMode::kManual;
    case PENSTOCK_SESSION_AUTOMATIC:
      return SessionMode::kAutomatic;
    default:
      throw BadArgument{"options.session_mode must be one of the PENSTOCK_SESSION_ values"};
  }
}
// More than any program gives, and few enough to be read.
constexpr std::size_t kOptionFieldsMax = 4096;

// Of options: a count may be anything.
template <typename T>
std::span<const T> option_array(const T* data, std::size_t count, const char* message) {
  if (count > kOptionFieldsMax) {
    throw BadArgument{
        "a count in the options is larger than 4096; is it the number of the array's elements?"};
  }
  return array_of(data, count, message);
}

// Throws what ends up as a failed attempt to connect.
std::string ask_for_proxy(penstock_proxy_callback callback, void* context, std::string_view url) {
  char proxy[512] = "";
  if (callback(context, {url.data(), url.size()}, proxy, sizeof proxy) != 0) throw ProxyUnknown();
  return {proxy, strnlen(proxy, sizeof proxy)};
}

void copy_network(const penstock_options& from, Options& to) {
  to.proxy = view(from.proxy);
  if (from.proxy_for_url != nullptr) {
    to.proxy_for_url = [callback = from.proxy_for_url, context = from.proxy_for_url_context](
                           std::string_view url) { return ask_for_proxy(callback, context, url); };
  }
  to.ca_pem = view(from.ca_pem);
  for (const auto& pin : option_array(from.pinned_public_keys, from.pinned_public_keys_count,
                                      "options.pinned_public_keys is NULL but has a count")) {
    to.pinned_public_keys.emplace_back(view(pin));
  }
  to.client_certificate_file = view(from.client_certificate_file);
  to.client_key_file = view(from.client_key_file);
}

void copy_texts(const penstock_text* from, std::size_t count, const char* message,
                std::vector<std::string>& to) {
  for (const auto& text : option_array(from, count, message)) to.emplace_back(view(text));
}

void copy_privacy(const penstock_options& from, Options& to) {
  copy_texts(from.detect, from.detect_count, "options.detect is NULL but has a count", to.detect);
  copy_texts(from.do_not_detect, from.do_not_detect_count,
             "options.do_not_detect is NULL but has a count", to.do_not_detect);
  copy_texts(from.privacy_rules, from.privacy_rules_count,
             "options.privacy_rules is NULL but has a count", to.privacy_rules);
  for (const auto& key : option_array(from.pseudonym_keys, from.pseudonym_keys_count,
                                      "options.pseudonym_keys is NULL but has a count")) {
    to.pseudonym_keys.emplace_back(view(key.name), view(key.value));
  }
}

}  // namespace

Options to_options(const penstock_options& from) {
  using std::chrono::milliseconds;
  Options to;
  to.directory = view(from.directory);
  to.endpoint = view(from.endpoint);
  to.write_key = view(from.write_key);
  to.app_name = view(from.app_name);
  to.app_version = view(from.app_version);
  for (const auto& field :
       option_array(from.context, from.context_count, "options.context is NULL but has a count")) {
    to.context.emplace_back(view(field.name), view(field.value));
  }
  to.disk_bytes_max = from.disk_bytes_max;
  to.segment_bytes = from.segment_bytes;
  to.event_bytes_max = from.event_bytes_max;
  to.sync_interval = milliseconds(from.sync_interval_ms);
  to.adopt_interval = milliseconds(from.adopt_interval_ms);
  to.batch_events_max = from.batch_events_max;
  to.batch_bytes_max = from.batch_bytes_max;
  to.batch_age_max = milliseconds(from.batch_age_max_ms);
  to.compression = to_compression(from.compression);
  to.connect_timeout = milliseconds(from.connect_timeout_ms);
  to.request_timeout = milliseconds(from.request_timeout_ms);
  to.retry_delay_min = milliseconds(from.retry_delay_min_ms);
  to.retry_delay_max = milliseconds(from.retry_delay_max_ms);
  to.refusal_delay_min = milliseconds(from.refusal_delay_min_ms);
  to.refusal_delay_max = milliseconds(from.refusal_delay_max_ms);
  to.ca_file = view(from.ca_file);
  for (const auto& name : option_array(from.remove_fields, from.remove_fields_count,
                                       "options.remove_fields is NULL but has a count")) {
    to.remove_fields.emplace_back(view(name));
  }
  for (const auto& name : option_array(from.allow_fields, from.allow_fields_count,
                                       "options.allow_fields is NULL but has a count")) {
    to.allow_fields.emplace_back(view(name));
  }
  for (const auto& name : option_array(from.event_types, from.event_types_count,
                                       "options.event_types is NULL but has a count")) {
    to.event_types.emplace_back(view(name));
  }
  to.mask_emails = from.mask_emails != 0;
  to.mask_cards = from.mask_cards != 0;
  to.mask_phones = from.mask_phones != 0;
  to.dangerously_disable_tls_verification = from.dangerously_disable_tls_verification != 0;
  to.dangerously_allow_plain_http = from.dangerously_allow_plain_http != 0;
  copy_network(from, to);
  copy_privacy(from, to);
  to.without_consent = to_without_consent(from.without_consent);
  to.event_age_max = std::chrono::hours(from.event_age_max_hours);
  to.session_mode = to_session_mode(from.session_mode);
  to.session_idle_max = milliseconds(from.session_idle_max_ms);
  if (from.log != nullptr) {
    to.log = [callback = from.log, context = from.log_context](
                 LogLevel level, std::string_view code, std::string_view text) {
      callback(context, static_cast<penstock_log_level>(level), {code.data(), code.size()},
               {text.data(), text.size()});
    };
  }
  return to;
}

Consent to_consent(penstock_consent consent) {
  switch (consent) {
    case PENSTOCK_CONSENT_UNKNOWN:
      return Consent::kUnknown;
    case PENSTOCK_CONSENT_GRANTED:
      return Consent::kGranted;
    case PENSTOCK_CONSENT_DENIED:
      return Consent::kDenied;
    default:
      throw BadArgument{"consent must be one of the PENSTOCK_CONSENT_ values"};
  }
}

}  // namespace penstock::c
