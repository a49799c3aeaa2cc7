package main

import (
	"fmt"
	"time"

	"penstock.dev/penstock-go"
)

var kinds = map[string]func(event members) penstock.Event{
	"activity":      func(e members) penstock.Event { return penstock.Activity(text(e["name"])) },
	"session_start": func(members) penstock.Event { return penstock.SessionStart() },
	"session_end":   func(members) penstock.Event { return penstock.SessionEnd() },
	"page_start":    func(e members) penstock.Event { return penstock.PageStart(text(e["page_id"])) },
	"page_end":      func(e members) penstock.Event { return penstock.PageEnd(text(e["page_id"])) },
	"page_view":     func(e members) penstock.Event { return penstock.PageView(text(e["page_id"])) },
	"click": func(e members) penstock.Event {
		return penstock.Click(text(e["page_id"]), text(e["name"]))
	},
	"form_submission": func(e members) penstock.Event {
		return penstock.FormSubmission(text(e["page_id"]), text(e["name"]))
	},
	"process_completion": func(e members) penstock.Event {
		return penstock.ProcessCompletion(text(e["name"]))
	},
	"error": func(e members) penstock.Event { return penstock.ErrorEvent(text(e["name"])) },
	"record_approved": func(e members) penstock.Event {
		return penstock.RecordApproved(text(e["record_id"]))
	},
	"record_denied": func(e members) penstock.Event { return penstock.RecordDenied(text(e["record_id"])) },
	"record_returned": func(e members) penstock.Event {
		return penstock.RecordReturned(text(e["record_id"]))
	},
	"record_changed": func(e members) penstock.Event {
		return penstock.RecordChanged(text(e["record_id"]), text(e["name"]))
	},
	"custom": func(e members) penstock.Event { return penstock.Custom(text(e["name"])) },
}

var carried = map[string]func(event penstock.Event, given any) penstock.Event{
	"page_id":        func(e penstock.Event, given any) penstock.Event { return e.Page(text(given)) },
	"user_id":        func(e penstock.Event, given any) penstock.Event { return e.User(text(given)) },
	"session_id":     func(e penstock.Event, given any) penstock.Event { return e.Session(text(given)) },
	"correlation_id": func(e penstock.Event, given any) penstock.Event { return e.Correlation(text(given)) },
	"traceparent":    func(e penstock.Event, given any) penstock.Event { return e.Trace(text(given)) },
	"time_ms": func(e penstock.Event, given any) penstock.Event {
		return e.At(time.UnixMilli(number(given)))
	},
	"duration_ms": func(e penstock.Event, given any) penstock.Event {
		return e.Duration(time.Duration(number(given)) * time.Millisecond)
	},
	"outcome": func(e penstock.Event, given any) penstock.Event { return e.Outcome(outcomeOf(given)) },
	"schema_version": func(e penstock.Event, given any) penstock.Event {
		return e.SchemaVersion(uint64(number(given)))
	},
	"details":  withDetails,
	"metadata": withMetadata,
}

func eventOf(given members) (penstock.Event, error) {
	kind, _ := given["kind"].(string)
	begin, is := kinds[kind]
	if !is {
		return penstock.Event{}, fmt.Errorf("no kind of event: %q", kind)
	}
	event := begin(given)
	for name, value := range given {
		if carry, is := carried[name]; is && value != nil {
			event = carry(event, value)
		}
	}
	return event, nil
}

func withDetails(event penstock.Event, given any) penstock.Event {
	details, _ := given.(members)
	for name, value := range details {
		event = event.Detail(name, valueOf(value))
	}
	return event
}

func withMetadata(event penstock.Event, given any) penstock.Event {
	metadata, _ := given.(members)
	for name, value := range metadata {
		event = event.Metadata(name, valueOf(value))
	}
	return event
}
