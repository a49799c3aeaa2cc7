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

func (b *badValue) in(name string) *badValue {
	switch {
	case name == "":
	case b.path == "":
		b.path = name
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
		return &badValue{name, "a whole number must fit 64 bits signed; give it as text"}
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
		return &badValue{name, "a whole number must fit 64 bits signed; give it as text"}
	}
	real, err := number.Float64()
	if err != nil {
		return &badValue{name, "the json.Number is no number, or too large a one"}
	}
	f.addReal(name, real)
	return nil
}

func (f *flatEvent) object(name string, members map[string]any, depth int) *badValue {
	if members == nil {
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
		return nil
	}
	f.add(C.PENSTOCK_FLAT_OBJECT, name, 0)
	if depth < depthLooked {
		for _, key := range sortedKeys(members) {
			if len(f.entries) > entriesLooked {
				break
			}
			if bad := f.value(key, members[key], depth+1); bad != nil {
				return bad.in(name)
			}
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
	if depth < depthLooked {
		for _, value := range values {
			if len(f.entries) > entriesLooked {
				break
			}
			if bad := f.value("", value, depth+1); bad != nil {
				return bad.in(name)
			}
		}
	}
	f.add(C.PENSTOCK_FLAT_CLOSE, "", 0)
	return nil
}

// Of types that are not those of value, but defined by one of them.
func (f *flatEvent) reflected(name string, v reflect.Value, depth int) *badValue {
	switch v.Kind() {
	case reflect.String:
		f.addText(name, v.String())
	case reflect.Bool:
		f.addBool(name, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.add(C.PENSTOCK_VALUE_INTEGER, name, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return f.addUnsigned(name, v.Uint())
	case reflect.Float32, reflect.Float64:
		f.addReal(name, v.Float())
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer, reflect.Interface:
		return f.reflectedParts(name, v, depth)
	default:
		return noForm(name, v.Type())
	}
	return nil
}

func noForm(name string, of reflect.Type) *badValue {
	return &badValue{name, "a value of the type " + of.String() + " has no form in JSON here; give text, " +
		"numbers, bools, maps with string keys, or slices"}
}

func (f *flatEvent) reflectedParts(name string, v reflect.Value, depth int) *badValue {
	of := v.Type()
	isBytes := (of.Kind() == reflect.Slice || of.Kind() == reflect.Array) && of.Elem().Kind() == reflect.Uint8
	if isBytes || (of.Kind() == reflect.Map && of.Key().Kind() != reflect.String) {
		return noForm(name, of)
	}
	if of.Kind() != reflect.Array && v.IsNil() {
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
		return nil
	}
	switch of.Kind() {
	case reflect.Map:
		return f.object(name, membersOf(v), depth)
	case reflect.Pointer, reflect.Interface:
		if depth > depthLooked {
			return &badValue{name, "pointers lead to pointers without an end"}
		}
		return f.value(name, v.Elem().Interface(), depth+1)
	default:
		return f.array(name, itemsOf(v), depth)
	}
}

func membersOf(v reflect.Value) map[string]any {
	members := make(map[string]any, v.Len())
	for each := v.MapRange(); each.Next(); {
		members[strings.Clone(each.Key().String())] = each.Value().Interface()
	}
	return members
}

func itemsOf(v reflect.Value) []any {
	items := make([]any, min(v.Len(), entriesLooked))
	for i := range items {
		items[i] = v.Index(i).Interface()
	}
	return items
}
