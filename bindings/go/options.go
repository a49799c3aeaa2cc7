package penstock

// #include "shim.h"
import "C"

import "time"

// An Option is one of [Open]. What no option gives has the library's default.
type Option func(*settings)

// Compression is that of what is sent.
type Compression int

const (
	// CompressionNone sends as it is.
	CompressionNone Compression = C.PENSTOCK_COMPRESSION_NONE
	// CompressionGzip is gzip.
	CompressionGzip Compression = C.PENSTOCK_COMPRESSION_GZIP
	// CompressionZstd is Zstandard, the default.
	CompressionZstd Compression = C.PENSTOCK_COMPRESSION_ZSTD
)

// ConsentPolicy is what happens to events as long as nobody has set a consent.
type ConsentPolicy int

const (
	// SendEvents: nobody is asked; events are recorded and sent. The default.
	SendEvents ConsentPolicy = C.PENSTOCK_WITHOUT_CONSENT_SEND
	// KeepEvents: events are recorded, and kept on the device until there is an answer.
	KeepEvents ConsentPolicy = C.PENSTOCK_WITHOUT_CONSENT_KEEP
	// DropEvents: nothing is recorded; Track fails with [ErrNotAllowed].
	DropEvents ConsentPolicy = C.PENSTOCK_WITHOUT_CONSENT_DROP
)

// SessionMode is who starts and ends sessions.
type SessionMode int

const (
	// SessionOff: nobody.
	SessionOff SessionMode = C.PENSTOCK_SESSION_OFF
	// SessionManual: the program. The default.
	SessionManual SessionMode = C.PENSTOCK_SESSION_MANUAL
	// SessionAutomatic: the client, with the first event and after an idle time; the program may,
	// too.
	SessionAutomatic SessionMode = C.PENSTOCK_SESSION_AUTOMATIC
)

// --- Who sends ---

// WithAppName says which program sends.
func WithAppName(name string) Option {
	return func(s *settings) { s.native.app_name = s.text(name) }
}

// WithAppVersion says which version of it.
func WithAppVersion(version string) Option {
	return func(s *settings) { s.native.app_version = s.text(version) }
}

// WithContext is constant context, sent once per batch: locale, device, sourceSystem, …; at most
// 64 fields and 8 KiB. It is no [context.Context].
func WithContext(fields map[string]string) Option {
	return func(s *settings) { s.native.context, s.native.context_count = s.fields(fields) }
}

// --- The disk ---

// WithDiskBytesMax bounds the journal of this process, in bytes: at least two segments, and 64 MiB
// without it. When it is full, Track fails with [ErrStorageFull].
func WithDiskBytesMax(bytes int64) Option {
	return func(s *settings) {
		s.native.disk_bytes_max = C.uint64_t(s.count("disk_bytes_max", bytes))
	}
}

// WithSegmentBytes is the size of one file of the journal: 64 KiB to 64 MiB, without it 1 MiB.
func WithSegmentBytes(bytes int) Option {
	return func(s *settings) { s.native.segment_bytes = s.size("segment_bytes", bytes) }
}

// WithEventBytesMax bounds one encoded event: up to 256 KiB, without it 64 KiB.
func WithEventBytesMax(bytes int) Option {
	return func(s *settings) { s.native.event_bytes_max = s.size("event_bytes_max", bytes) }
}

// WithEventAgeMax gives up events that wait longer for the gateway: whole hours, rounded up; 0,
// the default, never.
func WithEventAgeMax(age time.Duration) Option {
	return func(s *settings) {
		s.native.event_age_max_hours = s.whole("event_age_max_hours", age, time.Hour)
	}
}

// WithSyncInterval is how often what was recorded is forced to the disk, for a loss of power; 0,
// the default, leaves it to the system. A killed process loses nothing either way.
func WithSyncInterval(interval time.Duration) Option {
	return func(s *settings) { s.native.sync_interval_ms = s.wait("sync_interval_ms", interval) }
}

// WithAdoptInterval is how often the sender looks for what other processes left; up to 24 hours,
// without it 3 minutes; 0: only in Open and Flush.
func WithAdoptInterval(interval time.Duration) Option {
	return func(s *settings) { s.native.adopt_interval_ms = s.wait("adopt_interval_ms", interval) }
}

// --- Consent and sessions ---

// WithoutConsent is what happens to events as long as nobody has called [Client.SetConsent] for the
// directory.
func WithoutConsent(policy ConsentPolicy) Option {
	return func(s *settings) { s.native.without_consent = C.penstock_without_consent(policy) }
}

// WithSessionMode is who starts and ends sessions.
func WithSessionMode(mode SessionMode) Option {
	return func(s *settings) { s.native.session_mode = C.penstock_session_mode(mode) }
}

// WithSessionIdleMax ends a session of [SessionAutomatic] when nothing was recorded for so long:
// 1 ms to 24 hours, without it 30 minutes.
func WithSessionIdleMax(idle time.Duration) Option {
	return func(s *settings) { s.native.session_idle_max_ms = s.wait("session_idle_max_ms", idle) }
}

// --- Batches ---

// WithBatchEventsMax is how many events make a batch: up to 1000, without it 256.
func WithBatchEventsMax(events int) Option {
	return func(s *settings) { s.native.batch_events_max = s.size("batch_events_max", events) }
}

// WithBatchBytesMax bounds a batch before compression; without it 512 KiB.
func WithBatchBytesMax(bytes int) Option {
	return func(s *settings) { s.native.batch_bytes_max = s.size("batch_bytes_max", bytes) }
}

// WithBatchAgeMax is how old the oldest event becomes before a batch is sent; without it 2 seconds.
func WithBatchAgeMax(age time.Duration) Option {
	return func(s *settings) { s.native.batch_age_max_ms = s.wait("batch_age_max_ms", age) }
}

// WithCompression is how batches are compressed.
func WithCompression(compression Compression) Option {
	return func(s *settings) { s.native.compression = C.penstock_compression(compression) }
}

// --- The network ---

// WithConnectTimeout bounds a connection's begin, TLS included: 1 ms to 24 hours, without it 10 s.
func WithConnectTimeout(timeout time.Duration) Option {
	return func(s *settings) { s.native.connect_timeout_ms = s.wait("connect_timeout_ms", timeout) }
}

// WithRequestTimeout bounds a request: 1 ms to 24 hours, without it 45 s.
func WithRequestTimeout(timeout time.Duration) Option {
	return func(s *settings) { s.native.request_timeout_ms = s.wait("request_timeout_ms", timeout) }
}

// WithRetryDelay bounds the random time that a retry waits, which grows from shortest to longest;
// without it 500 ms and a minute.
func WithRetryDelay(shortest, longest time.Duration) Option {
	return func(s *settings) {
		s.native.retry_delay_min_ms = s.wait("retry_delay_min_ms", shortest)
		s.native.retry_delay_max_ms = s.wait("retry_delay_max_ms", longest)
	}
}

// WithRefusalDelay is the same after the gateway refused; without it a minute and an hour.
func WithRefusalDelay(shortest, longest time.Duration) Option {
	return func(s *settings) {
		s.native.refusal_delay_min_ms = s.wait("refusal_delay_min_ms", shortest)
		s.native.refusal_delay_max_ms = s.wait("refusal_delay_max_ms", longest)
	}
}

// WithProxy is how the gateway is reached: "[http|https|socks5://][user:password@]host:port", or
// "direct"; without it as https_proxy, all_proxy and no_proxy of the environment say.
func WithProxy(proxy string) Option {
	return func(s *settings) { s.native.proxy = s.text(proxy) }
}

// WithCAFile is a PEM file of the authorities to trust instead of the system's.
func WithCAFile(path string) Option {
	return func(s *settings) { s.native.ca_file = s.text(path) }
}

// WithCAPEM is the same as PEM text.
func WithCAPEM(pem string) Option {
	return func(s *settings) { s.native.ca_pem = s.text(pem) }
}

// WithPinnedPublicKeys says that one certificate of the gateway's chain must have one of these
// keys: "sha256/" and base64; at least two. DANGEROUS: a program that knows none of the gateway's
// keys any more cannot send.
func WithPinnedPublicKeys(keys ...string) Option {
	return func(s *settings) {
		s.native.pinned_public_keys, s.native.pinned_public_keys_count = s.texts(keys)
	}
}

// WithClientCertificate is who the client is in TLS: PEM files of its certificate and its key.
func WithClientCertificate(certificateFile, keyFile string) Option {
	return func(s *settings) {
		s.native.client_certificate_file = s.text(certificateFile)
		s.native.client_key_file = s.text(keyFile)
	}
}

// WithTLSVerificationDangerouslyDisabled trusts every gateway. DANGEROUS: anyone in between can
// take the events and the key. [WithCAFile] does the same safely.
func WithTLSVerificationDangerouslyDisabled() Option {
	return func(s *settings) { s.native.dangerously_disable_tls_verification = 1 }
}

// WithPlainHTTPDangerouslyAllowed takes an "http://" endpoint. DANGEROUS: as above, and not
// encrypted.
func WithPlainHTTPDangerouslyAllowed() Option {
	return func(s *settings) { s.native.dangerously_allow_plain_http = 1 }
}

// --- Events, and what is masked in them ---

// WithEventTypes names the types of [Custom] events that the program records: up to 64.
func WithEventTypes(types ...string) Option {
	return func(s *settings) { s.native.event_types, s.native.event_types_count = s.texts(types) }
}

// WithRemoveFields names fields whose values are removed, besides the built-in ones.
func WithRemoveFields(names ...string) Option {
	return func(s *settings) {
		s.native.remove_fields, s.native.remove_fields_count = s.texts(names)
	}
}

// WithAllowFields names built-in ones that this program uses for something harmless.
func WithAllowFields(names ...string) Option {
	return func(s *settings) { s.native.allow_fields, s.native.allow_fields_count = s.texts(names) }
}

// WithMaskEmails says whether e-mail addresses are masked; without it they are.
func WithMaskEmails(mask bool) Option {
	return func(s *settings) { s.native.mask_emails = flag(mask) }
}

// WithMaskCards says whether the numbers of payment cards are masked; without it they are.
func WithMaskCards(mask bool) Option {
	return func(s *settings) { s.native.mask_cards = flag(mask) }
}

// WithMaskPhones says whether phone numbers are masked; without it they are.
func WithMaskPhones(mask bool) Option {
	return func(s *settings) { s.native.mask_phones = flag(mask) }
}

// WithDetect names kinds of personal data that are looked for besides the default ones:
// "coordinates", "bare_national_ids"; docs/privacy.md lists them. [Open] fails with
// [ErrInvalidOption] for an unknown one.
func WithDetect(kinds ...string) Option {
	return func(s *settings) { s.native.detect, s.native.detect_count = s.texts(kinds) }
}

// WithDoNotDetect names kinds that are not looked for, by the same names.
func WithDoNotDetect(kinds ...string) Option {
	return func(s *settings) {
		s.native.do_not_detect, s.native.do_not_detect_count = s.texts(kinds)
	}
}

// WithPrivacyRules says what happens to single fields, by their path: up to 64 texts
// "<path> <action>", as "details.notes remove", of which the first that matches a field decides.
// docs/privacy.md has the actions. [Open] fails with [ErrInvalidOption] for a rule that cannot be
// read, or can never decide.
func WithPrivacyRules(rules ...string) Option {
	return func(s *settings) {
		s.native.privacy_rules, s.native.privacy_rules_count = s.texts(rules)
	}
}

// WithPseudonymKeys has the keys of rules that say "pseudonym <id>", by their ids: at least 16
// bytes each. [Open] copies them; they are written to no disk and no log.
func WithPseudonymKeys(keys map[string][]byte) Option {
	return func(s *settings) {
		s.native.pseudonym_keys, s.native.pseudonym_keys_count = s.keys(keys)
	}
}
