package main

import (
	"context"
	"fmt"

	"penstock.dev/penstock-go"
)

var recording = map[string]func(s *stage, call members) error{
	"track": (*stage).track,
	"track_json": func(s *stage, call members) error {
		return s.client.TrackJSON([]byte(text(call["event"])))
	},
	"set_user":      withID((*penstock.Client).SetUser),
	"set_session":   withID((*penstock.Client).SetSession),
	"enter_page":    withID((*penstock.Client).EnterPage),
	"start_session": withID((*penstock.Client).StartSession),
	"end_session":   func(s *stage, _ members) error { return s.client.EndSession() },
	"leave_page":    func(s *stage, _ members) error { return s.client.LeavePage() },
	"pause":         func(s *stage, _ members) error { return s.client.Pause() },
	"resume":        func(s *stage, _ members) error { return s.client.Resume() },
	"complete_flow": (*stage).completeFlow,
	"end_flow": func(s *stage, call members) error {
		s.flows[text(call["flow"])].End()
		return nil
	},
	"set_consent": (*stage).setConsent,
	"forget":      func(s *stage, _ members) error { return s.client.Forget() },
	"flush":       waiting((*penstock.Client).Flush),
	"close":       waiting((*penstock.Client).Close),
}

var asking = map[string]func(s *stage, call members) (members, error){
	"start_flow": (*stage).startFlow,
	"consent": func(s *stage, _ members) (members, error) {
		return members{"consent": s.client.Consent().String()}, nil
	},
	"stats":  (*stage).stats,
	"ledger": (*stage).ledger,
}

func withID(call func(*penstock.Client, string) error) func(*stage, members) error {
	return func(s *stage, given members) error { return call(s.client, text(given["id"])) }
}

func waiting(
	call func(*penstock.Client, context.Context) error,
) func(*stage, members) error {
	return func(s *stage, given members) error {
		return within(number(given["timeout_ms"]), func(ctx context.Context) error {
			return call(s.client, ctx)
		})
	}
}

func (s *stage) track(call members) error {
	given, _ := call["event"].(members)
	event, err := eventOf(given)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if flow, is := call["flow"]; is {
		ctx = s.contexts[text(flow)]
	}
	return s.client.Track(ctx, event)
}

func (s *stage) startFlow(call members) (members, error) {
	ctx, flow, err := s.client.ContinueFlow(context.Background(), text(call["process"]),
		text(call["correlation_id"]))
	if err != nil {
		return nil, err
	}
	name := text(call["as"])
	s.flows[name], s.contexts[name] = flow, ctx
	return members{"correlation_id": flow.CorrelationID()}, nil
}

func (s *stage) completeFlow(call members) error {
	return s.flows[text(call["flow"])].Complete(context.Background(), outcomeOf(call["outcome"]))
}

func outcomeOf(name any) penstock.Outcome {
	switch text(name) {
	case "success":
		return penstock.Success
	case "failure":
		return penstock.Failure
	default:
		return -1
	}
}

func (s *stage) setConsent(call members) error {
	consents := map[string]penstock.Consent{
		"unknown": penstock.ConsentUnknown,
		"granted": penstock.ConsentGranted,
		"denied":  penstock.ConsentDenied,
	}
	consent, is := consents[text(call["consent"])]
	if !is {
		return fmt.Errorf("no consent: %v", call["consent"])
	}
	return s.client.SetConsent(consent)
}

func (s *stage) stats(members) (members, error) {
	stats, err := s.client.Stats()
	if err != nil {
		return nil, err
	}
	return members{"stats": members{
		"recorded":                      stats.Recorded,
		"adopted":                       stats.Adopted,
		"acknowledged":                  stats.Acknowledged,
		"rejected":                      stats.Rejected,
		"pending":                       stats.Pending,
		"dropped_invalid":               stats.DroppedInvalid,
		"dropped_too_large":             stats.DroppedTooLarge,
		"dropped_storage_full":          stats.DroppedStorageFull,
		"dropped_io_error":              stats.DroppedIOError,
		"dropped_out_of_memory":         stats.DroppedOutOfMemory,
		"dropped_not_allowed":           stats.DroppedNotAllowed,
		"dropped_too_large_for_gateway": stats.DroppedTooLargeForGateway,
		"dropped_expired":               stats.DroppedExpired,
		"dropped_consent_denied":        stats.DroppedConsentDenied,
		"dropped_forgotten":             stats.DroppedForgotten,
		"torn":                          stats.Torn,
		"misused":                       stats.Misused,
		"masked":                        stats.Masked,
		"batches_sent":                  stats.BatchesSent,
		"retries":                       stats.Retries,
		"bytes_sent":                    stats.BytesSent,
		"disk_bytes":                    stats.DiskBytes,
		"last_seq":                      stats.LastSeq,
		"install_id":                    stats.InstallID,
		"sender":                        stats.Sender.String(),
		"sender_message":                stats.SenderMessage,
	}}, nil
}

func (s *stage) ledger(members) (members, error) {
	rows, err := s.client.Ledger()
	if err != nil {
		return nil, err
	}
	return members{"ledger": rows}, nil
}
