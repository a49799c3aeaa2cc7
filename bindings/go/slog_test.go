package penstock_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"penstock.dev/penstock-go"
)

type secret struct{}

func (secret) LogValue() slog.Value { return slog.StringValue("resolved") }

type own struct{ A int }

func TestErrorsOfALogBecomeEvents(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	log := slog.New(penstock.NewSlogHandler(client, nil))
	log.Warn("not this")
	log.With("a", 1).WithGroup("g").With("b", true).Error("boom", "c", time.Second,
		slog.Group("h", "d", 2.5), "error", errors.New("why"), "s", secret{}, "o", own{3})
	log.Error("cause", "error", errors.New("why"))
	log.Error("", "n", math.NaN(), "u", uint64(math.MaxUint64), "list", []string{"x"}, "", 1)

	events := gateway.received(t, client)
	want := []object{
		{"error": "boom", "a": 1.0, "g": object{"b": true, "c": "1s", "h": object{"d": 2.5},
			"error": "why", "s": "resolved", "o": `{"A":3}`}},
		{"error": "cause", "cause": "why"},
		{"error": "ERROR", "n": "NaN", "u": "18446744073709551615", "list": []any{"x"},
			"!EMPTY": 1.0},
	}
	if len(events) != len(want) {
		t.Fatal(events)
	}
	for i := range want {
		if !reflect.DeepEqual(events[i]["details"], want[i]) {
			t.Errorf("%v, not %v", events[i]["details"], want[i])
		}
	}
}

func TestALogKeepsWithinTheLimits(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	log := slog.New(penstock.NewSlogHandler(client, nil))
	var many, more []any
	for i := range 100 {
		more = append(more, strings.Repeat("k", i+1), i)
	}
	many = more[:60]
	log.Error("many", many...)
	log.Error("more", more...)
	log.Error(strings.Repeat("x", 100_000), strings.Repeat("n", 200), 1)
	log.Error("both", "error", 1, "cause", 2)
	events := gateway.received(t, client)
	if len(events) != 4 {
		t.Fatal(len(events))
	}
	attributes := func(i int) any { return events[i]["details"].(object)["attributes"] }
	if nested, is := attributes(0).(object); !is || len(nested) != 30 {
		t.Error(attributes(0))
	}
	for i := 1; i < 3; i++ {
		if text, is := attributes(i).(string); !is || len(text) > 4<<10 {
			t.Error(attributes(i))
		}
	}
	if nested, is := attributes(3).(object); !is || len(nested) != 2 {
		t.Error(attributes(3))
	}
}

func TestALogHasTheFlowOfItsContextAndAnInnerHandler(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	var written bytes.Buffer
	log := slog.New(penstock.NewSlogHandler(client, &penstock.SlogOptions{
		Level: slog.LevelWarn, Inner: slog.NewTextHandler(&written, nil)}))
	ctx, flow, err := client.StartFlow(t.Context(), "p")
	must(t, err)
	log = log.With("a", 1).WithGroup("").WithGroup("g")
	log.DebugContext(ctx, "debug")
	log.InfoContext(ctx, "info", "b", 2)
	log.WarnContext(ctx, "warn")
	events := gateway.received(t, client)
	if len(events) != 1 || events[0]["correlationId"] != flow.CorrelationID() {
		t.Error(events)
	}
	text := written.String()
	if strings.Count(text, "\n") != 2 || !strings.Contains(text, "a=1 g.b=2") {
		t.Error(text)
	}
}

func TestALogOfNoClientFails(t *testing.T) {
	handler := penstock.NewSlogHandler(nil, nil)
	record := slog.NewRecord(time.Time{}, slog.LevelError, "boom", 0)
	err := handler.Handle(context.Background(), record)
	if !errors.Is(err, penstock.ErrInvalidArgument) {
		t.Error(err)
	}
}

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("mine") }

func TestAttributesThatContainThemselvesOrPanicHarmNobody(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	cycle := map[string]any{}
	cycle["again"] = cycle
	log := slog.New(penstock.NewSlogHandler(client, nil))
	log.Error("boom", "cycle", cycle, "panic", panicking{}, "channel", make(chan int))
	log.Error(strings.Repeat("x", 100_000), "cycle", cycle)
	for _, event := range gateway.received(t, client) {
		if len(event["details"].(object)["error"].(string)) == 0 {
			t.Error(event)
		}
	}
	if recorded := len(gateway.received(t, client)); recorded != 2 {
		t.Error(recorded, "events")
	}
}
