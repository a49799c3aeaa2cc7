package penstock

// #include "shim.h"
import "C"

import "runtime"

// Consent is what the user has said about being recorded. It is kept in the directory, for all
// processes that share it and for later runs.
type Consent int

const (
	// ConsentUnknown: nothing yet; [WithoutConsent] says what that means.
	ConsentUnknown Consent = C.PENSTOCK_CONSENT_UNKNOWN
	// ConsentGranted: events are recorded and sent.
	ConsentGranted Consent = C.PENSTOCK_CONSENT_GRANTED
	// ConsentDenied: nothing is recorded or sent, and what was pending is deleted.
	ConsentDenied Consent = C.PENSTOCK_CONSENT_DENIED
)

// String is "unknown", "granted" or "denied".
func (c Consent) String() string {
	switch c {
	case ConsentGranted:
		return "granted"
	case ConsentDenied:
		return "denied"
	default:
		return "unknown"
	}
}

// SetConsent sets what the user has said; it is in force when this returns. It may wait for two
// seconds. Fails with [ErrIO] if the answer could not be kept, or what was recorded could not be
// deleted; with [ErrTimeout] if that still goes on.
func (c *Client) SetConsent(consent Consent) error {
	var why message
	status := C.penstock_go_set_consent(c.native(), C.int(consent), why.at())
	runtime.KeepAlive(c)
	return failure(status, &why)
}

// Consent is what the user has said; unknown for a nil client.
func (c *Client) Consent() Consent {
	consent := Consent(C.penstock_go_consent(c.native()))
	runtime.KeepAlive(c)
	return consent
}

// Forget erases what this directory's processes have recorded: here, and, by a request that
// outlives this process, at the gateway. Waits and fails as [Client.SetConsent] does.
func (c *Client) Forget() error { return c.call(C.PENSTOCK_GO_FORGET) }
