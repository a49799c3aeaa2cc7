package penstock

import (
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

// All attributes of a record, by name; groups within each other.
func (h *slogHandler) attributes(record slog.Record) map[string]any {
	root := map[string]any{}
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

func groupIn(members map[string]any, name string) map[string]any {
	if group, is := members[name].(map[string]any); is {
		return group
	}
	group := map[string]any{}
	members[name] = group
	return group
}

func dropEmptyGroups(members map[string]any) {
	for name, value := range members {
		group, is := value.(map[string]any)
		if !is {
			continue
		}
		if dropEmptyGroups(group); len(group) == 0 {
			delete(members, name)
		}
	}
}

func addAttr(members map[string]any, attr slog.Attr, depth int) {
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

// As package fmt writes it, if an event does not take it.
func textUnlessPlain(value any) any {
	_, isError := value.(error)
	var probe flatEvent
	if isError || probe.value("", value, 0) != nil {
		return fmt.Sprint(value)
	}
	return value
}

func detailsOf(attributes map[string]any) map[string]any {
	nested := map[string]any{"attributes": attributes}
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
