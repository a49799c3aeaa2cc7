package main

import (
	"context"
	"errors"
	"runtime"
	"time"

	"penstock.dev/penstock-go"
)

// What a case has: one client, and flows by the case's names.
type stage struct {
	client   *penstock.Client
	flows    map[string]*penstock.Flow
	contexts map[string]context.Context
}

var errNoClient = errors.New("no client")

func runCase(calls []members) []members {
	on := &stage{flows: map[string]*penstock.Flow{}, contexts: map[string]context.Context{}}
	results := make([]members, 0, len(calls))
	for _, call := range calls {
		result, err := on.call(call)
		results = append(results, resultOf(result, err))
	}
	on.leave()
	return results
}

// A closed client keeps its part of the directory until it is collected; the next one may want it.
func (s *stage) leave() {
	if s.client == nil {
		return
	}
	_ = within(0, s.client.Close)
	s.client = nil
	clear(s.flows)
	clear(s.contexts)
	runtime.GC()
	time.Sleep(10 * time.Millisecond)
}

func resultOf(result members, err error) members {
	var failed *penstock.Error
	switch {
	case errors.Is(err, errNoClient):
		return members{"code": "no_client"}
	case errors.As(err, &failed):
		return members{"code": failed.Code.String(), "message": failed.Message}
	case err != nil:
		return members{"code": "runner", "message": err.Error()}
	case result == nil:
		return members{}
	default:
		return result
	}
}

func within(ms int64, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(ms)*time.Millisecond)
	defer cancel()
	return call(ctx)
}

func (s *stage) call(call members) (members, error) {
	name, _ := call["call"].(string)
	if name == "open" {
		s.leave()
		return nil, s.open(call)
	}
	if s.client == nil {
		return nil, errNoClient
	}
	if known, is := recording[name]; is {
		return nil, known(s, call)
	}
	if known, is := asking[name]; is {
		return known(s, call)
	}
	return nil, errors.New("the runner knows no call " + name)
}

func (s *stage) open(call members) error {
	options, _ := call["options"].(members)
	client, err := openWith(options)
	if err == nil {
		s.client = client
	}
	return err
}
