// Every knob of a Client: its unit, its default, and what it costs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

enum class Compression { kNone, kGzip, kZstd };

enum class WithoutConsent {
  kSend,  // nobody is asked: recorded and sent
  kKeep,  // recorded, and kept on the device until there is an answer
  kDrop,  // not recorded: track() returns kNotAllowed
};

enum class LogLevel { kInfo, kWarning, kError };
// `code` names the kind of line, for programs: "retrying", "refused", "sending", "rejected",
// "dropped", "adopted". `text` is for people: what, where, and what to do; never an event's content
// or a key. Both are valid during the call.
using LogCallback =
    std::function<void(LogLevel level, std::string_view code, std::string_view text)>;

// Who starts and ends sessions.
enum class SessionMode {
  kOff,        // nobody
  kManual,     // the program: Client::start_session(), end_session()
  kAutomatic,  // the client: with the first event, and after an idle time; the program may, too
};

struct Options {
  // --- Must be set ------------------------------------------------------------------------------
  // Folder of the journal, created if missing (mode 0700). Several processes may name the same one:
  // each takes a slot of its own in it. Must be on a local file system. A relative path counts from
  // where the program is at open(). Refused if it, or what is in
  // it, belongs to another user, or if group or others may write it.
  std::string directory;
  // The gateway, as in "https://telemetry.example.com". "http://" is refused unless
  // dangerously_allow_plain_http is set.
  std::string endpoint;
  // The write key that the gateway's operator gave. Sent in the Authorization header only.
  std::string write_key;

  // --- Who sends --------------------------------------------------------------------------------
  std::string app_name;
  std::string app_version;
  // Constant context, sent once per batch: locale, device, sourceSystem, … `app`, `version` and
  // `os` are filled in unless given. UTF-8; each name once, also after masking; 8 KiB and 64 fields
  // at most.
  std::vector<std::pair<std::string, std::string>> context;

  // --- The disk ---------------------------------------------------------------------------------
  // Most bytes that the journal of this process uses, preallocated in segments of segment_bytes.
  // When it is full, track() fails with kStorageFull. At least two segments.
  std::uint64_t disk_bytes_max = 64ULL * 1024 * 1024;
  // One mapped file. Larger: fewer changes of file; costs twice this much memory. 64 KiB to 64 MiB,
  // and at least four times event_bytes_max.
  std::size_t segment_bytes = 1024 * 1024;
  // Largest encoded event; up to 256 KiB.
  std::size_t event_bytes_max = 64 * 1024;
  // Events that wait longer than this for the gateway are given up and counted. 0: they wait for
  // ever. By the wall clock: one that is set far ahead makes all of them old.
  std::chrono::hours event_age_max{0};
  // How often what was recorded is forced to the disk. A kill of the process loses nothing either
  // way; a power cut may take the last interval. 0 leaves it to the kernel (about 30 s on Linux)
  // and costs nothing.
  std::chrono::milliseconds sync_interval{0};
  // How often the sender looks for what processes left in `directory` that have been killed since,
  // or have ended without sending, and sends that too; it looks at open() and at flush() in any
  // case. 0: only then. Up to 24 hours. A resident program that sends for others, which live for a
  // moment and end with close(0ms), sets a second or so.
  std::chrono::milliseconds adopt_interval = std::chrono::minutes(3);

  // --- Consent ----------------------------------------------------------------------------------
  // What happens to events as long as nobody has called Client::set_consent() for this directory.
  WithoutConsent without_consent = WithoutConsent::kSend;

  // --- Sessions ---------------------------------------------------------------------------------
  // A session groups what one user does at a stretch. SessionStart and SessionEnd are recorded for
  // it, and all events in between carry its sessionId. The end of one whose process was killed is
  // recorded by the next process that opens this directory.
  SessionMode session_mode = SessionMode::kManual;
  // With kAutomatic: a session ends when nothing was recorded for so long. By a clock that neither
  // sleep nor a change of the time touches. 1 ms to 24 hours.
  std::chrono::milliseconds session_idle_max = std::chrono::minutes(30);

  // --- Log --------------------------------------------------------------------------------------
  // Told when something changes that people should know: that the gateway cannot be reached or
  // refuses, and takes events again; that events were given up, or went to the dead letters. At
  // most one line a minute of each code. Called on the sender thread, which is that of other
  // clients too, and may outlast the client by a moment: it must not refer to what goes with it, or
  // wait. It may call track(); calls that wait, as flush() and close(), and those of sessions and
  // pages fail with kMisuse there. What it throws is dropped.
  LogCallback log;

  // --- Batches ----------------------------------------------------------------------------------
  // A batch is sent when it has this many events, or the oldest is this old.
  std::size_t batch_events_max = 256;        // up to 1000
  std::size_t batch_bytes_max = 512 * 1024;  // before compression
  std::chrono::milliseconds batch_age_max{2000};
  Compression compression = Compression::kZstd;

  // --- The network ------------------------------------------------------------------------------
  // From the first look-up of a name to the end of the TLS handshake, proxies included. 1 ms to 24
  // hours, as request_timeout.
  std::chrono::milliseconds connect_timeout{10'000};
  // From the first byte sent to the answer's last. Longer than the gateway's own request deadline
  // (30 s), so that the gateway can answer before the SDK repeats.
  std::chrono::milliseconds request_timeout{45'000};
  // A retry waits a random time between 0 and min(max, min * 2^attempt): exponential backoff with
  // full jitter.
  std::chrono::milliseconds retry_delay_min{500};
  std::chrono::milliseconds retry_delay_max{60'000};
  // After a refusal (400, 401, 403, 415), which a person has to cure: the same, from a minute to an
  // hour, and never less than half of it. Client::flush() asks at once.
  std::chrono::milliseconds refusal_delay_min{60'000};
  std::chrono::milliseconds refusal_delay_max{3'600'000};
  // How the gateway is reached: "[http|https|socks5://][user:password@]host:port". User and
  // password are sent as HTTP's Basic, with %xx for what an address cannot hold; to a proxy without
  // "https://" they travel readable. Empty: as https_proxy, all_proxy and no_proxy of the
  // environment say (for an http:// endpoint: http_proxy), which are read in open() alone, and not
  // by a setuid program. "direct": without a proxy, whatever the environment says. One that is none
  // fails with kInvalidOption; one that does not answer or wants another password (407) is tried
  // again.
  std::string proxy;
  // Asked before each connection instead, with the gateway's URL: for proxies that change with the
  // network. Returns what `proxy` takes; empty: no proxy. Called on the sender thread, which may
  // outlast the client by a moment: it must not call the client, refer to what goes with it, or
  // wait. What it throws counts as a failed attempt. Not together with `proxy`.
  std::function<std::string(std::string_view url)> proxy_for_url;
  // The authorities to trust instead of the system's, for the gateway and for an https:// proxy: a
  // PEM file, and PEM text of at most 4 MiB each. Both may be set; they are read in open(), which
  // fails with kInvalidOption if it finds no certificate there. The system's are looked for when
  // they are needed first: SSL_CERT_FILE and SSL_CERT_DIR, OpenSSL's own paths, then those of
  // common distributions.
  std::string ca_file;
  std::string ca_pem;
  // Besides being trusted, one certificate of the gateway's chain must have one of these public
  // keys: "sha256/" and the base64 of the SHA-256 of its SubjectPublicKeyInfo. At least two
  // different ones (kInvalidOption), so that the gateway's key can be replaced. DANGEROUS: programs
  // that know none of the gateway's keys any more cannot send until they are updated. Not for
  // proxies.
  std::vector<std::string> pinned_public_keys;
  // Who the client is, for a gateway that asks in TLS: PEM files, the client's certificate before
  // those of its authorities, and its key, not encrypted, which other users must not be able to
  // read. Both or none; read in open(), which fails with kInvalidOption unless they are a pair.
  // Proxies do not get to see them.
  std::string client_certificate_file;
  std::string client_key_file;
  // DANGEROUS: anyone between the program and the gateway can read and take the events and the key.
  // For a first try on one machine only; ca_file does the same safely.
  bool dangerously_disable_tls_verification = false;
  // DANGEROUS: as above, and not even encrypted.
  bool dangerously_allow_plain_http = false;

  // --- Types of events --------------------------------------------------------------------------
  // Those besides UserActivity and DatabaseChange that the program records (Event::custom()), and
  // that a schema is registered for at the gateway: up to 64, each 1 to 64 letters and digits with
  // a capital first. An event of another type is refused by track(), rather than by the gateway.
  std::vector<std::string> event_types;

  // --- Privacy, applied before the first byte reaches the journal -------------------------------
  // Names of fields whose values are replaced by "[removed]", besides the built-in ones (password,
  // token, cardNumber, cin, ssn, …). Case, '_', '-', '.' and spaces do not count.
  std::vector<std::string> remove_fields;
  // Built-in names that this program uses for something harmless.
  std::vector<std::string> allow_fields;
  bool mask_emails = true;
  bool mask_cards = true;
  bool mask_phones = true;
  // Kinds of personal data to look for in text besides the default ones, by the names that
  // docs/privacy.md lists: "coordinates", "bare_national_ids", …
  std::vector<std::string> detect;
  // Kinds that are not looked for. mask_emails = false is the same as "emails" here, and so on. An
  // unknown name, and one in both lists, fails with kInvalidOption.
  std::vector<std::string> do_not_detect;
  // What happens to single fields, by their path; up to 64 lines "<path> <action>":
  //     {"details.support allow", "details.customer.name mask last 2", "details.notes remove",
  //      "**.comment replace [comment]", "userId pseudonym k1", "context.device hash"}
  // Path: names from the event's top down, parted by '.'; '*' is one name, '**' any number of them;
  // elements of an array are no level. Action: remove, replace <text>, mask last <n>, hash,
  // pseudonym <key id>, truncate ip, truncate coordinates <n>, truncate day, allow. The first rule
  // that matches a field decides, before names and detectors are asked. docs/privacy.md has all of
  // it. A rule that cannot be read, or can never decide, fails with kInvalidOption. `hash` needs a
  // salt: 32 random bytes that open() keeps in `directory` and that are never sent.
  std::vector<std::string> privacy_rules;
  // What `pseudonym` rules need: id (1 to 32 letters, digits, '-', '_') and key (at least 16
  // bytes). Copied; never written to the disk or the log.
  std::vector<std::pair<std::string, std::string>> pseudonym_keys;
};

}  // namespace penstock
