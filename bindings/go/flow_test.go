package penstock_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"penstock.dev/penstock-go"
)

func correlations(events []object) []any {
	ids := make([]any, len(events))
	for i, event := range events {
		ids[i] = event["correlationId"]
	}
	return ids
}

func TestEventsCarryTheFlowOfTheirContext(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	outerCtx, outer, err := client.StartFlow(t.Context(), "outer")
	must(t, err)
	innerCtx, inner, err := client.ContinueFlow(outerCtx, "inner", "mine")
	must(t, err)
	click := penstock.Click("", "c")
	must(t, client.Track(t.Context(), click))
	must(t, client.Track(outerCtx, click))
	must(t, client.Track(innerCtx, click))
	must(t, client.Track(innerCtx, click.Correlation("own")))
	must(t, inner.Complete(innerCtx, penstock.Failure))
	must(t, client.Track(innerCtx, click))
	outer.End()
	must(t, client.Track(innerCtx, click))

	events := gateway.received(t, client)
	o := outer.CorrelationID()
	want := []any{nil, o, "mine", "own", "mine", o, nil}
	for i, id := range correlations(events) {
		if id != want[i] {
			t.Errorf("event %d has %v, not %v", i, id, want[i])
		}
	}
	details := events[4]["details"].(object)
	if details["process"] != "inner" || details["outcome"] != "failure" {
		t.Error(details)
	}
}

func TestAFlowTakesTheIDOfATrace(t *testing.T) {
	client := openAlone(t)
	_, flow, err := client.ContinueFlow(t.Context(), "p", traceparent)
	must(t, err)
	if flow.CorrelationID() != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Error(flow.CorrelationID())
	}
}

func TestAFlowThatHasEndedIsNotCompleted(t *testing.T) {
	client := openAlone(t)
	_, ended, err := client.StartFlow(t.Context(), "p")
	must(t, err)
	ended.End()
	ended.End()
	_, completed, err := client.StartFlow(noContext, "p")
	must(t, err)
	err = completed.Complete(noContext, 9)
	if !errors.Is(err, penstock.ErrInvalidArgument) {
		t.Error(err)
	}
	must(t, completed.Complete(t.Context(), penstock.Success))
	for _, flow := range []*penstock.Flow{ended, completed} {
		err := flow.Complete(t.Context(), penstock.Success)
		if !errors.Is(err, penstock.ErrMisuse) {
			t.Error(err)
		}
	}
}

func TestAFlowThatCannotBeStartedLeavesTheContext(t *testing.T) {
	client := openAlone(t)
	ctx, flow, err := client.StartFlow(t.Context(), "")
	if ctx != t.Context() || flow != nil || !errors.Is(err, penstock.ErrInvalidEvent) {
		t.Error(ctx, flow, err)
	}
	flow.End()
	if flow.CorrelationID() != "" {
		t.Error("a nil flow has an id")
	}
	for _, none := range []*penstock.Flow{nil, {}} {
		err := none.Complete(ctx, penstock.Success)
		if !errors.Is(err, penstock.ErrInvalidArgument) {
			t.Error(err)
		}
	}
}

func TestRunFlowCompletesAsItsWorkEnds(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	failed := errors.New("failed")
	track := func(ctx context.Context) error { return client.Track(ctx, penstock.Click("", "c")) }
	must(t, client.RunFlow(t.Context(), "good", track))
	err := client.RunFlow(t.Context(), "bad", func(context.Context) error { return failed })
	if err != failed {
		t.Error(err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = client.RunFlow(t.Context(), "worse", func(context.Context) error { panic("worse") })
	}()
	events := gateway.received(t, client)
	if events[0]["correlationId"] != events[1]["correlationId"] {
		t.Error("the event in the flow does not carry it")
	}
	for i, want := range []string{"success", "failure", "failure"} {
		if got := events[i+1]["details"].(object)["outcome"]; got != want {
			t.Errorf("flow %d: %v", i, got)
		}
	}
}

// The library has 65,536 handles: a flow's is free again when it has ended, or nothing knows it.
func TestFlowsGiveTheirHandlesBack(t *testing.T) {
	client := openAlone(t)
	for range 70_000 {
		_, flow, err := client.StartFlow(t.Context(), "p")
		must(t, err)
		flow.End()
	}
	for i := range 70_000 {
		if i%20_000 == 0 {
			runtime.GC()
			runtime.GC()
		}
		_, _, err := client.StartFlow(t.Context(), "p")
		must(t, err)
	}
}

func TestOneOfManyCompletesAFlow(t *testing.T) {
	client := openAlone(t)
	ctx, flow, err := client.StartFlow(t.Context(), "p")
	must(t, err)
	var all sync.WaitGroup
	completed := make(chan bool, 16)
	for range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 50 {
				_ = client.Track(ctx, penstock.Click("", "c"))
			}
			completed <- flow.Complete(ctx, penstock.Success) == nil
			flow.End()
			_ = client.Track(ctx, penstock.Click("", "c"))
		}()
	}
	all.Wait()
	close(completed)
	count := 0
	for is := range completed {
		if is {
			count++
		}
	}
	if count > 1 {
		t.Errorf("%d have completed it", count)
	}
}

func TestAFlowWithoutWorkIsRefused(t *testing.T) {
	client := startGateway(t).open(t)
	if err := client.RunFlow(context.Background(), "x", nil); !errors.Is(err, penstock.ErrInvalidArgument) {
		t.Error(err)
	}
}
