package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"time"

	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// serveCRMs is the process of the two pretend CRMs. It ends with its standard input.
func serveCRMs(args []string) error {
	f := flag.NewFlagSet("crms", flag.ExitOnError)
	records := f.Int("records", 0, "")
	limits := f.String("limits", "off", "")
	latency := f.Duration("latency", 0, "")
	_ = f.Parse(args)
	box, err := sandbox.Start(context.Background(), sandbox.Options{Seed: 1, RateLimits: *limits, Latency: *latency})
	if err != nil {
		return err
	}
	for i := range *records {
		box.HighLevel.Add(person(i))
	}
	if err := json.NewEncoder(os.Stdout).Encode(box.Info()); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	return box.Close()
}

// person is one of many whose emails and phones are all different.
func person(i int) kit.Person {
	return kit.Person{
		First: fmt.Sprintf("First%d", i%977), Last: fmt.Sprintf("Last%d", i), Email: fmt.Sprintf("person%d@example.com", i),
		Phone: fmt.Sprintf("+1%d%07d", []int{212, 312, 415, 617, 202}[i%5], 2_200_000+i/5), Company: fmt.Sprintf("Company %d", i%5000),
		Tags: []string{"customer", "spring"}[:i%3%2+1], City: "Springfield", Country: "US",
		Created: time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Second),
	}
}

// crms is the other end of serveCRMs.
type crms struct {
	info sandbox.Info
	cmd  *exec.Cmd
	in   io.Closer
}

func startCRMs(records int, limits string, latency time.Duration) (*crms, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &crms{cmd: exec.Command(self, "crms", "-records", fmt.Sprint(records), "-limits", limits, "-latency", latency.String())}
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in = in
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	return c, json.NewDecoder(bufio.NewReader(out)).Decode(&c.info)
}

func (c *crms) close() {
	_ = c.in.Close()
	_ = c.cmd.Wait()
}

// counts is what both were asked so far.
func (c *crms) counts() (map[string]kit.Counts, error) {
	req, err := http.NewRequest(http.MethodGet, c.info.Control.URL+"/_sandbox/counters", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-Sandbox-Key", c.info.Control.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var all map[string]json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		return nil, err
	}
	counts := map[string]kit.Counts{}
	for _, name := range []string{"highlevel", "usercom"} {
		var one kit.Counts
		if err := json.Unmarshal(all[name], &one); err != nil {
			return nil, err
		}
		counts[name] = one
	}
	return counts, nil
}

// seen is what a watcher made out about the writes to User.com.
type seen struct {
	perSecond  float64
	turnedAway int
}

// watch looks at the counts many times a second until its result is asked for. The writing lasts from the first look
// that shows a new person to the last one that shows one more.
func (c *crms) watch() (result func() seen) {
	stop, done := make(chan struct{}), make(chan seen)
	go func() {
		var s seen
		var first, last time.Time
		var begun, made int
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for over := false; !over; {
			select {
			case <-stop:
				over = true
			case <-tick.C:
			}
			now := time.Now()
			all, err := c.counts()
			if err != nil {
				continue
			}
			n := 0
			s.turnedAway = 0
			for _, call := range all["usercom"].Calls {
				if call.Status == http.StatusTooManyRequests {
					s.turnedAway += call.Count
				}
				if call.Method == http.MethodPost && call.Path == "/users/" && call.Status == http.StatusCreated {
					n += call.Count
				}
			}
			if n > made {
				if made == 0 {
					first, begun = now, n
				}
				made, last = n, now
			}
		}
		if d := last.Sub(first).Seconds(); d > 0 {
			s.perSecond = float64(made-begun) / d
		}
		done <- s
	}()
	return func() seen {
		close(stop)
		return <-done
	}
}
