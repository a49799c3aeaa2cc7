package penstock

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"time"
)

const (
	// An event has 16; the message is one of them.
	slogDetailsMax = 15
	// A group that holds itself, by a LogValuer, ends somewhere.
	slogDepthMax = 20
)

// The members of a group, or of the record: a type of its own, so that a map which the program has
// given is never followed or changed.
type slogGroup map[string]any

// All attributes of a record, by name; groups within each other.
func (h *slogHandler) attributes(record slog.Record) slogGroup {
	root := slogGroup{}
	into := root
	for i, scope := range h.scopes {
		if i > 0 {
			into = groupIn(into, scope.group)
		}
		for _, attr := range scope.attrs {
			addAttr(into, attr, 0)
		}
	}
	record.Attrs(func(attr slog.Attr) bool {
		addAttr(into, attr, 0)
		return true
	})
	dropEmptyGroups(root)
	return root
}

func groupIn(members slogGroup, name string) slogGroup {
	if group, is := members[name].(slogGroup); is {
		return group
	}
	group := slogGroup{}
	members[name] = group
	return group
}

func dropEmptyGroups(members slogGroup) {
	for name, value := range members {
		group, is := value.(slogGroup)
		if !is {
			continue
		}
		if dropEmptyGroups(group); len(group) == 0 {
			delete(members, name)
		}
	}
}

func addAttr(members slogGroup, attr slog.Attr, depth int) {
	value := attr.Value.Resolve()
	isGroup := value.Kind() == slog.KindGroup && depth < slogDepthMax
	switch {
	case attr.Equal(slog.Attr{}):
		return
	case isGroup && attr.Key != "":
		members = groupIn(members, attr.Key)
	case !isGroup && attr.Key == "":
		members["!EMPTY"] = plainValue(value)
	case !isGroup:
		members[attr.Key] = plainValue(value)
	}
	if isGroup {
		for _, inner := range value.Group() {
			addAttr(members, inner, depth+1)
		}
	}
}

func plainValue(value slog.Value) any {
	switch value.Kind() {
	case slog.KindUint64:
		if value.Uint64() > math.MaxInt64 {
			return value.String()
		}
	case slog.KindFloat64:
		if math.IsNaN(value.Float64()) || math.IsInf(value.Float64(), 0) {
			return value.String()
		}
	case slog.KindTime:
		return value.Time().Format(time.RFC3339Nano)
	case slog.KindDuration, slog.KindGroup:
		return value.String()
	case slog.KindAny:
		return textUnlessPlain(value.Any())
	}
	return value.Any()
}

// Text, if an event does not take it.
func textUnlessPlain(value any) any {
	_, isError := value.(error)
	var probe flatEvent
	if isError || probe.value("", value, 0) != nil {
		return safeText(value)
	}
	return value
}

// Comes to an end and does not panic, also for values that contain themselves, which package fmt
// would follow for ever.
func safeText(value any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("%T", value)
		}
	}()
	switch value.(type) {
	case error, fmt.Stringer:
		return fmt.Sprint(value)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%T", value)
	}
	return string(encoded)
}

func detailsOf(attributes slogGroup) slogGroup {
	nested := slogGroup{"attributes": attributes}
	if cause, has := attributes["error"]; has {
		if _, taken := attributes["cause"]; taken {
			return nested
		}
		delete(attributes, "error")
		attributes["cause"] = cause
	}
	if len(attributes) > slogDetailsMax {
		return nested
	}
	return attributes
}
