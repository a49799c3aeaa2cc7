package penstock

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"unsafe"
)

// A LedgerRow is what became of the events of one type that this process's part of the directory
// has recorded, over all runs. Recorded is always Acknowledged, Rejected, Pending and all Dropped
// together.
type LedgerRow struct {
	// Type is the activityType or action; "other" for those of the program's own.
	Type         string `json:"type"`
	Recorded     uint64 `json:"recorded"`
	Acknowledged uint64 `json:"acknowledged"`
	Rejected     uint64 `json:"rejected"`
	Pending      uint64 `json:"pending"`
	// Dropped counts by reason.
	Dropped map[string]uint64 `json:"dropped"`
	// Refused counts by reason what Track did not record.
	Refused map[string]uint64 `json:"refused"`
}

// Ledger is the ledger, by type; types without events are left out. It takes milliseconds if the
// journal is full.
func (c *Client) Ledger() ([]LedgerRow, error) {
	text, err := c.ledgerText()
	if err != nil {
		return nil, err
	}
	rows := []LedgerRow{}
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, &Error{Code: ErrInternal, Message: "the ledger cannot be read", cause: err}
	}
	return rows, nil
}

func (c *Client) ledgerText() ([]byte, error) {
	var text []byte
	for {
		var why message
		var size C.size_t
		at := (*C.char)(unsafe.Pointer(unsafe.SliceData(text)))
		status := C.penstock_go_ledger(c.native(), at, C.size_t(len(text)), &size, why.at())
		runtime.KeepAlive(c)
		if status != C.PENSTOCK_OK {
			return nil, failure(status, &why)
		}
		if int(size) <= len(text) {
			return text[:size], nil
		}
		text = make([]byte, size)
	}
}
