package penstock_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"penstock.dev/penstock-go"
)

var pseudonymKey = []byte("\x00a key of bytes that are no text\xff")

// The details of the one event that is recorded.
func (g *gateway) detailsOf(t *testing.T, event penstock.Event, options ...penstock.Option) object {
	t.Helper()
	client := g.open(t, options...)
	must(t, client.Track(t.Context(), event))
	events := g.received(t, client)
	details, _ := events[len(events)-1]["details"].(object)
	return details
}

func pseudonym(id string, key []byte, value string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(value))
	return "p:" + id + ":" + hex.EncodeToString(mac.Sum(nil)[:16])
}

func TestRulesDecideOnFieldsByTheirPath(t *testing.T) {
	event := penstock.Activity("Saved").
		Detail("support", "help@example.com").
		Detail("customer", object{"name": "Anna Smith", "comment": "is nice"}).
		Detail("notes", object{"any": 1})
	details := startGateway(t).detailsOf(t, event, penstock.WithPrivacyRules(
		"details.support allow", "details.customer.name mask last 2", "details.notes remove",
		"**.comment replace [comment]"))
	expected := object{
		"support":  "help@example.com",
		"customer": object{"name": "[masked]th", "comment": "[comment]"},
		"notes":    "[removed]",
	}
	if !reflect.DeepEqual(details, expected) {
		t.Error(details)
	}
}

func TestAHashIsTheSameForTheSameValue(t *testing.T) {
	event := penstock.Activity("Saved").Detail("a", "anna").Detail("b", "anna").Detail("c", "bob")
	details := startGateway(t).detailsOf(t, event, penstock.WithPrivacyRules("details.* hash"))
	a, _ := details["a"].(string)
	if !strings.HasPrefix(a, "h:") || a != details["b"] || a == details["c"] {
		t.Error(details)
	}
}

func TestAPseudonymIsMadeWithItsKeyWhichOpenCopies(t *testing.T) {
	key, other := []byte(string(pseudonymKey)), []byte("another key, as text")
	gateway := startGateway(t)
	client := gateway.open(t,
		penstock.WithPrivacyRules("details.a pseudonym k1", "details.b pseudonym k2"),
		penstock.WithPseudonymKeys(map[string][]byte{"k2": other, "k1": key}))
	clear(key)
	runtime.GC()
	must(t, client.Track(t.Context(), penstock.Activity("S").Detail("a", "anna").Detail("b", "anna")))
	details := gateway.received(t, client)[0]["details"]
	expected := object{
		"a": pseudonym("k1", pseudonymKey, "anna"), "b": pseudonym("k2", other, "anna"),
	}
	if !reflect.DeepEqual(details, expected) {
		t.Error(details)
	}
}

func TestKindsAreDetectedAsTheProgramSays(t *testing.T) {
	event := penstock.Activity("Saved").
		Detail("at", "48.8566, 2.3522").Detail("in", "/home/anna/x").Detail("to", "a@b.org")
	details := startGateway(t).detailsOf(t, event,
		penstock.WithDetect("coordinates"), penstock.WithDoNotDetect("home_paths", "emails"))
	expected := object{"at": "[coordinates]", "in": "/home/anna/x", "to": "a@b.org"}
	if !reflect.DeepEqual(details, expected) {
		t.Error(details)
	}
}

func TestPrivacyThatTheLibraryCannotFollowIsAnInvalidOption(t *testing.T) {
	secret := "secret-0123456789"
	keys := func(id, key string) penstock.Option {
		return penstock.WithPseudonymKeys(map[string][]byte{id: []byte(key)})
	}
	cases := map[string][]penstock.Option{
		"details.b blur":             {penstock.WithPrivacyRules("details.a remove", "details.b blur")},
		"(userId pseudonym k1)":      {penstock.WithPrivacyRules("userId pseudonym k1")},
		"(k1) has fewer than 16":     {keys("k1", "short")},
		"(k2) has fewer than 16":     {keys("k2", "")},
		"key 1 of pseudonym_keys":    {keys(secret+"!", "k1")},
		"an id that is not 1 to 32":  {keys("k 1", secret)},
		"name 2 of detect is":        {penstock.WithDetect("coordinates", "shoe_sizes")},
		"name 1 of do_not_detect is": {penstock.WithDoNotDetect("shoe_sizes")},
	}
	for told, options := range cases {
		client, err := penstock.Open(folder(t), nowhere, writeKey, options...)
		if client != nil || !errors.Is(err, penstock.ErrInvalidOption) {
			t.Errorf("%s: %v", told, err)
			continue
		}
		if !strings.Contains(err.Error(), told) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", told, err)
		}
	}
}

func TestAClientDoesNotShowItsKeys(t *testing.T) {
	secret := "secret-0123456789"
	client := openAlone(t,
		penstock.WithPseudonymKeys(map[string][]byte{"k1": []byte(secret)}))
	if shown := fmt.Sprintf("%v %+v %#v", client, client, client); strings.Contains(shown, secret) {
		t.Error(shown)
	}
}
