package penstock_test

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"os"

	"penstock.dev/penstock-go"
)

func Example() {
	client, err := penstock.Open("./journal", "https://telemetry.example.com",
		os.Getenv("WRITE_KEY"), penstock.WithAppName("approval-desk"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	defer func() { _ = client.Close(ctx) }()
	err = client.Track(ctx, penstock.Click("approval-screen", "approve-button").
		Detail("itemsSelected", 3))
	if errors.Is(err, penstock.ErrStorageFull) {
		log.Print(err)
	}
}

func ExampleClient_RunFlow() {
	var client *penstock.Client // of penstock.Open
	err := client.RunFlow(context.Background(), "approve", func(ctx context.Context) error {
		return client.Track(ctx, penstock.RecordApproved("REQ-1041"))
	})
	if err != nil {
		log.Print(err)
	}
}

func ExampleNewSlogHandler() {
	var client *penstock.Client // of penstock.Open
	logger := slog.New(penstock.NewSlogHandler(client, &penstock.SlogOptions{
		Inner: slog.NewTextHandler(os.Stderr, nil),
	}))
	slog.SetDefault(logger)
}
