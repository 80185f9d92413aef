#!/usr/bin/env bash
# The quick checks before a change is handed on: scripts/check.sh [folders with Go code]
set -uo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- cmd db internal scripts static
bad=0
fail() { echo "check: $*" >&2; bad=1; }

unformatted=$(gofmt -l "$@") || fail "gofmt could not read everything"
[ -z "$unformatted" ] || fail "not formatted (gofmt -w them): $unformatted"

go vet ./... || fail "go vet, above"

if find "$@" -name '*.templ' | grep -q .; then
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	while read -r f; do
		mkdir -p "$tmp/$(dirname "$f")" && cp "$f" "$tmp/$f"
	done < <(find "$@" -name '*.templ')
	go tool templ generate -log-level error -path "$tmp" || fail "templ, above"
	while read -r f; do
		cmp -s "$tmp/$f" "$f" || fail "$f is not what its .templ file makes; run make generate"
	done < <(cd "$tmp" && find . -name '*_templ.go' | sed 's,^\./,,')
	while read -r f; do
		[ -e "$tmp/$f" ] || fail "$f has no .templ file any more; delete it"
	done < <(find "$@" -name '*_templ.go')
fi

if grep -n '"resolved"' package-lock.json; then
	fail "package-lock.json names a host; .npmrc leaves it out: make package-lock.json anew with npm install --package-lock-only"
fi

for f in scripts/*.sh .ci/run; do
	bash -n "$f" || fail "$f"
done

go test ./internal || fail "the shape of the house, above"
[ $bad -eq 0 ] && echo "check: all good"
exit $bad
