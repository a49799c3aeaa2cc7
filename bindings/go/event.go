package penstock

// #include "shim.h"
import "C"

import (
	"slices"
	"time"
)

// Outcome is how something ended.
type Outcome int

const (
	// Success: it was done.
	Success Outcome = C.PENSTOCK_OUTCOME_SUCCESS
	// Failure: it was not.
	Failure Outcome = C.PENSTOCK_OUTCOME_FAILURE
)

// An Event is what happened, for [Client.Track]. It is a value: each method returns a changed copy,
// so an Event can be kept, copied, and used as the beginning of others. Building never fails; what
// is wrong with an event, Track says.
//
// Identifiers (user, session, page, record, correlation, activity, action) have 1 to 256 bytes
// without control characters. Texts are UTF-8; bytes that are none become U+FFFD.
type Event struct {
	kind          int32
	outcome       Outcome
	timeMs        int64
	durationMs    int64
	hasDuration   bool
	schemaVersion uint64
	name          string
	page          string
	record        string
	user          string
	session       string
	correlation   string
	trace         string
	details       [detailsMax]field
	detailsCount  int
	metadata      []field
}

// More than the library takes are counted, and refused by it.
const detailsMax = 16

type field struct {
	name  string
	value any
}

// Activity is an activity of the program's own, with a type in CamelCase.
func Activity(activityType string) Event {
	return Event{kind: C.PENSTOCK_ACTIVITY, name: activityType}
}

// SessionStart is for programs that keep sessions themselves; else see [Client.StartSession].
func SessionStart() Event { return Event{kind: C.PENSTOCK_SESSION_START} }

// SessionEnd is for programs that keep sessions themselves; else see [Client.EndSession].
func SessionEnd() Event { return Event{kind: C.PENSTOCK_SESSION_END} }

// PageStart is for programs that keep track of pages themselves; else see [Client.EnterPage].
func PageStart(pageID string) Event { return Event{kind: C.PENSTOCK_PAGE_START, page: pageID} }

// PageEnd is for programs that keep track of pages themselves; else see [Client.LeavePage].
func PageEnd(pageID string) Event { return Event{kind: C.PENSTOCK_PAGE_END, page: pageID} }

// PageView says that a page was looked at.
func PageView(pageID string) Event { return Event{kind: C.PENSTOCK_PAGE_VIEW, page: pageID} }

// Click is one on an element: a button or control, by its name in the program. pageID "" is the
// page that was entered, if there is one.
func Click(pageID, element string) Event {
	return Event{kind: C.PENSTOCK_CLICK, page: pageID, name: element}
}

// FormSubmission is one of a form. pageID is as in [Click].
func FormSubmission(pageID, form string) Event {
	return Event{kind: C.PENSTOCK_FORM_SUBMISSION, page: pageID, name: form}
}

// ProcessCompletion says that a process is over; see also [Flow.Complete].
func ProcessCompletion(process string) Event {
	return Event{kind: C.PENSTOCK_PROCESS_COMPLETION, name: process}
}

// ErrorEvent is an error of the program: the activity is "Error", and message is what the program
// knows of it. See also [NewSlogHandler].
func ErrorEvent(message string) Event { return Event{kind: C.PENSTOCK_ERROR, name: message} }

// RecordApproved says that a record was approved.
func RecordApproved(recordID string) Event {
	return Event{kind: C.PENSTOCK_RECORD_APPROVED, record: recordID}
}

// RecordDenied says that a record was denied.
func RecordDenied(recordID string) Event {
	return Event{kind: C.PENSTOCK_RECORD_DENIED, record: recordID}
}

// RecordReturned says that a record was sent back.
func RecordReturned(recordID string) Event {
	return Event{kind: C.PENSTOCK_RECORD_RETURNED, record: recordID}
}

// RecordChanged is another change of a record; action says which.
func RecordChanged(recordID, action string) Event {
	return Event{kind: C.PENSTOCK_RECORD_CHANGED, record: recordID, name: action}
}

// Custom is an event of one of the types of [WithEventTypes].
func Custom(eventType string) Event { return Event{kind: C.PENSTOCK_CUSTOM, name: eventType} }

// SchemaVersion is that of a [Custom] event's schema: 1 to 1000000, without it 1.
func (e Event) SchemaVersion(version uint64) Event { e.schemaVersion = version; return e }

// User is who did it; wins over [Client.SetUser].
func (e Event) User(userID string) Event { e.user = userID; return e }

// Session is where it belongs; wins over that of the client.
func (e Event) Session(sessionID string) Event { e.session = sessionID; return e }

// Page is where it happened; wins over [Client.EnterPage].
func (e Event) Page(pageID string) Event { e.page = pageID; return e }

// Correlation is the id of the flow that the event belongs to; wins over that of the context.
func (e Event) Correlation(correlationID string) Event { e.correlation = correlationID; return e }

// Trace is a traceparent of W3C Trace Context. It becomes metadata.traceparent, and its trace-id
// the correlation, unless that is given. "" is no trace.
func (e Event) Trace(traceparent string) Event { e.trace = traceparent; return e }

// At is when it happened, in milliseconds since 1970. Without it, or with the zero time: now.
func (e Event) At(when time.Time) Event {
	e.timeMs = 0
	if !when.IsZero() {
		e.timeMs = when.UnixMilli()
	}
	return e
}

// Duration is details.duration, in seconds with milliseconds; a negative one is refused.
func (e Event) Duration(length time.Duration) Event {
	e.durationMs = length.Milliseconds()
	if length < 0 && e.durationMs == 0 {
		e.durationMs = -1
	}
	e.hasDuration = true
	return e
}

// Outcome is details.outcome: "success" or "failure".
func (e Event) Outcome(outcome Outcome) Event { e.outcome = outcome; return e }

// StatusChange is details.previousStatus and details.currentStatus of a record.
func (e Event) StatusChange(previous, current string) Event {
	return e.Detail("previousStatus", previous).Detail("currentStatus", current)
}

// Comments is details.comments.
func (e Event) Comments(text string) Event { return e.Detail("comments", text) }

// Detail adds what is particular to the event: up to 16, each name once, of 1 to 128 bytes, in
// camelCase.
//
// A value is nil, a bool, a number, a string, a [encoding/json.Number], a map with string keys, a
// slice or array of values, or a pointer to one of these; also of types that are defined by them.
// A nil map, slice or pointer is null. A whole number must fit int64. Anything else, []byte,
// structs and [fmt.Stringer] among them, is refused by Track with [ErrInvalidEvent]. A map or slice
// is read by Track, and must not change until it has returned.
func (e Event) Detail(name string, value any) Event {
	if e.detailsCount < detailsMax {
		e.details[e.detailsCount] = field{name, value}
	}
	e.detailsCount++
	return e
}

// Metadata adds context: sourceSystem, initiator, changeReason, and the like; up to 8. Values are
// as in [Event.Detail]. Wins over [WithContext].
func (e Event) Metadata(name string, value any) Event {
	e.metadata = append(slices.Clip(e.metadata), field{name, value})
	return e
}
