package main

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A text, or an object that stands for one; "" for all else.
func text(given any) string {
	made, _ := valueOf(given).(string)
	return made
}

func number(given any) int64 {
	whole, _ := given.(json.Number)
	made, _ := whole.Int64()
	return made
}

// The value that a request's stands for.
func valueOf(given any) any {
	switch v := given.(type) {
	case json.Number:
		return numberOf(v)
	case []any:
		made := make([]any, len(v))
		for i := range v {
			made[i] = valueOf(v[i])
		}
		return made
	case members:
		if len(v) == 1 {
			for name, argument := range v {
				if make, is := special[name]; is {
					return make(argument)
				}
			}
		}
		return valuesOf(v)
	default:
		return given
	}
}

func valuesOf(given members) members {
	made := make(members, len(given))
	for name, value := range given {
		made[name] = valueOf(value)
	}
	return made
}

var special map[string]func(argument any) any

func init() {
	special = map[string]func(argument any) any{
		"$int":   func(argument any) any { return numberOf(json.Number(argument.(string))) },
		"$real":  func(argument any) any { return realOf(argument.(string)) },
		"$utf16": func(argument any) any { return fromUTF16(argument.(string)) },
		"$bytes": func(argument any) any { return string(fromHex(argument.(string))) },
		"$repeat": func(argument any) any {
			pair := argument.([]any)
			return strings.Repeat(text(pair[0]), int(number(pair[1])))
		},
		"$nest": func(argument any) any { return nest(number(argument)) },
	}
}

// As a program would hold it: an int64, else a uint64, else a float64 if it has a fraction.
func numberOf(given json.Number) any {
	if whole, err := given.Int64(); err == nil {
		return whole
	}
	if whole, err := strconv.ParseUint(given.String(), 10, 64); err == nil {
		return whole
	}
	if strings.ContainsAny(given.String(), ".eE") {
		return realOf(given.String())
	}
	return given
}

func realOf(given string) float64 {
	real, _ := strconv.ParseFloat(given, 64)
	return real
}

func fromHex(given string) []byte {
	bytes, _ := hex.DecodeString(given)
	return bytes
}

func fromUTF16(given string) string {
	bytes := fromHex(given)
	units := make([]uint16, len(bytes)/2)
	for i := range units {
		units[i] = uint16(bytes[2*i])<<8 | uint16(bytes[2*i+1])
	}
	return string(utf16.Decode(units))
}

func nest(levels int64) any {
	nested := []any{}
	for ; levels > 1; levels-- {
		nested = []any{nested}
	}
	return nested
}
