package penstock

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const (
	// Deeper, and more, than the library takes: what is beyond need not be looked at.
	depthLooked   = 32
	entriesLooked = 2048
)

// A badValue is one that no event can hold.
type badValue struct {
	path string
	why  string
}

// The name is copied: it may lie on its program's stack, as a value may.
func bad(name, why string) *badValue { return &badValue{strings.Clone(name), why} }

func (b *badValue) in(name string) *badValue {
	switch {
	case name == "":
	case b.path == "":
		b.path = strings.Clone(name)
	default:
		b.path = name + "." + b.path
	}
	return b
}

func (b *badValue) of(what string) error {
	return &Error{Code: ErrInvalidEvent, Message: what + " " + strconv.Quote(b.path) + ": " + b.why}
}

func (f *flatEvent) value(name string, value any, depth int) *badValue {
	switch v := value.(type) {
	case nil:
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
	case string:
		f.addText(name, v)
	case bool:
		f.addBool(name, v)
	case int:
		f.add(C.PENSTOCK_VALUE_INTEGER, name, int64(v))
	case int64:
		f.add(C.PENSTOCK_VALUE_INTEGER, name, v)
	case int32:
		f.add(C.PENSTOCK_VALUE_INTEGER, name, int64(v))
	case uint64:
		return f.addUnsigned(name, v)
	case float64:
		f.addReal(name, v)
	case json.Number:
		return f.addNumber(name, v)
	case map[string]any:
		return f.object(name, v, depth)
	case []any:
		return f.array(name, v, depth)
	default:
		return f.reflected(name, reflect.ValueOf(value), depth)
	}
	return nil
}

func (f *flatEvent) addText(name, text string) {
	f.add(C.PENSTOCK_VALUE_TEXT, name, 0).text_size = f.append(text)
}

func (f *flatEvent) addBool(name string, value bool) {
	entry := f.add(C.PENSTOCK_VALUE_BOOLEAN, name, 0)
	if value {
		entry.number = 1
	}
}

func (f *flatEvent) addReal(name string, value float64) {
	f.add(C.PENSTOCK_VALUE_REAL, name, int64(math.Float64bits(value)))
}

func (f *flatEvent) addUnsigned(name string, value uint64) *badValue {
	if value > math.MaxInt64 {
		return bad(name, "a whole number must fit 64 bits signed; give it as text")
	}
	f.add(C.PENSTOCK_VALUE_INTEGER, name, int64(value))
	return nil
}

func (f *flatEvent) addNumber(name string, number json.Number) *badValue {
	whole, err := number.Int64()
	if err == nil {
		f.add(C.PENSTOCK_VALUE_INTEGER, name, whole)
		return nil
	}
	if errors.Is(err, strconv.ErrRange) {
		return bad(name, "a whole number must fit 64 bits signed; give it as text")
	}
	real, err := number.Float64()
	if err != nil {
		return bad(name, "the json.Number is no number, or too large a one")
	}
	f.addReal(name, real)
	return nil
}

func (f *flatEvent) looksAt(depth int) bool {
	return depth < depthLooked && len(f.entries) <= entriesLooked
}

func (f *flatEvent) object(name string, members map[string]any, depth int) *badValue {
	if members == nil {
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
		return nil
	}
	f.add(C.PENSTOCK_FLAT_OBJECT, name, 0)
	keys := sortedKeys(members)
	for i := 0; i < len(keys) && f.looksAt(depth); i++ {
		if wrong := f.value(keys[i], members[keys[i]], depth+1); wrong != nil {
			return wrong.in(name)
		}
	}
	f.add(C.PENSTOCK_FLAT_CLOSE, "", 0)
	return nil
}

func sortedKeys(members map[string]any) []string {
	keys := make([]string, 0, len(members))
	for key := range members {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (f *flatEvent) array(name string, values []any, depth int) *badValue {
	if values == nil {
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
		return nil
	}
	f.add(C.PENSTOCK_FLAT_ARRAY, name, 0)
	for i := 0; i < len(values) && f.looksAt(depth); i++ {
		if wrong := f.value("", values[i], depth+1); wrong != nil {
			return wrong.in(name)
		}
	}
	f.add(C.PENSTOCK_FLAT_CLOSE, "", 0)
	return nil
}
