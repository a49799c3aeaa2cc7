// Package penstock records telemetry events (clicks, page views, errors, sessions, approvals) into
// a crash-proof local journal, from which a thread of the library sends them over HTTPS to a
// gateway that puts them into Kafka.
//
//	client, err := penstock.Open("./journal", "https://telemetry.example.com", writeKey,
//		penstock.WithAppName("approval-desk"))
//	if err != nil {
//		return err
//	}
//	defer client.Close(context.Background())
//	err = client.Track(ctx, penstock.Click("approval-screen", "approve-button").
//		Detail("itemsSelected", 3))
//
// Once Track has returned nil, the event survives kill -9 of the process; what was acknowledged is
// in Kafka; what was sent twice is one event.
//
// # Goroutines
//
// Everything here may be used by any goroutine, also at the same time, but for the building of one
// Event. Track takes about a microsecond and never waits. [Client.Flush], [Client.Close],
// [Client.SetConsent] and [Client.Forget] wait, and meanwhile hold a thread of the system.
//
// # The end of the process
//
// Go ends a process without telling libraries. What was recorded and not sent stays in the journal,
// and the next program that opens the directory sends it. To send it now, call [Client.Close].
//
// # Fork
//
// Do not use a client in a child that was forked without exec; it would answer [ErrClosed].
package penstock
