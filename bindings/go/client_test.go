package penstock_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"penstock.dev/penstock-go"
)

func TestNilAndZeroClientsAreRefused(t *testing.T) {
	for _, client := range []*penstock.Client{nil, {}} {
		ctx, flow, started := client.StartFlow(t.Context(), "p")
		_, stats := client.Stats()
		_, ledger := client.Ledger()
		_, session := client.Session("")
		_, page := client.Page("p")
		calls := []error{
			client.Track(ctx, penstock.Click("", "c")), client.TrackJSON(nil), client.SetUser(""),
			client.SetSession(""), client.StartSession(""), client.EndSession(),
			client.EnterPage("p"), client.LeavePage(), client.Pause(), client.Resume(),
			client.Flush(ctx), client.Close(ctx), client.SetConsent(penstock.ConsentGranted),
			client.Forget(), started, stats, ledger, session, page,
			client.RunFlow(ctx, "p", func(context.Context) error { return nil }),
		}
		for i, err := range calls {
			if !errors.Is(err, penstock.ErrInvalidArgument) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if flow != nil || client.Consent() != penstock.ConsentUnknown {
			t.Error("a client that is none has a flow, or a consent")
		}
	}
}

func TestANilContextIsNone(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	must(t, client.Track(noContext, penstock.Click("", "c")))
	must(t, client.Flush(noContext))
}

func TestWhatOpenRefuses(t *testing.T) {
	cases := map[string]func(directory string) (*penstock.Client, error){
		"directory": func(string) (*penstock.Client, error) {
			return penstock.Open("", "https://h", writeKey)
		},
		"endpoint": func(d string) (*penstock.Client, error) {
			return penstock.Open(d, "ftp://h", writeKey)
		},
		"batch_events_max": func(d string) (*penstock.Client, error) {
			return penstock.Open(d, "https://h", writeKey, nil, penstock.WithBatchEventsMax(0))
		},
		"segment_bytes": func(d string) (*penstock.Client, error) {
			return penstock.Open(d, "https://h", writeKey, penstock.WithSegmentBytes(-1))
		},
		"sync_interval_ms": func(d string) (*penstock.Client, error) {
			return penstock.Open(d, "https://h", writeKey, penstock.WithSyncInterval(-1))
		},
	}
	for name, open := range cases {
		client, err := open(folder(t))
		if client != nil || !errors.Is(err, penstock.ErrInvalidOption) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := penstock.Open(folder(t), "https://h", writeKey, penstock.WithSessionMode(9))
	if !errors.Is(err, penstock.ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestEveryOptionIsTaken(t *testing.T) {
	gateway := startGateway(t)
	certificate := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(certificate, []byte(gateway.certificate()), 0o600))
	client := gateway.open(t,
		penstock.WithAppName("desk"), penstock.WithAppVersion("1.2"),
		penstock.WithContext(map[string]string{"locale": "de", "device": "kiosk"}),
		penstock.WithDiskBytesMax(4<<20), penstock.WithSegmentBytes(1<<20),
		penstock.WithEventBytesMax(32<<10),
		penstock.WithEventAgeMax(time.Hour), penstock.WithSyncInterval(time.Second),
		penstock.WithAdoptInterval(time.Minute), penstock.WithoutConsent(penstock.SendEvents),
		penstock.WithSessionMode(penstock.SessionAutomatic),
		penstock.WithSessionIdleMax(time.Minute),
		penstock.WithBatchEventsMax(10), penstock.WithBatchBytesMax(64<<10),
		penstock.WithBatchAgeMax(50*time.Millisecond), penstock.WithConnectTimeout(time.Second),
		penstock.WithRequestTimeout(2*time.Second),
		penstock.WithRetryDelay(time.Millisecond, time.Second),
		penstock.WithRefusalDelay(time.Second, time.Minute), penstock.WithCAFile(certificate),
		penstock.WithEventTypes("A", "B"), penstock.WithRemoveFields("zebra"),
		penstock.WithAllowFields("pin"), penstock.WithMaskEmails(false),
		penstock.WithMaskCards(false), penstock.WithMaskPhones(false), penstock.WithPinnedPublicKeys(),
		penstock.WithClientCertificate("", ""), penstock.WithDetect("coordinates"),
		penstock.WithDoNotDetect("tokens"), penstock.WithPrivacyRules("details.seat pseudonym k1"),
		penstock.WithPseudonymKeys(map[string][]byte{"k1": pseudonymKey}))
	must(t, client.Track(t.Context(), penstock.Activity("V").Detail("zebra", 1).Detail("pin", 2).
		Detail("note", "anna@example.com")))
	events := gateway.received(t, client)
	details := events[1]["details"].(object)
	if details["zebra"] != "[removed]" || details["pin"] != 2.0 ||
		details["note"] != "anna@example.com" {
		t.Error(details)
	}
}

func TestManyGoroutines(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	const workers, each = 32, 100
	var all sync.WaitGroup
	for worker := range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := range each {
				event := penstock.Click("p", fmt.Sprintf("e%d", worker)).
					Detail("n", n).Detail("o", map[string]any{"n": n})
				if err := client.Track(t.Context(), event); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	seen := map[string]bool{}
	for _, event := range gateway.received(t, client) {
		seen[fmt.Sprint(event["details"])] = true
	}
	if len(seen) != workers*each {
		t.Errorf("%d different events", len(seen))
	}
}

func TestFailuresOfManyGoroutinesHaveTheirOwnText(t *testing.T) {
	client := openAlone(t)
	var all sync.WaitGroup
	for range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 100 {
				bad := client.Track(t.Context(), penstock.Click("p", ""))
				ended := client.EndSession()
				if bad.Error() != "penstock: invalid_event: element is empty; say which one" ||
					!errors.Is(ended, penstock.ErrMisuse) {
					t.Error(bad, ended)
				}
			}
		}()
	}
	all.Wait()
}

func TestCloseWhileOthersRecord(t *testing.T) {
	client := openAlone(t)
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for client.Track(t.Context(), penstock.Click("", "c")) == nil {
			}
		}()
	}
	time.Sleep(20 * time.Millisecond)
	_ = client.Close(done())
	all.Wait()
}

// Each takes a part of the directory, and gives it to the last one when it is collected.
func TestClientsThatNobodyKnowsAreFreed(t *testing.T) {
	gateway := startGateway(t)
	directory := folder(t)
	const clients = 20
	for range clients {
		client, err := penstock.Open(directory, nowhere, writeKey, penstock.WithProxy("direct"))
		must(t, err)
		must(t, client.Track(t.Context(), penstock.Click("", "c")))
		_ = client.Close(done())
	}
	last := gateway.openIn(t, directory)
	for range 100 {
		runtime.GC()
		must(t, last.Flush(t.Context()))
		if len(gateway.arrived()) == clients {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d of %d", len(gateway.arrived()), clients)
}

func TestAFinalizerMayRecord(t *testing.T) {
	client := openAlone(t)
	recorded := make(chan error, 1)
	func() {
		ended := &struct{ name string }{"it"}
		runtime.SetFinalizer(ended, func(*struct{ name string }) {
			recorded <- client.Track(noContext, penstock.Activity("Collected"))
		})
	}()
	for range 50 {
		runtime.GC()
		select {
		case err := <-recorded:
			must(t, err)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the finalizer has not run")
}

func TestConsent(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t, penstock.WithoutConsent(penstock.DropEvents))
	click := penstock.Click("", "c")
	if err := client.Track(t.Context(), click); !errors.Is(err, penstock.ErrNotAllowed) {
		t.Error(err)
	}
	must(t, client.SetConsent(penstock.ConsentGranted))
	must(t, client.Track(t.Context(), click))
	gateway.received(t, client)
	must(t, client.SetConsent(penstock.ConsentDenied))
	if client.Consent() != penstock.ConsentDenied || client.Consent().String() != "denied" {
		t.Error(client.Consent())
	}
	if err := client.Track(t.Context(), click); !errors.Is(err, penstock.ErrNotAllowed) {
		t.Error(err)
	}
	if err := client.SetConsent(7); !errors.Is(err, penstock.ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestForget(t *testing.T) {
	client := openAlone(t)
	must(t, client.Track(t.Context(), penstock.Click("", "c")))
	before, _ := client.Stats()
	must(t, client.Forget())
	after, _ := client.Stats()
	if after.Pending != 0 || after.DroppedForgotten != 1 || after.InstallID == before.InstallID {
		t.Error(after)
	}
}

func TestStatsAndLedger(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	must(t, client.Track(t.Context(), penstock.Click("", "c").Detail("password", "x")))
	must(t, client.Track(t.Context(), penstock.PageView("p")))
	_ = client.Track(t.Context(), penstock.Click("", ""))
	gateway.received(t, client)
	stats, err := client.Stats()
	must(t, err)
	if stats.Recorded != 2 || stats.Acknowledged != 2 || stats.DroppedInvalid != 1 ||
		stats.Masked != 1 || stats.LastSeq != 2 ||
		len(stats.InstallID) != 36 || stats.Sender.String() != "running" {
		t.Errorf("%+v", stats)
	}
	rows, err := client.Ledger()
	must(t, err)
	clicks := penstock.LedgerRow{}
	for _, row := range rows {
		if row.Type == "Click" {
			clicks = row
		}
	}
	if len(rows) != 2 || clicks.Recorded != 1 || clicks.Acknowledged != 1 ||
		clicks.Refused["invalid"] != 1 {
		t.Errorf("%+v", rows)
	}
}

func TestCodesHaveTheirNames(t *testing.T) {
	if penstock.ErrStorageFull.String() != "storage_full" ||
		penstock.Code(99).Error() != "unknown" {
		t.Error(penstock.ErrStorageFull, penstock.Code(99))
	}
	if penstock.Version() == "" {
		t.Error("no version")
	}
}
