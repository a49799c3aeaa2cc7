// An approval desk that records what its user does.
//
//	example <journal folder> <https://gateway:port> <write key> [ca file]
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"penstock.dev/penstock-go"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr,
			"usage: example <journal folder> <https://gateway:port> <write key> [ca file]")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	options := []penstock.Option{
		penstock.WithAppName("approval-desk"),
		penstock.WithAppVersion("1.0"),
		penstock.WithContext(map[string]string{"locale": "en"}),
	}
	if len(arguments) > 3 {
		options = append(options, penstock.WithCAFile(arguments[3]))
	}
	client, err := penstock.Open(arguments[0], arguments[1], arguments[2], options...)
	if err != nil {
		return err
	}
	if err := work(context.Background(), client); err != nil {
		return err
	}
	return closeAndReport(client)
}

func work(ctx context.Context, client *penstock.Client) error {
	log := slog.New(penstock.NewSlogHandler(client, &penstock.SlogOptions{
		Inner: slog.NewTextHandler(os.Stderr, nil),
	}))
	endSession, err := client.Session("")
	if err != nil {
		return err
	}
	leavePage, err := client.Page("approval-screen")
	if err != nil {
		return err
	}
	if err := client.RunFlow(ctx, "approve", func(ctx context.Context) error {
		return approve(ctx, client, "REQ-1041")
	}); err != nil {
		log.ErrorContext(ctx, "the request could not be approved", "error", err)
	}
	return errors.Join(leavePage(), endSession())
}

// Both events carry the flow of ctx.
func approve(ctx context.Context, client *penstock.Client, request string) error {
	click := penstock.Click("", "approve-button").Detail("itemsSelected", 1)
	if err := client.Track(ctx, click); err != nil {
		return err
	}
	approved := penstock.RecordApproved(request).StatusChange("Pending", "Approved").
		Metadata("sourceSystem", "approval-desk")
	return client.Track(ctx, approved)
}

func closeAndReport(client *penstock.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	closed := client.Close(ctx)
	stats, err := client.Stats()
	if err == nil {
		fmt.Printf("%d recorded, %d acknowledged, %d still in the journal\n",
			stats.Recorded, stats.Acknowledged, stats.Pending)
	}
	return errors.Join(closed, err)
}
