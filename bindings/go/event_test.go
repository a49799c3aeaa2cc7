package penstock_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"penstock.dev/penstock-go"
)

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestEachTypedEvent(t *testing.T) {
	cases := []struct {
		event penstock.Event
		want  object
	}{
		{penstock.Activity("ThemeChosen"), object{"activityType": "ThemeChosen"}},
		{penstock.SessionStart().Session("s"),
			object{"activityType": "SessionStart", "sessionId": "s"}},
		{penstock.SessionEnd().Duration(1500 * time.Millisecond),
			object{"activityType": "SessionEnd", "details": object{"duration": 1.5}}},
		{penstock.PageStart("p"), object{"activityType": "PageStart", "pageId": "p"}},
		{penstock.PageEnd("p"), object{"activityType": "PageEnd", "pageId": "p"}},
		{penstock.PageView("p"), object{"activityType": "PageView", "pageId": "p"}},
		{penstock.Click("p", "save"),
			object{"activityType": "Click", "pageId": "p", "details": object{"element": "save"}}},
		{penstock.Click("", "save").Page("later").User("u"),
			object{"activityType": "Click", "pageId": "later", "userId": "u"}},
		{penstock.FormSubmission("p", "f").Outcome(penstock.Success), object{
			"activityType": "FormSubmission", "details": object{"form": "f", "outcome": "success"}}},
		{penstock.ProcessCompletion("x").Outcome(penstock.Failure), object{
			"activityType": "ProcessCompletion",
			"details":      object{"process": "x", "outcome": "failure"}}},
		{penstock.ErrorEvent("boom"),
			object{"activityType": "Error", "details": object{"error": "boom"}}},
		{penstock.RecordApproved("R").StatusChange("Pending", "Approved").Comments("fine"), object{
			"eventType": "DatabaseChange", "recordId": "R", "action": "Approved", "details": object{
				"previousStatus": "Pending", "currentStatus": "Approved", "comments": "fine"}}},
		{penstock.RecordDenied("R"), object{"recordId": "R", "action": "Denied"}},
		{penstock.RecordReturned("R"), object{"recordId": "R", "action": "Returned"}},
		{penstock.RecordChanged("R", "Archived"), object{"recordId": "R", "action": "Archived"}},
		{penstock.Custom("PaymentTaken").SchemaVersion(3),
			object{"eventType": "PaymentTaken", "schemaVersion": 3.0}},
		{penstock.Click("p", "c").At(time.UnixMilli(1700000000123)).Correlation("flow-1"),
			object{"timestamp": "2023-11-14T22:13:20.123Z", "correlationId": "flow-1"}},
		{penstock.Click("p", "c").Trace(traceparent).Metadata("sourceSystem", "crm"), object{
			"correlationId": "4bf92f3577b34da6a3ce929d0e0e4736",
			"metadata":      object{"traceparent": traceparent, "sourceSystem": "crm"}}},
	}
	gateway := startGateway(t)
	client := gateway.open(t, penstock.WithEventTypes("PaymentTaken"))
	for _, c := range cases {
		must(t, client.Track(t.Context(), c.event))
	}
	received := gateway.received(t, client)
	for i, c := range cases {
		for name, want := range c.want {
			if !reflect.DeepEqual(received[i][name], want) {
				t.Errorf("event %d: %s is %v, not %v", i, name, received[i][name], want)
			}
		}
	}
}

type colour string
type level int8

func TestEachKindOfValue(t *testing.T) {
	three := 3
	var noList []any
	var noPointer *int
	values := []struct {
		value any
		want  any
	}{
		{nil, nil}, {"text", "text"}, {"a\x00b", "a\x00b"}, {"a\xff", "a�"}, {true, true},
		{false, false}, {3, 3.0}, {int8(-3), -3.0}, {int16(3), 3.0}, {int32(3), 3.0},
		{int64(1) << 53, float64(1 << 53)},
		{uint(3), 3.0}, {uint8(3), 3.0}, {uint16(3), 3.0}, {uint32(3), 3.0}, {uint64(3), 3.0},
		{2.5, 2.5}, {float32(2.5), 2.5},
		{json.Number("12"), 12.0}, {json.Number("1.25"), 1.25},
		{colour("red"), "red"}, {level(2), 2.0}, {&three, 3.0},
		{noList, nil}, {noPointer, nil}, {map[string]any(nil), nil}, {[]string(nil), nil},
		{[]any{1, "x", nil, []any{}}, []any{1.0, "x", nil, []any{}}},
		{[]string{"a", "b"}, []any{"a", "b"}}, {[2]int{1, 2}, []any{1.0, 2.0}},
		{map[string]any{"a": map[string]any{"b": 1}}, object{"a": object{"b": 1.0}}},
		{map[colour]level{"red": 1}, object{"red": 1.0}},
		{[]map[string]any{{"a": nil}, nil}, []any{object{"a": nil}, nil}},
		{[]json.Number{"7", "0.5"}, []any{7.0, 0.5}},
		{[]*int{&three, nil}, []any{3.0, nil}},
		{map[string][]any{"l": {"x"}}, object{"l": []any{"x"}}},
	}
	gateway := startGateway(t)
	client := gateway.open(t)
	for _, v := range values {
		must(t, client.Track(t.Context(), penstock.Activity("V").Detail("v", v.value)))
	}
	for i, event := range gateway.received(t, client) {
		details, _ := event["details"].(object)
		if got, has := details["v"]; !has || !reflect.DeepEqual(got, values[i].want) {
			t.Errorf("%T(%v) became %v", values[i].value, values[i].value, got)
		}
	}
}

func TestWhatHasNoFormIsRefusedAndNamed(t *testing.T) {
	type structure struct{ A int }
	type pointer *pointer
	var endless pointer
	endless = &endless
	cycle := map[string]any{}
	cycle["again"] = cycle
	client := openAlone(t)
	for name, value := range map[string]any{
		"struct": structure{}, "bytes": []byte("x"), "chan": make(chan int), "func": func() {},
		"complex": 1i, "keys": map[int]string{1: "x"}, "time": time.Now(), "error": errors.New("x"),
		"big": uint64(math.MaxInt64) + 1, "number": json.Number("no"), "endless": endless,
		"bigNumber": json.Number("9223372036854775808"), "deep": []any{map[string]any{"in": 1i}},
	} {
		err := client.Track(t.Context(), penstock.Activity("V").Detail(name, value))
		if !errors.Is(err, penstock.ErrInvalidEvent) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, value := range []any{math.NaN(), math.Inf(1), cycle, make([]any, 5000), nested(31)} {
		err := client.Track(t.Context(), penstock.Activity("V").Detail("v", value))
		if !errors.Is(err, penstock.ErrInvalidEvent) {
			t.Errorf("%T: %v", value, err)
		}
	}
	must(t, client.Track(t.Context(), penstock.Activity("V").Detail("v", nested(30))))
}

func nested(levels int) any {
	var value any = []any{}
	for range levels - 1 {
		value = []any{value}
	}
	return value
}

func TestAnEventHas16DetailsAnd8MetadataFields(t *testing.T) {
	client := openAlone(t)
	event := penstock.Activity("Many")
	for i := range 16 {
		event = event.Detail(strings.Repeat("d", i+1), i)
	}
	for i := range 8 {
		event = event.Metadata(strings.Repeat("m", i+1), i)
	}
	must(t, client.Track(t.Context(), event))
	for _, beyond := range []penstock.Event{event.Detail("more", 1), event.Metadata("more", 1)} {
		if err := client.Track(t.Context(), beyond); !errors.Is(err, penstock.ErrInvalidEvent) {
			t.Error(err)
		}
	}
}

func TestEventsAreValues(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	begin := penstock.Activity("V")
	for _, name := range strings.Split("abcdefg", "") {
		begin = begin.Detail(name, 0).Metadata(name, 0)
	}
	one, two := begin.Detail("x", 1).Metadata("x", 1), begin.Detail("x", 2).Metadata("x", 2)
	must(t, client.Track(t.Context(), one))
	must(t, client.Track(t.Context(), two))
	for i, event := range gateway.received(t, client) {
		for _, part := range []string{"details", "metadata"} {
			if got := event[part].(object)["x"]; got != float64(i+1) {
				t.Errorf("%s.x of event %d is %v", part, i+1, got)
			}
		}
	}
}

func TestWhatTheLibraryRefusesHasCodeAndMessage(t *testing.T) {
	client := openAlone(t)
	cases := []struct {
		event   penstock.Event
		code    penstock.Code
		message string
	}{
		{penstock.Event{}, penstock.ErrInvalidEvent, "activityType"},
		{penstock.Click("p", ""), penstock.ErrInvalidEvent, "element"},
		{penstock.PageView(""), penstock.ErrInvalidEvent, "pageId"},
		{penstock.Activity("V").Duration(-time.Microsecond), penstock.ErrInvalidEvent, "negative"},
		{penstock.Activity("V").At(time.UnixMilli(-5)), penstock.ErrInvalidEvent, "1970"},
		{penstock.Activity("V").Outcome(7), penstock.ErrInvalidArgument, "outcome"},
		{penstock.Activity("V").Trace("no"), penstock.ErrInvalidEvent, "traceparent"},
		{penstock.Custom("Unknown"), penstock.ErrInvalidEvent, "event_types"},
		{withText(70_000), penstock.ErrTooLarge, "65536"},
		{withText(17 << 20), penstock.ErrInvalidArgument, "16 MiB"},
	}
	for _, c := range cases {
		err := client.Track(t.Context(), c.event)
		var failed *penstock.Error
		if !errors.As(err, &failed) || failed.Code != c.code ||
			!strings.Contains(failed.Message, c.message) {
			t.Errorf("%v, not %v with %q", err, c.code, c.message)
		}
	}
}

func withText(size int) penstock.Event {
	return penstock.Activity("V").Detail("t", strings.Repeat("x", size))
}

func TestAnEventAsJSON(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	must(t, client.TrackJSON([]byte(`{"activityType":"Own","details":{"n":1}}`)))
	for _, text := range [][]byte{nil, {}, []byte("no"), []byte("[]"), []byte("{}")} {
		if err := client.TrackJSON(text); !errors.Is(err, penstock.ErrInvalidEvent) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got := gateway.received(t, client)[0]["activityType"]; got != "Own" {
		t.Error(got)
	}
}

func TestTrackTakesNoMemory(t *testing.T) {
	client := openAlone(t)
	ctx := context.Background()
	n, theme := 1000, "dark"
	allocations := testing.AllocsPerRun(500, func() {
		n++
		_ = client.Track(ctx, penstock.Click("page", "element").
			Detail("n", n).Detail("theme", theme))
	})
	if allocations > 0.5 && !raceDetector {
		t.Errorf("%v allocations", allocations)
	}
}

func BenchmarkTrack(b *testing.B) {
	client, err := penstock.Open(b.TempDir(), "https://127.0.0.1:9", writeKey,
		penstock.WithDiskBytesMax(1<<34), penstock.WithProxy("direct"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = client.Close(done()) }()
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		err = client.Track(ctx, penstock.Click("page", "element").
			Detail("n", 3).Detail("theme", "dark"))
	}
	if err != nil {
		b.Fatal(err)
	}
}
