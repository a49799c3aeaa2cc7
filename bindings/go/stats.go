package penstock

// #include "shim.h"
import "C"

import "runtime"

// SenderState is what the sender does.
type SenderState int

const (
	// SenderRunning: it sends, or waits for something to send.
	SenderRunning SenderState = C.PENSTOCK_SENDER_RUNNING
	// SenderRetrying: the last request failed; another follows by itself.
	SenderRetrying SenderState = C.PENSTOCK_SENDER_RETRYING
	// SenderRefused: the gateway refused, which a person has to cure; it is asked again rarely, and
	// at once by [Client.Flush].
	SenderRefused SenderState = C.PENSTOCK_SENDER_REFUSED
)

// String is "running", "retrying" or "refused".
func (s SenderState) String() string {
	switch s {
	case SenderRunning:
		return "running"
	case SenderRetrying:
		return "retrying"
	case SenderRefused:
		return "refused"
	default:
		return "unknown"
	}
}

// Stats are counts of one client since it was opened, unless they say otherwise. Recorded and
// Adopted together are always Acknowledged, Rejected, Pending, and what was dropped later.
type Stats struct {
	Recorded     uint64 // Track returned nil; sessions and pages too
	Adopted      uint64 // recorded by an earlier run, or by a process that is gone
	Acknowledged uint64 // in Kafka
	Rejected     uint64 // in the dead-letter topic
	Pending      uint64 // in the journal now

	// Not recorded by Track, by reason.
	DroppedInvalid     uint64
	DroppedTooLarge    uint64
	DroppedStorageFull uint64
	DroppedIOError     uint64
	DroppedOutOfMemory uint64
	DroppedNotAllowed  uint64

	// Recorded, and dropped later.
	DroppedTooLargeForGateway uint64
	DroppedExpired            uint64
	DroppedConsentDenied      uint64
	DroppedForgotten          uint64

	Torn        uint64 // half-written by a thread that was killed
	Misused     uint64 // calls that failed with ErrMisuse
	Masked      uint64 // values that were masked or removed
	BatchesSent uint64 // requests, repeats included
	Retries     uint64
	BytesSent   uint64 // bodies, compressed
	DiskBytes   uint64 // of this process's journal now
	LastSeq     uint64 // the highest sequence number so far, over all runs; 0: none
	InstallID   string // of the sequence

	Sender        SenderState
	SenderMessage string // why it is retrying or refused; "" while it runs
}

// Stats are the client's counts now. Fails for a nil client only.
func (c *Client) Stats() (Stats, error) {
	var why message
	var from C.penstock_stats
	status := C.penstock_go_stats(c.native(), &from, why.at())
	runtime.KeepAlive(c)
	if status != C.PENSTOCK_OK {
		return Stats{}, failure(status, &why)
	}
	return statsOf(&from), nil
}

func statsOf(from *C.penstock_stats) Stats {
	return Stats{
		Recorded:                  uint64(from.recorded),
		Adopted:                   uint64(from.adopted),
		Acknowledged:              uint64(from.acknowledged),
		Rejected:                  uint64(from.rejected),
		Pending:                   uint64(from.pending),
		DroppedInvalid:            uint64(from.dropped_invalid),
		DroppedTooLarge:           uint64(from.dropped_too_large),
		DroppedStorageFull:        uint64(from.dropped_storage_full),
		DroppedIOError:            uint64(from.dropped_io_error),
		DroppedOutOfMemory:        uint64(from.dropped_out_of_memory),
		DroppedNotAllowed:         uint64(from.dropped_not_allowed),
		DroppedTooLargeForGateway: uint64(from.dropped_too_large_for_gateway),
		DroppedExpired:            uint64(from.dropped_expired),
		DroppedConsentDenied:      uint64(from.dropped_consent_denied),
		DroppedForgotten:          uint64(from.dropped_forgotten),
		Torn:                      uint64(from.torn),
		Misused:                   uint64(from.misused),
		Masked:                    uint64(from.masked),
		BatchesSent:               uint64(from.batches_sent),
		Retries:                   uint64(from.retries),
		BytesSent:                 uint64(from.bytes_sent),
		DiskBytes:                 uint64(from.disk_bytes),
		LastSeq:                   uint64(from.last_seq),
		InstallID:                 C.GoString(&from.install_id[0]),
		Sender:                    SenderState(from.sender),
		SenderMessage:             C.GoString(&from.sender_message[0]),
	}
}
