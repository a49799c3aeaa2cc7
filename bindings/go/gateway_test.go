package penstock_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"penstock.dev/penstock-go"
)

const (
	writeKey = "pk_test_0123456789abcdef0123456789abcdef"
	nowhere  = "https://127.0.0.1:9"
)

// Nil, which is taken as none.
var noContext context.Context

type object = map[string]any

// A gateway that takes every event, and keeps it for the test.
type gateway struct {
	server *httptest.Server
	mutex  sync.Mutex
	events []object
	status int // instead of 200
	asked  int
}

func startGateway(t *testing.T) *gateway {
	t.Helper()
	made := &gateway{}
	made.server = httptest.NewTLSServer(http.HandlerFunc(made.take))
	t.Cleanup(made.server.Close)
	return made
}

func (g *gateway) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.asked++
	if g.status != 0 {
		w.WriteHeader(g.status)
		return
	}
	var batch struct{ Events []object }
	if err := json.Unmarshal(body, &batch); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	g.events = append(g.events, batch.Events...)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object{"accepted": len(batch.Events), "rejected": []any{}})
}

func (g *gateway) certificate() string {
	block := pem.Block{Type: "CERTIFICATE", Bytes: g.server.Certificate().Raw}
	return string(pem.EncodeToMemory(&block))
}

func (g *gateway) open(t *testing.T, options ...penstock.Option) *penstock.Client {
	t.Helper()
	return g.openIn(t, folder(t), options...)
}

func (g *gateway) openIn(
	t *testing.T, directory string, options ...penstock.Option,
) *penstock.Client {
	t.Helper()
	options = append([]penstock.Option{
		penstock.WithCAPEM(g.certificate()),
		penstock.WithCompression(penstock.CompressionNone),
		penstock.WithProxy("direct"),
	}, options...)
	client, err := penstock.Open(directory, g.server.URL, writeKey, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(done()) })
	return client
}

// Removed behind all tests: the sender of a closed client may write there for a moment.
func folder(t *testing.T) string {
	t.Helper()
	made, err := os.MkdirTemp(allFolders, "")
	must(t, err)
	return made
}

var allFolders string

func TestMain(m *testing.M) {
	made, err := os.MkdirTemp("", "penstock-go-")
	if err != nil {
		panic(err)
	}
	allFolders = made
	result := m.Run()
	for range 100 {
		_ = os.RemoveAll(made)
		time.Sleep(5 * time.Millisecond)
		if _, err := os.Stat(made); os.IsNotExist(err) {
			break
		}
	}
	os.Exit(result)
}

// What has arrived, once all of the client's has.
func (g *gateway) received(t *testing.T, client *penstock.Client) []object {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := client.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return g.arrived()
}

func (g *gateway) arrived() []object {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return slices.Clone(g.events)
}

func (g *gateway) answers(status int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.status = status
}

func (g *gateway) requests() int {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.asked
}

// A client whose gateway is not there.
func openAlone(t *testing.T, options ...penstock.Option) *penstock.Client {
	t.Helper()
	options = append([]penstock.Option{penstock.WithProxy("direct")}, options...)
	client, err := penstock.Open(folder(t), nowhere, writeKey, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(done()) })
	return client
}

func done() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
