package main

import (
	"context"
	"os"
	"strconv"
	"time"

	"penstock.dev/penstock-go"
)

type killRequest struct {
	Options members
	Stream  string
	From    int64
	Count   int64
}

func recordUntilKilled(request killRequest) error {
	client, err := openWith(request.Options)
	if err != nil {
		return err
	}
	for i := int64(0); request.Count == 0 || i < request.Count; i++ {
		n := request.From + i
		event := penstock.Click("", "kill").User(request.Stream).Detail("n", n)
		if err := client.Track(context.Background(), event); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString(strconv.FormatInt(n, 10) + "\n"); err != nil {
			return err
		}
		if (i+1)%10 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	if err := within(30_000, client.Close); err != nil {
		return err
	}
	_, err = os.Stdout.WriteString("closed\n")
	return err
}
