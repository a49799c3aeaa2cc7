package penstock

// #include "shim.h"
import "C"

import (
	"context"
	"runtime"
	"time"
)

const (
	// DefaultFlushTimeout bounds [Client.Flush] with a context that has no deadline.
	DefaultFlushTimeout = 30 * time.Second
	// DefaultCloseTimeout bounds [Client.Close] with a context that has no deadline.
	DefaultCloseTimeout = 5 * time.Second

	// A call into the library cannot be cancelled: so long each waits at most.
	waitSlice = 100 * time.Millisecond
	// What close itself records, behind a flush that worked, takes one request.
	closeSlice = 2 * time.Second
)

// Flush sends at once, and waits until all that was recorded before is acknowledged: in Kafka. It
// returns when ctx is done, within a tenth of a second, and after [DefaultFlushTimeout] if ctx has
// no deadline. Fails with [ErrTimeout], which wraps the context's error if that is the reason,
// or [ErrRefused] as soon as the gateway refuses; nothing is lost by either.
func (c *Client) Flush(ctx context.Context) error {
	ctx, slice, cancel := bounded(ctx, DefaultFlushTimeout)
	defer cancel()
	return because(ctx, c.flush(ctx, slice))
}

// Close is [Client.Flush], and refuses further events; it waits for [DefaultCloseTimeout] if ctx
// has no deadline. It sends last what closing itself records: a cancellation that comes then is
// seen within two seconds, a deadline is kept. Whatever it returns, the client is closed. With
// [ErrTimeout] or [ErrRefused], the events that could not be sent are in the journal for the next
// program that opens the directory, and the message says how many. Later calls return nil at once.
//
// Stats and Ledger go on to work. The client's part of the directory is free for others once
// nothing refers to the client any more.
//
// A ctx that is done already is for programs that live for a moment: Close waits for nothing.
func (c *Client) Close(ctx context.Context) error {
	ctx, slice, cancel := bounded(ctx, DefaultCloseTimeout)
	defer cancel()
	_ = c.flush(ctx, slice) // what it could not do, close says
	return because(ctx, c.closeWithin(left(ctx, closeSlice)))
}

// With a deadline, and how long one call may wait: one that nobody can cancel, to the end.
func bounded(
	ctx context.Context, bound time.Duration,
) (context.Context, time.Duration, context.CancelFunc) {
	if ctx == nil {
		ctx = context.Background()
	}
	if _, has := ctx.Deadline(); has {
		return ctx, waitSlice, func() {}
	}
	slice := waitSlice
	if ctx.Done() == nil {
		slice = bound
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	return ctx, slice, cancel
}

func because(ctx context.Context, err error) error {
	failed, is := err.(*Error)
	if is && failed.Code == ErrTimeout {
		failed.cause = ctx.Err()
	}
	return err
}

// In slices. While the sender waits to try again by itself, a further flush would not let it.
func (c *Client) flush(ctx context.Context, slice time.Duration) error {
	for {
		err := c.flushWithin(left(ctx, slice))
		failed, is := err.(*Error)
		if !is || failed.Code != ErrTimeout {
			return err
		}
		c.waitWhileRetrying(ctx)
		if ctx.Err() != nil {
			return err
		}
	}
}

func (c *Client) waitWhileRetrying(ctx context.Context) {
	for ctx.Err() == nil {
		stats, err := c.Stats()
		if err != nil || stats.Sender != SenderRetrying {
			return
		}
		pause(ctx, waitSlice)
	}
}

func pause(ctx context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// How long the next call may wait.
func left(ctx context.Context, most time.Duration) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	deadline, _ := ctx.Deadline()
	return max(0, min(most, time.Until(deadline)))
}

func (c *Client) flushWithin(wait time.Duration) error {
	var why message
	status := C.penstock_go_flush(c.native(), milliseconds(wait), why.at())
	runtime.KeepAlive(c)
	return failure(status, &why)
}

func (c *Client) closeWithin(wait time.Duration) error {
	var why message
	status := C.penstock_go_close(c.native(), milliseconds(wait), why.at())
	runtime.KeepAlive(c)
	return failure(status, &why)
}

// Rounded up, so that a moment is not nothing.
func milliseconds(wait time.Duration) C.int64_t {
	return C.int64_t((wait + time.Millisecond - 1) / time.Millisecond)
}
