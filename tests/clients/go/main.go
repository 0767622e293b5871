// A franz-go client for the tests: it produces the lines of its standard input to a topic, reads that many messages
// back in a group, commits, and prints what it read.
//
//	main BOOTSTRAP USERNAME PASSWORD TOPIC GROUP
//
// With an empty USERNAME it does not log in.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

func main() {
	if len(os.Args) != 6 {
		fail("usage: %s BOOTSTRAP USERNAME PASSWORD TOPIC GROUP", os.Args[0])
	}
	bootstrap, username, password, topic, group := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	options := []kgo.Opt{
		kgo.SeedBrokers(bootstrap),
		kgo.AllowAutoTopicCreation(),
		kgo.ConsumeTopics(topic),
		kgo.ConsumerGroup(group),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
	}
	if username != "" {
		options = append(options, kgo.SASL(plain.Auth{User: username, Pass: password}.AsMechanism()))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		fail("%v", err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second)
	defer cancel()
	read(ctx, client, produce(ctx, client, topic))
	if err := client.CommitUncommittedOffsets(ctx); err != nil {
		fail("commit: %v", err)
	}
}

func produce(ctx context.Context, client *kgo.Client, topic string) int {
	count := 0
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); count++ {
		record := &kgo.Record{Topic: topic, Value: []byte(lines.Text())}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			fail("produce: %v", err)
		}
	}
	return count
}

func read(ctx context.Context, client *kgo.Client, count int) {
	for count > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			fail("fetch: %v", err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			fmt.Println(string(record.Value))
			count--
		})
	}
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
