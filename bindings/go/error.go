package penstock

// #include "shim.h"
import "C"

// A Code says what kind of failure an [Error] is. Codes are errors themselves, for [errors.Is]:
//
//	if errors.Is(err, penstock.ErrStorageFull) { … }
type Code int

const (
	// ErrInvalidOption: an option is missing or out of range; the message names it.
	ErrInvalidOption Code = C.PENSTOCK_INVALID_OPTION
	// ErrInvalidEvent: a field of the event is missing or wrong; the message names it.
	ErrInvalidEvent Code = C.PENSTOCK_INVALID_EVENT
	// ErrTooLarge: the encoded event is larger than [WithEventBytesMax] allows.
	ErrTooLarge Code = C.PENSTOCK_TOO_LARGE
	// ErrStorageFull: the disk budget or the file system is full.
	ErrStorageFull Code = C.PENSTOCK_STORAGE_FULL
	// ErrDirectoryInUse: every slot of the directory is locked by other processes.
	ErrDirectoryInUse Code = C.PENSTOCK_DIRECTORY_IN_USE
	// ErrIO: a file operation failed; the message has the path and the system's reason.
	ErrIO Code = C.PENSTOCK_IO
	// ErrTimeout: not finished within the given time; nothing is lost by that.
	ErrTimeout Code = C.PENSTOCK_TIMEOUT
	// ErrRefused: the gateway refuses (key, format); events are kept, and the message says why.
	ErrRefused Code = C.PENSTOCK_REFUSED
	// ErrClosed: the client is closed.
	ErrClosed Code = C.PENSTOCK_CLOSED
	// ErrNotAllowed: consent does not permit it.
	ErrNotAllowed Code = C.PENSTOCK_NOT_ALLOWED
	// ErrOutOfMemory: there was no memory, or no handle left.
	ErrOutOfMemory Code = C.PENSTOCK_OUT_OF_MEMORY
	// ErrInternal: a broken invariant in the library; please report it.
	ErrInternal Code = C.PENSTOCK_INTERNAL
	// ErrInvalidArgument: a nil or zero client or flow, or a value that cannot be meant.
	ErrInvalidArgument Code = C.PENSTOCK_INVALID_ARGUMENT
	// ErrMisuse: a call that makes no sense now, as to end what is not open.
	ErrMisuse Code = C.PENSTOCK_MISUSE
)

// String is the code's name, for example "storage_full".
func (c Code) String() string {
	return C.GoString(C.penstock_status_name(C.penstock_status(c)))
}

// Error is [Code.String], and makes a Code a target of [errors.Is].
func (c Code) Error() string { return c.String() }

// An Error is why a call failed. Every error that this package returns is, or wraps, one.
type Error struct {
	Code Code
	// Message says what happened, to which thing, and what to do about it. It never holds an
	// event's content or a key.
	Message string

	cause error
}

// Error is the code's name and the message.
func (e *Error) Error() string { return "penstock: " + e.Code.String() + ": " + e.Message }

// Unwrap gives the code, and what ended a context, if that was the reason.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.cause}
}

func failure(status C.penstock_status, why *message) error {
	if status == C.PENSTOCK_OK {
		return nil
	}
	return &Error{Code: Code(status), Message: why.text()}
}
