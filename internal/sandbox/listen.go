package sandbox

import (
	"fmt"
	"net"
)

// listen opens the three listeners, or none.
func listen(o Options) ([]net.Listener, error) {
	var open []net.Listener
	for _, addr := range []string{o.HighLevelAddr, o.UserComAddr, o.ControlAddr} {
		if addr == "" {
			addr = "127.0.0.1:0"
		}
		err := loopbackOnly(addr, o.Expose)
		if err == nil {
			var l net.Listener
			if l, err = net.Listen("tcp", addr); err == nil {
				open = append(open, l)
				continue
			}
		}
		for _, l := range open {
			_ = l.Close()
		}
		return nil, err
	}
	return open, nil
}

func loopbackOnly(addr string, expose bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	ip := net.ParseIP(host)
	if !expose && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("address %q is not loopback: the sandbox needs --expose for it", addr)
	}
	return nil
}
