package penstock_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"penstock.dev/penstock-go"
)

func TestFlushEndsWithItsContext(t *testing.T) {
	client := openAlone(t)
	must(t, client.Track(t.Context(), penstock.Click("", "c")))
	before := runtime.NumGoroutine()

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(150*time.Millisecond, cancel)
	begin := time.Now()
	err := client.Flush(ctx)
	if !errors.Is(err, penstock.ErrTimeout) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if took := time.Since(begin); took < 100*time.Millisecond || took > time.Second {
		t.Error(took)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := client.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := client.Flush(done()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	settle(before)
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, before %d", after, before)
	}
}

func settle(goroutines int) {
	for range 50 {
		if runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestAFlushDoesNotHurryTheRetries(t *testing.T) {
	gateway := startGateway(t)
	gateway.answers(503)
	client := gateway.open(t, penstock.WithRetryDelay(time.Hour, time.Hour))
	must(t, client.Track(t.Context(), penstock.Click("", "c")))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := client.Flush(ctx); !errors.Is(err, penstock.ErrTimeout) {
		t.Error(err)
	}
	if asked := gateway.requests(); asked > 3 {
		t.Errorf("%d requests", asked)
	}
}

func TestARefusalEndsFlushAndClose(t *testing.T) {
	gateway := startGateway(t)
	gateway.answers(403)
	client := gateway.open(t)
	must(t, client.Track(t.Context(), penstock.Click("", "c")))
	if err := client.Flush(t.Context()); !errors.Is(err, penstock.ErrRefused) {
		t.Error(err)
	}
	stats, err := client.Stats()
	if err != nil || stats.Sender != penstock.SenderRefused || stats.SenderMessage == "" {
		t.Error(stats, err)
	}
	err = client.Close(t.Context())
	if !errors.Is(err, penstock.ErrRefused) || !strings.Contains(err.Error(), "1 event waits") {
		t.Error(err)
	}
}

func TestCloseSendsWhatIsOpen(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	must(t, client.StartSession(""))
	must(t, client.EnterPage("home"))
	must(t, client.Close(t.Context()))
	if got := activities(gateway.arrived()); len(got) != 5 || got[4] != "SessionEnd" {
		t.Error(got)
	}
	must(t, client.Close(t.Context()))
	must(t, client.Close(noContext))
}

func TestCloseSaysWhatIsLeft(t *testing.T) {
	client := openAlone(t)
	must(t, client.Track(t.Context(), penstock.Click("", "c")))
	err := client.Close(done())
	if !errors.Is(err, penstock.ErrTimeout) || !errors.Is(err, context.Canceled) ||
		!strings.Contains(err.Error(), "1 event waits") {
		t.Error(err)
	}
}

func TestAClosedClientSaysSo(t *testing.T) {
	client := openAlone(t)
	ctx, flow, err := client.StartFlow(t.Context(), "p")
	must(t, err)
	_ = client.Close(done())
	for i, err := range []error{
		client.Track(ctx, penstock.Click("", "c")),
		client.TrackJSON([]byte(`{"activityType":"A"}`)),
		client.StartSession(""), client.EnterPage("p"), flow.Complete(ctx, penstock.Success),
	} {
		if !errors.Is(err, penstock.ErrClosed) {
			t.Errorf("%d: %v", i, err)
		}
	}
	flow.End()
}
