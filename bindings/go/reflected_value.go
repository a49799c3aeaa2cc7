package penstock

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

var numberType = reflect.TypeFor[json.Number]()

// Of types that are not those of value, but defined by one of them. Nothing of v is kept: what a
// program gives may lie on its stack, which reflect.Value.Interface would forbid.
func (f *flatEvent) reflected(name string, v reflect.Value, depth int) *badValue {
	switch v.Kind() {
	case reflect.Invalid:
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
	case reflect.String:
		if v.Type() == numberType {
			return f.addNumber(name, json.Number(v.String()))
		}
		f.addText(name, v.String())
	case reflect.Bool:
		f.addBool(name, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.add(C.PENSTOCK_VALUE_INTEGER, name, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Uintptr:
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
	return bad(name, "a value of the type "+of.String()+" has no form in JSON here; "+
		"give text, numbers, bools, maps with string keys, or slices")
}

func (f *flatEvent) reflectedParts(name string, v reflect.Value, depth int) *badValue {
	of := v.Type()
	isList := of.Kind() == reflect.Slice || of.Kind() == reflect.Array
	isBytes := isList && of.Elem().Kind() == reflect.Uint8
	if isBytes || (of.Kind() == reflect.Map && of.Key().Kind() != reflect.String) {
		return noForm(name, of)
	}
	if of.Kind() != reflect.Array && v.IsNil() {
		f.add(C.PENSTOCK_VALUE_NULL, name, 0)
		return nil
	}
	switch of.Kind() {
	case reflect.Map:
		return f.reflectedMap(name, v, depth)
	case reflect.Pointer, reflect.Interface:
		if depth > depthLooked {
			return bad(name, "pointers lead to pointers without an end")
		}
		return f.reflected(name, v.Elem(), depth+1)
	default:
		return f.reflectedList(name, v, depth)
	}
}

func (f *flatEvent) reflectedMap(name string, v reflect.Value, depth int) *badValue {
	f.add(C.PENSTOCK_FLAT_OBJECT, name, 0)
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		return strings.Compare(a.String(), b.String())
	})
	for i := 0; i < len(keys) && f.looksAt(depth); i++ {
		wrong := f.reflected(keys[i].String(), v.MapIndex(keys[i]), depth+1)
		if wrong != nil {
			return wrong.in(name)
		}
	}
	f.add(C.PENSTOCK_FLAT_CLOSE, "", 0)
	return nil
}

func (f *flatEvent) reflectedList(name string, v reflect.Value, depth int) *badValue {
	f.add(C.PENSTOCK_FLAT_ARRAY, name, 0)
	for i := 0; i < v.Len() && f.looksAt(depth); i++ {
		if wrong := f.reflected("", v.Index(i), depth+1); wrong != nil {
			return wrong.in(name)
		}
	}
	f.add(C.PENSTOCK_FLAT_CLOSE, "", 0)
	return nil
}
