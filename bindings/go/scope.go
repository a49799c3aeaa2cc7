package penstock

// #include "shim.h"
import "C"

import "sync/atomic"

// SetSession sets the session of all later events that name none, for programs that have sessions
// of their own; "" is none. It records nothing. Fails with [ErrMisuse] while a session is open, and
// with [SessionAutomatic].
func (c *Client) SetSession(sessionID string) error {
	return c.callText(C.PENSTOCK_GO_SET_SESSION, sessionID)
}

// StartSession records a SessionStart and opens a session, whose id all later events carry that
// name none. With sessionID "" the client makes one. Fails with [ErrMisuse] if a session is open,
// else as [Client.Track] does.
func (c *Client) StartSession(sessionID string) error {
	return c.callText(C.PENSTOCK_GO_START_SESSION, sessionID)
}

// EndSession records the SessionEnd. Fails with [ErrMisuse] if no session is open, else as
// [Client.Track] does: then the session stays open.
func (c *Client) EndSession() error { return c.call(C.PENSTOCK_GO_END_SESSION) }

// Session is [Client.StartSession] for a scope. The function that it returns is never nil, and ends
// the session when it is called first:
//
//	end, err := client.Session("")
//	defer end()
func (c *Client) Session(sessionID string) (end func() error, err error) {
	return scope(c.StartSession(sessionID), c.EndSession)
}

// EnterPage says that the user comes to a page: it records a PageStart and a PageView. All later
// events that name no page are on this one, until it is left or another is entered. Fails as
// [Client.Track] does.
func (c *Client) EnterPage(pageID string) error {
	return c.callText(C.PENSTOCK_GO_ENTER_PAGE, pageID)
}

// LeavePage records the PageEnd, with the seconds that the page was in the foreground. Fails with
// [ErrMisuse] if no page is open, else as [Client.Track] does: then the page stays open.
func (c *Client) LeavePage() error { return c.call(C.PENSTOCK_GO_LEAVE_PAGE) }

// Page is [Client.EnterPage] for a scope. The function that it returns is never nil, and leaves the
// page when it is called first:
//
//	leave, err := client.Page("settings")
//	defer leave()
func (c *Client) Page(pageID string) (leave func() error, err error) {
	return scope(c.EnterPage(pageID), c.LeavePage)
}

func scope(err error, finish func() error) (func() error, error) {
	var finished atomic.Bool
	finished.Store(err != nil)
	return func() error {
		if finished.Swap(true) {
			return nil
		}
		return finish()
	}, err
}
