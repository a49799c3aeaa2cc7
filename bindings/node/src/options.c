/* An object of options becomes a penstock_options; what is not given keeps its default. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "option_values.h"

static const char* const kCompressions[] = {"none", "gzip", "zstd", NULL};
static const char* const kWithoutConsent[] = {"send", "keep", "drop", NULL};
static const char* const kSessionModes[] = {"off", "manual", "automatic", NULL};

#define AT(member) offsetof(penstock_options, member)
#define PLAIN(name, type, member) {name, type, AT(member), 0, NULL}
#define LIST(name, type, member) {name, type, AT(member), AT(member##_count), NULL}
#define CHOSEN(name, member, choices) {name, CHOICE, AT(member), 0, choices}

static const option kOptions[] = {
    PLAIN("directory", TEXT, directory),
    PLAIN("endpoint", TEXT, endpoint),
    PLAIN("writeKey", TEXT, write_key),
    PLAIN("appName", TEXT, app_name),
    PLAIN("appVersion", TEXT, app_version),
    LIST("context", FIELDS, context),
    PLAIN("diskBytesMax", WHOLE_64, disk_bytes_max),
    PLAIN("segmentBytes", SIZE, segment_bytes),
    PLAIN("eventBytesMax", SIZE, event_bytes_max),
    PLAIN("syncIntervalMs", WHOLE_32, sync_interval_ms),
    PLAIN("adoptIntervalMs", WHOLE_32, adopt_interval_ms),
    PLAIN("batchEventsMax", SIZE, batch_events_max),
    PLAIN("batchBytesMax", SIZE, batch_bytes_max),
    PLAIN("batchAgeMaxMs", WHOLE_32, batch_age_max_ms),
    CHOSEN("compression", compression, kCompressions),
    PLAIN("connectTimeoutMs", WHOLE_32, connect_timeout_ms),
    PLAIN("requestTimeoutMs", WHOLE_32, request_timeout_ms),
    PLAIN("retryDelayMinMs", WHOLE_32, retry_delay_min_ms),
    PLAIN("retryDelayMaxMs", WHOLE_32, retry_delay_max_ms),
    PLAIN("refusalDelayMinMs", WHOLE_32, refusal_delay_min_ms),
    PLAIN("refusalDelayMaxMs", WHOLE_32, refusal_delay_max_ms),
    PLAIN("caFile", TEXT, ca_file),
    LIST("removeFields", TEXTS, remove_fields),
    LIST("allowFields", TEXTS, allow_fields),
    PLAIN("maskEmails", FLAG, mask_emails),
    PLAIN("maskCards", FLAG, mask_cards),
    PLAIN("maskPhones", FLAG, mask_phones),
    LIST("detect", TEXTS, detect),
    LIST("doNotDetect", TEXTS, do_not_detect),
    LIST("privacyRules", TEXTS, privacy_rules),
    LIST("pseudonymKeys", KEYS, pseudonym_keys),
    PLAIN("dangerouslyDisableTlsVerification", FLAG, dangerously_disable_tls_verification),
    PLAIN("dangerouslyAllowPlainHttp", FLAG, dangerously_allow_plain_http),
    PLAIN("proxy", TEXT, proxy),
    PLAIN("caPem", TEXT, ca_pem),
    LIST("pinnedPublicKeys", TEXTS, pinned_public_keys),
    PLAIN("clientCertificateFile", TEXT, client_certificate_file),
    PLAIN("clientKeyFile", TEXT, client_key_file),
    CHOSEN("withoutConsent", without_consent, kWithoutConsent),
    PLAIN("eventAgeMaxHours", WHOLE_32, event_age_max_hours),
    CHOSEN("sessionMode", session_mode, kSessionModes),
    PLAIN("sessionIdleMaxMs", WHOLE_32, session_idle_max_ms),
    LIST("eventTypes", TEXTS, event_types),
};
enum { OPTIONS = sizeof kOptions / sizeof kOptions[0] };

static const option* find_option(const char* name) {
  for (size_t i = 0; i < OPTIONS; ++i) {
    if (strcmp(kOptions[i].name, name) == 0) return &kOptions[i];
  }
  return NULL;
}

static penstock_status read_named(reading* reading, napi_value object, napi_value name) {
  const napi_env env = reading->at->env;
  char text[64] = "";
  size_t size = 0;
  napi_get_value_string_utf8(env, name, text, sizeof text, &size);
  const option* const option = find_option(text);
  if (option == NULL) {
    char message[128];
    snprintf(message, sizeof message, "there is no option \"%s\"", text);
    return refuse(reading->at->home, message);
  }
  napi_value value = NULL;
  if (napi_get_property(env, object, name, &value) != napi_ok) {
    return refuse_named(reading->at->home, text, "readable");
  }
  return is_nothing(env, value) ? PENSTOCK_OK : read_option(reading, option, value);
}

penstock_status read_options(call* at, napi_value object, penstock_options* options,
                             void** memory) {
  reading reading = {at, NULL, (char*)options};
  napi_value names = NULL;
  uint32_t count = 0;
  penstock_status status = own_names(&reading, object, "options", &names, &count);
  for (uint32_t i = 0; i < count && status == PENSTOCK_OK; ++i) {
    napi_value name = NULL;
    napi_get_element(at->env, names, i, &name);
    status = read_named(&reading, object, name);
  }
  *memory = reading.blocks;
  return status;
}
