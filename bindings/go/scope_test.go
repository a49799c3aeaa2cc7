package penstock_test

import (
	"errors"
	"testing"

	"penstock.dev/penstock-go"
)

func activities(events []object) []string {
	var types []string
	for _, event := range events {
		types = append(types, event["activityType"].(string))
	}
	return types
}

func TestSessionsAndPages(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	must(t, client.SetUser("user-1"))
	must(t, client.StartSession("session-1"))
	must(t, client.EnterPage("home"))
	must(t, client.Pause())
	must(t, client.Resume())
	must(t, client.Track(t.Context(), penstock.Click("", "save")))
	must(t, client.LeavePage())
	must(t, client.EndSession())
	events := gateway.received(t, client)
	want := []string{"SessionStart", "PageStart", "PageView", "Click", "PageEnd", "SessionEnd"}
	for i, activity := range activities(events) {
		if activity != want[i] || events[i]["sessionId"] != "session-1" ||
			events[i]["userId"] != "user-1" {
			t.Errorf("event %d: %v", i, events[i])
		}
	}
	if events[3]["pageId"] != "home" {
		t.Error(events[3])
	}
}

func TestScopesEndWhatTheyBegan(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	func() {
		end, err := client.Session("")
		must(t, err)
		defer func() { must(t, end()); must(t, end()) }()
		leave, err := client.Page("home")
		must(t, err)
		defer func() { must(t, leave()) }()
	}()
	if got := len(activities(gateway.received(t, client))); got != 5 {
		t.Errorf("%d events", got)
	}
}

func TestAScopeThatDidNotBeginEndsNothing(t *testing.T) {
	client := openAlone(t)
	must(t, client.StartSession("s"))
	end, err := client.Session("again")
	if !errors.Is(err, penstock.ErrMisuse) {
		t.Error(err)
	}
	must(t, end())
	must(t, client.EndSession())
	leave, err := client.Page("")
	if !errors.Is(err, penstock.ErrInvalidEvent) {
		t.Error(err)
	}
	must(t, leave())
}

func TestWhatIsNotOpenCannotBeEnded(t *testing.T) {
	client := openAlone(t)
	for _, end := range []func() error{client.EndSession, client.LeavePage} {
		if err := end(); !errors.Is(err, penstock.ErrMisuse) {
			t.Error(err)
		}
	}
	off := openAlone(t, penstock.WithSessionMode(penstock.SessionOff))
	if err := off.StartSession(""); !errors.Is(err, penstock.ErrMisuse) {
		t.Error(err)
	}
}

func TestAProgramsOwnSession(t *testing.T) {
	gateway := startGateway(t)
	client := gateway.open(t)
	must(t, client.SetSession("own"))
	must(t, client.Track(t.Context(), penstock.Click("", "c")))
	must(t, client.Track(t.Context(), penstock.Click("", "c").Session("its")))
	events := gateway.received(t, client)
	if events[0]["sessionId"] != "own" || events[1]["sessionId"] != "its" {
		t.Error(events)
	}
}
