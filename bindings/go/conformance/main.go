// The runner of the conformance suite: it uses the package as a program does, as the requests on
// its standard input say. docs/bindings.md has the protocol.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

type members = map[string]any

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "runner:", err)
		os.Exit(1)
	}
}

func run() error {
	if err := answer(members{
		"language": "go",
		"version":  strings.TrimPrefix(runtime.Version(), "go"),
		"can":      []string{"raw_bytes", "not_a_number", "real_integers", "big_integers"},
	}); err != nil {
		return err
	}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, ended := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) != 0 {
			if err := obey(line); err != nil {
				return err
			}
		}
		if ended != nil {
			return nil
		}
	}
}

func obey(line []byte) error {
	var request struct {
		Case  string
		Calls []members
		Kill  *killRequest
		Bench *benchRequest
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&request); err != nil {
		return fmt.Errorf("a request that is none: %w", err)
	}
	switch {
	case request.Kill != nil:
		return recordUntilKilled(*request.Kill)
	case request.Bench != nil:
		measured, err := measure(*request.Bench)
		if err != nil {
			return err
		}
		return answer(measured)
	default:
		return answer(members{"case": request.Case, "results": runCase(request.Calls)})
	}
}

func answer(with members) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(with); err != nil {
		return err
	}
	_, err := os.Stdout.Write(line.Bytes())
	return err
}
