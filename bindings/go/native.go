package penstock

// #cgo CFLAGS: -I${SRCDIR}/native/include
// #cgo LDFLAGS: ${SRCDIR}/native/lib/libpenstock.a -pthread -lm
// #cgo noescape penstock_go_track
// #cgo nocallback penstock_go_track
// #cgo noescape penstock_go_call_text
// #cgo nocallback penstock_go_call_text
// #cgo noescape penstock_go_call
// #cgo nocallback penstock_go_call
// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Version is that of the native library, for example "0.5.0".
func Version() string { return C.GoString(C.penstock_version()) }

// The text of a failed call, as the library ends it.
type message [C.PENSTOCK_GO_MESSAGE_BYTES]C.char

func (m *message) at() *C.char { return &m[0] }

func (m *message) text() string { return C.GoString(&m[0]) }

// A client's handle is a number for the library, and no address.
func (c *Client) native() C.uintptr_t {
	if c == nil {
		return 0
	}
	return c.handle
}

func (c *Client) call(which C.int) error {
	var why message
	status := C.penstock_go_call(which, c.native(), why.at())
	runtime.KeepAlive(c)
	return failure(status, &why)
}

func (c *Client) callText(which C.int, text string) error {
	var why message
	status := C.penstock_go_call_text(which, c.native(), chars(text), C.size_t(len(text)), why.at())
	runtime.KeepAlive(c)
	return failure(status, &why)
}

// The bytes of a text, for a call that keeps nothing of them.
func chars(text string) *C.char { return (*C.char)(unsafe.Pointer(unsafe.StringData(text))) }
