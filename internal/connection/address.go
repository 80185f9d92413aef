package connection

import (
	"net/netip"
)

// reserved are the ranges besides those that net/netip knows by name which never are a CRM: carrier-grade NAT,
// "this network", documentation, benchmarks, the old class E, and the ways to write an IPv4 address inside IPv6.
var reserved = map[string][]netip.Prefix{
	"a shared address of a provider's own network": prefixes("100.64.0.0/10"),
	"a reserved address": prefixes("0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001:db8::/32", "2001::/23", "5f00::/16"),
	"an IPv4 address written as IPv6": prefixes("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"),
	"a site-local address":            prefixes("fec0::/10"),
}

// metadata are the addresses at which clouds hand out the credentials of the machine itself.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("100.100.100.200"),
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254"),
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// inward says in words why an address is not on the public internet, "" when it is.
func inward(a netip.Addr) string {
	if a.Is4In6() {
		a = a.Unmap()
	}
	a = a.WithZone("")
	switch {
	case isMetadata(a):
		return "the metadata service of a cloud machine"
	case a.IsUnspecified():
		return "no address of any machine"
	case a.IsLoopback():
		return "a loopback address"
	case a.IsPrivate():
		return "a private address"
	case a.IsLinkLocalUnicast():
		return "a link-local address"
	case a.IsMulticast():
		return "a multicast address"
	}
	for why, ranges := range reserved {
		for _, p := range ranges {
			if p.Contains(a) {
				return why
			}
		}
	}
	return ""
}

func isMetadata(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, m := range metadata {
		if a == m {
			return true
		}
	}
	return false
}
