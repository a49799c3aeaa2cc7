package penstock

// #include "shim.h"
import "C"

import (
	"maps"
	"math"
	"runtime"
	"slices"
	"time"
	"unsafe"
)

// The library's options, as they are put together; what they refer to is pinned until they were
// read.
type settings struct {
	native  C.penstock_options
	pinner  runtime.Pinner
	refused error // of the first number that cannot be given to the library
}

func (s *settings) init(directory, endpoint, writeKey string) {
	C.penstock_options_init_sized(&s.native, C.sizeof_penstock_options)
	s.native.directory = s.text(directory)
	s.native.endpoint = s.text(endpoint)
	s.native.write_key = s.text(writeKey)
}

func (s *settings) text(text string) C.penstock_text {
	if text == "" {
		return C.penstock_text{}
	}
	s.pinner.Pin(unsafe.StringData(text))
	return C.penstock_text{data: chars(text), size: C.size_t(len(text))}
}

func (s *settings) bytes(bytes []byte) C.penstock_text {
	if len(bytes) == 0 {
		return C.penstock_text{}
	}
	first := unsafe.SliceData(bytes)
	s.pinner.Pin(first)
	return C.penstock_text{data: (*C.char)(unsafe.Pointer(first)), size: C.size_t(len(bytes))}
}

func (s *settings) texts(texts []string) (*C.penstock_text, C.size_t) {
	if len(texts) == 0 {
		return nil, 0
	}
	native := make([]C.penstock_text, len(texts))
	for i, text := range texts {
		native[i] = s.text(text)
	}
	s.pinner.Pin(&native[0])
	return &native[0], C.size_t(len(native))
}

func (s *settings) fields(fields map[string]string) (*C.penstock_field, C.size_t) {
	values := make(map[string]C.penstock_text, len(fields))
	for name, value := range fields {
		values[name] = s.text(value)
	}
	return s.named(values)
}

func (s *settings) keys(keys map[string][]byte) (*C.penstock_field, C.size_t) {
	values := make(map[string]C.penstock_text, len(keys))
	for id, key := range keys {
		values[id] = s.bytes(key)
	}
	return s.named(values)
}

func (s *settings) named(values map[string]C.penstock_text) (*C.penstock_field, C.size_t) {
	if len(values) == 0 {
		return nil, 0
	}
	native := make([]C.penstock_field, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		native = append(native, C.penstock_field{name: s.text(name), value: values[name]})
	}
	s.pinner.Pin(&native[0])
	return &native[0], C.size_t(len(native))
}

func (s *settings) count(name string, count int64) int64 {
	if count < 0 {
		s.refuse(name, "is negative")
		return 0
	}
	return count
}

func (s *settings) size(name string, size int) C.size_t {
	return C.size_t(s.count(name, int64(size)))
}

func (s *settings) wait(name string, wait time.Duration) C.uint32_t {
	return s.whole(name, wait, time.Millisecond)
}

// Rounded up, so that a moment is not nothing.
func (s *settings) whole(name string, length, unit time.Duration) C.uint32_t {
	units := int64(length / unit)
	if length%unit > 0 {
		units++
	}
	if length < 0 || units > math.MaxUint32 {
		s.refuse(name, "is negative, or too long")
		return 0
	}
	return C.uint32_t(units)
}

func (s *settings) refuse(name, why string) {
	if s.refused == nil {
		s.refused = &Error{Code: ErrInvalidOption, Message: name + " " + why}
	}
}

func flag(on bool) C.int {
	if on {
		return 1
	}
	return 0
}
