package main

import (
	"context"
	"runtime"
	"time"

	"penstock.dev/penstock-go"
)

type benchRequest struct {
	Options members
	Count   int
}

func measure(request benchRequest) (members, error) {
	client, err := openWith(request.Options)
	if err != nil {
		return nil, err
	}
	defer func() { _ = within(0, client.Close) }()
	if err := recordMany(client, request.Count); err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := recordMany(client, request.Count); err != nil {
		return nil, err
	}
	took := time.Since(begin)
	allocations, err := allocationsOf(func() error { return recordMany(client, request.Count) })
	if err != nil {
		return nil, err
	}
	return members{
		"us_per_call":          float64(took.Nanoseconds()) / 1000 / float64(request.Count),
		"allocations_per_call": float64(allocations) / float64(request.Count),
	}, nil
}

func recordMany(client *penstock.Client, count int) error {
	ctx := context.Background()
	for range count {
		err := client.Track(ctx, penstock.Click("approval-screen", "approve-button").
			Detail("itemsSelected", 3).Detail("theme", "dark"))
		if err != nil {
			return err
		}
	}
	return nil
}

func allocationsOf(work func() error) (uint64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := work()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, err
}
