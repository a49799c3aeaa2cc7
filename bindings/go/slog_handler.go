package penstock

import (
	"context"
	"errors"
	"log/slog"
	"slices"
)

// Of the message, and of all attributes as one text, in bytes.
const slogTextMax = 4 << 10

// SlogOptions are those of [NewSlogHandler]; nil is as the zero value.
type SlogOptions struct {
	// Level is the lowest that becomes an event; nil: [slog.LevelError].
	Level slog.Leveler
	// Inner gets every record too, as its own level says; nil: nobody does.
	Inner slog.Handler
}

// A slogHandler is immutable.
type slogHandler struct {
	client *Client
	level  slog.Leveler
	inner  slog.Handler
	scopes []slogScope // the first is not in a group
}

// What WithGroup opened, and the attributes that WithAttrs added in it.
type slogScope struct {
	group string
	attrs []slog.Attr
}

// NewSlogHandler makes Error events of records: the message is the error, the attributes are its
// details, groups are objects. The flow of the logging call's context is the event's.
//
// An attribute named "error" becomes the detail "cause", since "error" has the message. If the
// attributes are more than an event has details, or one name would come twice, all of them are in
// one detail, "attributes". What an event does not take becomes text: of an error and a Stringer their
// own, else JSON, else the name of the type; so do all attributes together, cut at 4 KiB, of a record
// that is beyond the limits of an event.
// Handle's error has what Track and the inner handler said.
func NewSlogHandler(client *Client, options *SlogOptions) slog.Handler {
	handler := &slogHandler{client: client, level: slog.LevelError, scopes: []slogScope{{}}}
	if options != nil {
		handler.inner = options.Inner
		if options.Level != nil {
			handler.level = options.Level
		}
	}
	return handler
}

func (h *slogHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.records(level) || (h.inner != nil && h.inner.Enabled(ctx, level))
}

func (h *slogHandler) records(level slog.Level) bool { return level >= h.level.Level() }

func (h *slogHandler) Handle(ctx context.Context, record slog.Record) error {
	var tracked, handled error
	if h.records(record.Level) {
		tracked = h.track(ctx, record)
	}
	if h.inner != nil && h.inner.Enabled(ctx, record.Level) {
		handled = h.inner.Handle(ctx, record)
	}
	return errors.Join(tracked, handled)
}

func (h *slogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	derived := h.derive()
	if derived.inner != nil {
		derived.inner = derived.inner.WithAttrs(attrs)
	}
	last := &derived.scopes[len(derived.scopes)-1]
	last.attrs = append(slices.Clip(last.attrs), attrs...)
	return derived
}

func (h *slogHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	derived := h.derive()
	if derived.inner != nil {
		derived.inner = derived.inner.WithGroup(name)
	}
	derived.scopes = append(derived.scopes, slogScope{group: name})
	return derived
}

func (h *slogHandler) derive() *slogHandler {
	derived := *h
	derived.scopes = slices.Clone(h.scopes)
	return &derived
}

func (h *slogHandler) track(ctx context.Context, record slog.Record) error {
	message := record.Message
	if message == "" {
		message = record.Level.String()
	}
	attributes := h.attributes(record)
	event := ErrorEvent(message).At(record.Time)
	full := event
	for name, value := range detailsOf(attributes) {
		full = full.Detail(name, value)
	}
	err := h.client.Track(ctx, full)
	if errors.Is(err, ErrInvalidEvent) || errors.Is(err, ErrTooLarge) {
		event.name = clipped(message)
		return h.client.Track(ctx, event.Detail("attributes", clipped(safeText(attributes))))
	}
	return err
}

func clipped(text string) string { return text[:min(len(text), slogTextMax)] }
