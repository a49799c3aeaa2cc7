package penstock

// #include "shim.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

const (
	// Of one text; the library takes less, and says so.
	textBytesMax = 16<<20 + 1
	// Beyond these a scratch is not kept.
	keptTextBytes = 64 << 10
	keptEntries   = 1 << 10
)

// A flatEvent is an Event as the library reads it: numbers and one text. One goroutine at a time.
type flatEvent struct {
	head    C.penstock_go_event
	entries []C.penstock_go_entry
	text    []byte
	why     message
}

var flatEvents = sync.Pool{New: func() any { return new(flatEvent) }}

func takeFlatEvent() *flatEvent { return flatEvents.Get().(*flatEvent) }

func (f *flatEvent) giveBack() {
	if cap(f.text) > keptTextBytes || cap(f.entries) > keptEntries {
		return
	}
	f.text = f.text[:0]
	f.entries = f.entries[:0]
	flatEvents.Put(f)
}

func (f *flatEvent) encode(event *Event) error {
	f.head = C.penstock_go_event{
		kind:           C.int32_t(event.kind),
		outcome:        C.int32_t(event.outcome),
		time_ms:        C.int64_t(event.timeMs),
		duration_ms:    C.PENSTOCK_NO_DURATION,
		schema_version: C.uint64_t(event.schemaVersion),
	}
	if event.hasDuration {
		f.head.duration_ms = C.int64_t(event.durationMs)
	}
	f.head.sizes = [...]C.uint32_t{
		f.append(event.name), f.append(event.page), f.append(event.record), f.append(event.user),
		f.append(event.session), f.append(event.correlation), f.append(event.trace),
	}
	return f.encodeFields(event)
}

func (f *flatEvent) encodeFields(event *Event) error {
	kept := min(event.detailsCount, detailsMax)
	if err := f.fields("detail", event.details[:kept]); err != nil {
		return err
	}
	if event.detailsCount > kept {
		f.add(C.PENSTOCK_VALUE_NULL, "beyond", 0)
	}
	f.head.details = C.uint32_t(len(f.entries))
	if err := f.fields("metadata", event.metadata); err != nil {
		return err
	}
	f.head.metadata = C.uint32_t(len(f.entries)) - f.head.details
	return nil
}

func (f *flatEvent) fields(what string, fields []field) error {
	for i := range fields {
		if bad := f.value(fields[i].name, fields[i].value, 0); bad != nil {
			return bad.of(what)
		}
	}
	return nil
}

func (f *flatEvent) track(client *Client, flow *Flow) C.penstock_status {
	f.head.flow = flow.native()
	status := C.penstock_go_track(client.native(), &f.head,
		unsafe.SliceData(f.entries), C.size_t(len(f.entries)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(f.text))), C.size_t(len(f.text)), f.why.at())
	runtime.KeepAlive(client)
	return status
}

func (f *flatEvent) append(text string) C.uint32_t {
	if len(text) > textBytesMax {
		text = text[:textBytesMax]
	}
	f.text = append(f.text, text...)
	return C.uint32_t(len(text))
}

func (f *flatEvent) add(kind C.int32_t, name string, number int64) *C.penstock_go_entry {
	f.entries = append(f.entries, C.penstock_go_entry{
		_type:     kind,
		name_size: f.append(name),
		number:    C.int64_t(number),
	})
	return &f.entries[len(f.entries)-1]
}
