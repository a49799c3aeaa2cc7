package main

import (
	"fmt"
	"time"

	"penstock.dev/penstock-go"
)

type option = func(given any) penstock.Option

var optionNames = map[string]option{
	"app_name":            textOption(penstock.WithAppName),
	"app_version":         textOption(penstock.WithAppVersion),
	"context":             contextOption,
	"disk_bytes_max":      diskOption,
	"segment_bytes":       sizeOption(penstock.WithSegmentBytes),
	"event_bytes_max":     sizeOption(penstock.WithEventBytesMax),
	"event_age_max_hours": timeOption(penstock.WithEventAgeMax, time.Hour),
	"sync_interval_ms":    timeOption(penstock.WithSyncInterval, time.Millisecond),
	"adopt_interval_ms":   timeOption(penstock.WithAdoptInterval, time.Millisecond),
	"batch_events_max":    sizeOption(penstock.WithBatchEventsMax),
	"batch_bytes_max":     sizeOption(penstock.WithBatchBytesMax),
	"batch_age_max_ms":    timeOption(penstock.WithBatchAgeMax, time.Millisecond),
	"compression":         compressionOption,
	"connect_timeout_ms":  timeOption(penstock.WithConnectTimeout, time.Millisecond),
	"request_timeout_ms":  timeOption(penstock.WithRequestTimeout, time.Millisecond),
	"ca_file":             textOption(penstock.WithCAFile),
	"ca_pem":              textOption(penstock.WithCAPEM),
	"proxy":               textOption(penstock.WithProxy),
	"remove_fields":       textsOption(penstock.WithRemoveFields),
	"allow_fields":        textsOption(penstock.WithAllowFields),
	"pinned_public_keys":  textsOption(penstock.WithPinnedPublicKeys),
	"event_types":         textsOption(penstock.WithEventTypes),
	"mask_emails":         flagOption(penstock.WithMaskEmails),
	"mask_cards":          flagOption(penstock.WithMaskCards),
	"mask_phones":         flagOption(penstock.WithMaskPhones),
	"detect":              textsOption(penstock.WithDetect),
	"do_not_detect":       textsOption(penstock.WithDoNotDetect),
	"privacy_rules":       textsOption(penstock.WithPrivacyRules),
	"pseudonym_keys":      keysOption,
	"without_consent":     withoutConsentOption,
	"session_mode":        sessionModeOption,
	"session_idle_max_ms": timeOption(penstock.WithSessionIdleMax, time.Millisecond),
}

// What one option of the package takes together.
var optionPairs = map[string]func(options members) penstock.Option{
	"retry_delay_min_ms": func(options members) penstock.Option {
		return penstock.WithRetryDelay(delay(options, "retry_delay_min_ms", 500),
			delay(options, "retry_delay_max_ms", 60_000))
	},
	"refusal_delay_min_ms": func(options members) penstock.Option {
		return penstock.WithRefusalDelay(delay(options, "refusal_delay_min_ms", 60_000),
			delay(options, "refusal_delay_max_ms", 3_600_000))
	},
	"client_certificate_file": func(options members) penstock.Option {
		return penstock.WithClientCertificate(text(options["client_certificate_file"]),
			text(options["client_key_file"]))
	},
	"dangerously_disable_tls_verification": func(options members) penstock.Option {
		if !truth(options["dangerously_disable_tls_verification"]) {
			return nil
		}
		return penstock.WithTLSVerificationDangerouslyDisabled()
	},
	"dangerously_allow_plain_http": func(options members) penstock.Option {
		if !truth(options["dangerously_allow_plain_http"]) {
			return nil
		}
		return penstock.WithPlainHTTPDangerouslyAllowed()
	},
}

// The name of an option, by that of the pair that it belongs to.
var pairOf = map[string]string{
	"retry_delay_max_ms":   "retry_delay_min_ms",
	"refusal_delay_max_ms": "refusal_delay_min_ms",
	"client_key_file":      "client_certificate_file",
}

func openWith(given members) (*penstock.Client, error) {
	var options []penstock.Option
	for name, value := range given {
		switch {
		case value == nil || name == "directory" || name == "endpoint" || name == "write_key":
		case optionNames[name] != nil:
			options = append(options, optionNames[name](value))
		case optionPairs[name] != nil:
			options = append(options, optionPairs[name](given))
		case pairOf[name] != "":
			options = append(options, optionPairs[pairOf[name]](given))
		default:
			return nil, fmt.Errorf("no option: %q", name)
		}
	}
	return penstock.Open(text(given["directory"]), text(given["endpoint"]),
		text(given["write_key"]), options...)
}

func textOption(with func(string) penstock.Option) option {
	return func(given any) penstock.Option { return with(text(given)) }
}

func textsOption(with func(...string) penstock.Option) option {
	return func(given any) penstock.Option {
		var made []string
		list, _ := given.([]any)
		for _, each := range list {
			made = append(made, text(each))
		}
		return with(made...)
	}
}

func sizeOption(with func(int) penstock.Option) option {
	return func(given any) penstock.Option { return with(int(number(given))) }
}

func timeOption(with func(time.Duration) penstock.Option, unit time.Duration) option {
	return func(given any) penstock.Option { return with(time.Duration(number(given)) * unit) }
}

func diskOption(given any) penstock.Option { return penstock.WithDiskBytesMax(number(given)) }

func flagOption(with func(bool) penstock.Option) option {
	return func(given any) penstock.Option { return with(truth(given)) }
}

func truth(given any) bool {
	is, isBool := given.(bool)
	return isBool && is || !isBool && number(given) != 0
}

func delay(options members, name string, otherwise int64) time.Duration {
	if given, is := options[name]; is {
		otherwise = number(given)
	}
	return time.Duration(otherwise) * time.Millisecond
}

func contextOption(given any) penstock.Option {
	fields := map[string]string{}
	object, _ := given.(members)
	for name, value := range object {
		fields[name] = text(value)
	}
	return penstock.WithContext(fields)
}

func keysOption(given any) penstock.Option {
	keys := map[string][]byte{}
	object, _ := given.(members)
	for id, key := range object {
		keys[id] = []byte(text(key))
	}
	return penstock.WithPseudonymKeys(keys)
}

func compressionOption(given any) penstock.Option {
	return penstock.WithCompression(penstock.Compression(place(given, "none", "gzip", "zstd")))
}

func withoutConsentOption(given any) penstock.Option {
	return penstock.WithoutConsent(penstock.ConsentPolicy(place(given, "send", "keep", "drop")))
}

func sessionModeOption(given any) penstock.Option {
	mode := place(given, "off", "manual", "automatic")
	return penstock.WithSessionMode(penstock.SessionMode(mode))
}

// Of a name among others; one that is none is refused by the package.
func place(given any, names ...string) int {
	for i, name := range names {
		if name == text(given) {
			return i
		}
	}
	return len(names)
}
