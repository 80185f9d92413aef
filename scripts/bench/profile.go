package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"couplet/db"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// profiled wires the engine as cmd/couplet does, and runs a first sync under the profiler.
func profiled(records int, cpu, heap string) error {
	dir, err := os.MkdirTemp("", "couplet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "couplet")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/couplet").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	w, err := newWorld(dir, binary, records, "off", 0)
	if err != nil {
		return err
	}
	defer w.close()
	ctx := context.Background()
	data := filepath.Join(w.dir, "data")
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(data, "couplet.db"), db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	key, _, err := connection.KeyFile(filepath.Join(data, "couplet.key"))
	if err != nil {
		return err
	}
	sealer, err := connection.OpenSealer(key)
	if err != nil {
		return err
	}
	s := store.New(d, time.Now)
	ws, err := s.Default(ctx)
	if err != nil {
		return err
	}
	f, err := s.FlowByName(ctx, ws.ID, "contacts")
	if err != nil {
		return err
	}
	l := links{store: s, pool: &connection.Pool{Secrets: s, Sealer: sealer, Now: time.Now,
		HTTP: connection.NewHTTP(connection.Options{Allow: []string{host(w.info.HighLevel.URL), host(w.info.UserCom.URL)}}),
		Systems: map[string]connection.System{
			"highlevel": {Spec: highlevel.Spec(), New: func(a connector.Account) (connector.Connector, error) { return highlevel.New(a) }},
			"usercom":   {Spec: usercom.Spec(), New: func(a connector.Account) (connector.Connector, error) { return usercom.New(a) }},
		}}}
	e := &engine.Engine{Store: s, Links: l, Now: time.Now, Settle: 30 * time.Second, Log: slog.Default(), Owner: "bench",
		HashKey: make([]byte, 32), Random: rand.Float64}
	out, err := os.Create(cpu)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	begin := time.Now()
	r, err := e.Run(ctx, engine.Request{Workspace: ws.ID, Flow: f, Trigger: "manual", Look: true})
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d created, %s\n", r.Status, r.To[engine.B].Created, time.Since(begin).Round(time.Millisecond))
	if heap == "" {
		return nil
	}
	mem, err := os.Create(heap)
	if err != nil {
		return err
	}
	defer mem.Close()
	runtime.GC()
	return pprof.Lookup("allocs").WriteTo(mem, 0)
}

// links is how the engine reaches connections.
type links struct {
	store *store.Store
	pool  *connection.Pool
}

func (l links) Open(ctx context.Context, ws, id string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := l.store.ConnectionByID(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	return l.pool.Open(ctx, c, observe)
}
