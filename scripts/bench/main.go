// Command bench measures the first and the second sync of many contacts, from a pretend CRM to an empty one, against a
// plain Go loop that copies the same records and stores nothing. `make bench` runs it. Each part is a process of its
// own (the program, the loop, the pretend CRMs), so that processor time and memory are told apart.
//
// The machine does other things too, and all parts share its cores. So loop and program take turns within one run, the
// middle one of several is shown, and only the ratios mean anything elsewhere. Nothing here runs in the tests.
//
// With -cpuprofile the first sync runs inside this process instead, for `go tool pprof`.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

func main() {
	var err error
	switch args := os.Args[1:]; {
	case len(args) > 0 && args[0] == "crms":
		err = serveCRMs(args[1:])
	case len(args) > 0 && args[0] == "loop":
		err = loop(args[1:])
	default:
		err = bench(args)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench prints the table.
func bench(args []string) error {
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	records := f.Int("records", 10_000, "contacts of the comparison with the loop")
	many := f.Int("many", 100_000, "contacts of the memory test, 0 to leave it out")
	times := f.Int("times", 3, "how often loop and program take turns, 0 to leave it out; the middle one is shown")
	limit := f.Int("limit", 500, "calls a second of the test of the allowance, 0 to leave it out")
	workers := f.Int("workers", 32, "workers of the loop")
	profile := f.String("cpuprofile", "", "run the first sync in this process and write a profile to this file")
	heap := f.String("memprofile", "", "with -cpuprofile, write what was allocated to this file")
	_ = f.Parse(args)
	if *profile != "" {
		return profiled(*records, *profile, *heap)
	}
	dir, err := os.MkdirTemp("", "couplet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "couplet")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/couplet").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	fmt.Printf("%d cores, %s/%s, %s. Contacts go from HighLevel to an empty User.com; the pretend CRMs share the cores. SQLite, every commit on disk.\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	fmt.Printf("%-34s %9s %10s %9s %10s %8s %12s\n", "", "time", "records/s", "CPU", "memory", "calls", "calls/record")
	if *times > 0 {
		if err := compare(dir, binary, *records, *times, *workers); err != nil {
			return err
		}
	}
	if *many > 0 {
		if err := large(dir, binary, *many); err != nil {
			return err
		}
	}
	if *limit > 0 {
		return allowance(dir, binary, *records, *limit)
	}
	return nil
}

// compare lets loop and program copy the same records in turns.
func compare(dir, binary string, records, times, workers int) error {
	var loops, firsts, quiets []usage
	for range times {
		w, err := newWorld(dir, binary, records, "off", 0)
		if err != nil {
			return err
		}
		l, err := w.loop(workers)
		w.close()
		if err != nil {
			return err
		}
		if w, err = newWorld(dir, binary, records, "off", 0); err != nil {
			return err
		}
		first, err := w.sync(records)
		if err == nil {
			var quiet usage
			quiet, err = w.sync(0)
			quiets = append(quiets, quiet)
		}
		w.close()
		if err != nil {
			return err
		}
		loops, firsts = append(loops, l), append(firsts, first)
	}
	l, first, quiet := middle(loops), middle(firsts), middle(quiets)
	row(fmt.Sprintf("plain loop, %d workers", workers), records, l)
	row("Couplet, first run", records, first)
	fmt.Printf("%-34s %8.1f× %10s %8.1f× %9.1f× %7.2f×\n", "  of the loop", ratio(first.time, l.time), "", ratio(first.cpu, l.cpu),
		float64(first.memory)/float64(l.memory), float64(first.calls)/float64(l.calls))
	row("Couplet, second run", records, quiet)
	return nil
}

// large looks at memory, and at the calls of a quiet run.
func large(dir, binary string, records int) error {
	w, err := newWorld(dir, binary, records, "off", 0)
	if err != nil {
		return err
	}
	defer w.close()
	first, err := w.sync(records)
	if err != nil {
		return err
	}
	row(fmt.Sprintf("Couplet, first run, %d", records), records, first)
	quiet, err := w.sync(0)
	if err != nil {
		return err
	}
	row(fmt.Sprintf("Couplet, second run, %d", records), records, quiet)
	return nil
}

// allowance looks at how much of a limit is used while records are being written, and how often it is overstepped.
func allowance(dir, binary string, records, limit int) error {
	w, err := newWorld(dir, binary, records, fmt.Sprintf("%d/s", limit), 5*time.Millisecond)
	if err != nil {
		return err
	}
	defer w.close()
	watched := w.watch()
	first, err := w.sync(records)
	if err != nil {
		return err
	}
	seen := watched()
	row(fmt.Sprintf("Couplet, %d calls/s, 5 ms", limit), records, first)
	fmt.Printf("\nOf %d calls a second %.1f %% were used while it wrote; %d calls were turned away (429).\n", limit,
		100*seen.perSecond/float64(limit), seen.turnedAway)
	return nil
}

func row(name string, records int, u usage) {
	fmt.Printf("%-34s %8.2fs %10.0f %8.2fs %7d MB %8d %12.3f\n", name, u.time.Seconds(), float64(records)/u.time.Seconds(), u.cpu.Seconds(),
		u.memory>>20, u.calls, float64(u.calls)/float64(records))
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
