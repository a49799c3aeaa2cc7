package penstock

// #include "shim.h"
import "C"

import (
	"context"
	"runtime"
	"sync/atomic"
)

// A Flow is a process of several events: those that are tracked with its context carry its
// correlation id. It is ended by [Flow.Complete] or [Flow.End]; behind that, its context carries
// the flow around it, if there is one. Any goroutine may use it, also at the same time as others.
// A nil Flow does nothing.
type Flow struct {
	_             noCopy
	client        *Client
	outer         *Flow
	correlationID string
	held          *heldFlow
}

// A heldFlow is the library's flow: freed when it was ended and no call uses it any more.
type heldFlow struct {
	handle C.uintptr_t
	users  atomic.Int64 // and one more, until it is ended
	ended  atomic.Bool
}

type flowKey struct{}

// StartFlow starts a flow, and returns a context that carries it. process is what it does, in 1 to
// 256 bytes. It records nothing. If it fails, with [ErrInvalidEvent], [ErrOutOfMemory] or
// [ErrClosed], the context is ctx and the flow is nil.
//
//	ctx, flow, err := client.StartFlow(ctx, "approve")
//	defer flow.End()
func (c *Client) StartFlow(ctx context.Context, process string) (context.Context, *Flow, error) {
	return c.ContinueFlow(ctx, process, "")
}

// ContinueFlow is [Client.StartFlow] with the id that another program's events carry:
// correlationID, or the trace-id of the traceparent (W3C Trace Context) that it is.
func (c *Client) ContinueFlow(
	ctx context.Context, process, correlationID string,
) (context.Context, *Flow, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	flow, err := c.startFlow(process, correlationID)
	if err != nil {
		return ctx, nil, err
	}
	flow.outer, _ = ctx.Value(flowKey{}).(*Flow)
	return context.WithValue(ctx, flowKey{}, flow), flow, nil
}

func (c *Client) startFlow(process, given string) (*Flow, error) {
	var why message
	var handle C.uintptr_t
	var id [C.PENSTOCK_GO_CORRELATION_BYTES]C.char
	var size C.size_t
	status := C.penstock_go_start_flow(c.native(), chars(process), C.size_t(len(process)),
		chars(given), C.size_t(len(given)), &handle, &id[0], &size, why.at())
	runtime.KeepAlive(c)
	if status != C.PENSTOCK_OK {
		return nil, failure(status, &why)
	}
	held := &heldFlow{handle: handle}
	held.users.Store(1)
	flow := &Flow{client: c, held: held, correlationID: C.GoStringN(&id[0], C.int(size))}
	runtime.AddCleanup(flow, (*heldFlow).end, held)
	return flow, nil
}

// RunFlow runs work as a flow: with a context that carries it, and completed as [Success] if work
// returns nil, else, or if it panics, as [Failure]. It returns work's error, or why the flow could
// not be started (then work was not run) or completed.
func (c *Client) RunFlow(
	ctx context.Context, process string, work func(ctx context.Context) error,
) (err error) {
	if work == nil {
		return &Error{Code: ErrInvalidArgument, Message: "work is nil"}
	}
	ctx, flow, err := c.StartFlow(ctx, process)
	if err != nil {
		return err
	}
	defer flow.End()
	outcome := Failure
	defer func() {
		if completed := flow.Complete(ctx, outcome); err == nil {
			err = completed
		}
	}()
	if err = work(ctx); err == nil {
		outcome = Success
	}
	return err
}

// CorrelationID is what events of the flow carry, for other programs.
func (f *Flow) CorrelationID() string {
	if f == nil {
		return ""
	}
	return f.correlationID
}

// Complete records a ProcessCompletion with the outcome and how long the flow took, and ends it.
// Fails with [ErrMisuse] if the flow has ended, else as [Client.Track] does: then it goes on. ctx
// may be nil; one that is done records all the same.
func (f *Flow) Complete(_ context.Context, outcome Outcome) error {
	if f == nil || f.held == nil {
		return &Error{Code: ErrInvalidArgument, Message: "flow is nil"}
	}
	if !f.held.acquire() {
		return &Error{Code: ErrMisuse, Message: "the flow has ended"}
	}
	defer f.held.release()
	var why message
	status := C.penstock_go_complete_flow(
		f.client.native(), f.held.handle, C.int(outcome), why.at())
	runtime.KeepAlive(f)
	if status == C.PENSTOCK_OK {
		f.held.end()
	}
	return failure(status, &why)
}

// End ends the flow without an event. Does nothing if it has ended.
func (f *Flow) End() {
	if f != nil && f.held != nil {
		f.held.end()
	}
}

// The innermost flow of ctx that has not ended, to be released; or nil.
func acquireFlow(ctx context.Context) *Flow {
	if ctx == nil {
		return nil
	}
	flow, _ := ctx.Value(flowKey{}).(*Flow)
	for flow != nil && !flow.held.acquire() {
		flow = flow.outer
	}
	return flow
}

func (f *Flow) native() C.uintptr_t {
	if f == nil {
		return 0
	}
	return f.held.handle
}

func (f *Flow) release() {
	if f != nil {
		f.held.release()
		runtime.KeepAlive(f)
	}
}

func (h *heldFlow) acquire() bool {
	for !h.ended.Load() {
		users := h.users.Load()
		if users == 0 {
			return false
		}
		if h.users.CompareAndSwap(users, users+1) {
			return true
		}
	}
	return false
}

func (h *heldFlow) release() {
	if h.users.Add(-1) == 0 {
		C.penstock_go_flow_free(h.handle)
	}
}

func (h *heldFlow) end() {
	if !h.ended.Swap(true) {
		h.release()
	}
}
