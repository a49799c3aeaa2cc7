package penstock

// #include "shim.h"
import "C"

import (
	"context"
	"runtime"
	"unsafe"
)

// A Client records events into the journal in its directory; a thread of the library sends them.
//
// All methods may be called by any goroutine, also at the same time. Those of a nil or zero Client
// fail with [ErrInvalidArgument]; of a closed one, those that record fail with [ErrClosed]. Do not
// copy a Client.
type Client struct {
	_      noCopy
	_      *byte // without a pointer it would share its memory with others, and outlive itself
	handle C.uintptr_t
}

// For go vet.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Open opens the journal in directory, or creates it, and starts to send what earlier runs left
// there. It takes one to two milliseconds and never waits for the network.
//
// directory is a folder on a local file system, created if missing, and can be shared by several
// processes. endpoint is the gateway, as in "https://telemetry.example.com"; writeKey is the key
// that its operator gave. Fails with [ErrInvalidOption], whose message names the option,
// [ErrInvalidArgument], [ErrDirectoryInUse] or [ErrIO].
//
// A client that is not closed is closed once nothing refers to it any more.
func Open(directory, endpoint, writeKey string, options ...Option) (*Client, error) {
	var set settings
	defer set.pinner.Unpin()
	set.init(directory, endpoint, writeKey)
	for _, option := range options {
		if option != nil {
			option(&set)
		}
	}
	if set.refused != nil {
		return nil, set.refused
	}
	var why message
	client := &Client{}
	status := C.penstock_go_open(&set.native, &client.handle, why.at())
	if status != C.PENSTOCK_OK {
		return nil, failure(status, &why)
	}
	runtime.AddCleanup(client, freeClient, client.handle)
	return client, nil
}

// It may wait for two seconds, and other cleanups wait for this one.
func freeClient(handle C.uintptr_t) { go C.penstock_go_free(handle) }

// Track records one event. Once it has returned nil, the event survives kill -9 of this process.
// It never waits for the network. The flow that ctx carries ([Client.StartFlow]) becomes the
// event's; a ctx that is done records all the same, and a nil one is as [context.Background].
//
// Fails with [ErrInvalidEvent], [ErrInvalidArgument], [ErrTooLarge], [ErrStorageFull], [ErrIO],
// [ErrOutOfMemory], [ErrNotAllowed] or [ErrClosed].
func (c *Client) Track(ctx context.Context, event Event) error {
	flat := takeFlatEvent()
	defer flat.giveBack()
	if err := flat.encode(&event); err != nil {
		return err
	}
	flow := acquireFlow(ctx)
	status := flat.track(c, flow)
	flow.release()
	return failure(status, &flat.why)
}

// TrackJSON records one event in the form of the documented ones: a JSON object with activityType,
// or recordId and action, at least. About ten times the cost of [Client.Track], and the same
// errors.
func (c *Client) TrackJSON(event []byte) error {
	text := unsafe.String(unsafe.SliceData(event), len(event))
	return c.callText(C.PENSTOCK_GO_TRACK_JSON, text)
}

// SetUser sets the user of all later events that name none; "" is nobody. Give an opaque id: an
// e-mail address is masked. Fails with [ErrInvalidEvent] if it is longer than 256 bytes.
func (c *Client) SetUser(userID string) error {
	return c.callText(C.PENSTOCK_GO_SET_USER, userID)
}

// Pause says that the application has lost the focus: what follows until [Client.Resume] is no
// page's time. Repeats do nothing.
func (c *Client) Pause() error { return c.call(C.PENSTOCK_GO_PAUSE) }

// Resume says that the application has the focus again.
func (c *Client) Resume() error { return c.call(C.PENSTOCK_GO_RESUME) }
