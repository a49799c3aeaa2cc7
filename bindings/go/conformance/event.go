package main

import (
	"fmt"
	"time"

	"penstock.dev/penstock-go"
)

type event = penstock.Event

var kinds = map[string]func(e members) event{
	"activity":      func(e members) event { return penstock.Activity(text(e["name"])) },
	"session_start": func(members) event { return penstock.SessionStart() },
	"session_end":   func(members) event { return penstock.SessionEnd() },
	"page_start":    func(e members) event { return penstock.PageStart(text(e["page_id"])) },
	"page_end":      func(e members) event { return penstock.PageEnd(text(e["page_id"])) },
	"page_view":     func(e members) event { return penstock.PageView(text(e["page_id"])) },
	"click": func(e members) event {
		return penstock.Click(text(e["page_id"]), text(e["name"]))
	},
	"form_submission": func(e members) event {
		return penstock.FormSubmission(text(e["page_id"]), text(e["name"]))
	},
	"process_completion": func(e members) event {
		return penstock.ProcessCompletion(text(e["name"]))
	},
	"error": func(e members) event { return penstock.ErrorEvent(text(e["name"])) },
	"record_approved": func(e members) event {
		return penstock.RecordApproved(text(e["record_id"]))
	},
	"record_denied": func(e members) event { return penstock.RecordDenied(text(e["record_id"])) },
	"record_returned": func(e members) event {
		return penstock.RecordReturned(text(e["record_id"]))
	},
	"record_changed": func(e members) event {
		return penstock.RecordChanged(text(e["record_id"]), text(e["name"]))
	},
	"custom": func(e members) event { return penstock.Custom(text(e["name"])) },
}

var carried = map[string]func(e event, given any) event{
	"page_id":        func(e event, given any) event { return e.Page(text(given)) },
	"user_id":        func(e event, given any) event { return e.User(text(given)) },
	"session_id":     func(e event, given any) event { return e.Session(text(given)) },
	"correlation_id": func(e event, given any) event { return e.Correlation(text(given)) },
	"traceparent":    func(e event, given any) event { return e.Trace(text(given)) },
	"time_ms": func(e event, given any) event {
		return e.At(time.UnixMilli(number(given)))
	},
	"duration_ms": func(e event, given any) event {
		return e.Duration(time.Duration(number(given)) * time.Millisecond)
	},
	"outcome": func(e event, given any) event { return e.Outcome(outcomeOf(given)) },
	"schema_version": func(e event, given any) event {
		return e.SchemaVersion(uint64(number(given)))
	},
	"details":  withDetails,
	"metadata": withMetadata,
}

func eventOf(given members) (event, error) {
	kind, _ := given["kind"].(string)
	begin, is := kinds[kind]
	if !is {
		return event{}, fmt.Errorf("no kind of event: %q", kind)
	}
	made := begin(given)
	for name, value := range given {
		if carry, is := carried[name]; is && value != nil {
			made = carry(made, value)
		}
	}
	return made, nil
}

func withDetails(e event, given any) event {
	details, _ := given.(members)
	for name, value := range details {
		e = e.Detail(name, valueOf(value))
	}
	return e
}

func withMetadata(e event, given any) event {
	metadata, _ := given.(members)
	for name, value := range metadata {
		e = e.Metadata(name, valueOf(value))
	}
	return e
}
