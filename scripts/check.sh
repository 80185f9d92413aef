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

# Generated code: every folder with .templ files is made anew elsewhere, as its go:generate line does, and compared.
if dirs=$(find "$@" -name '*.templ' -exec dirname {} + | sort -u) && [ -n "$dirs" ]; then
	templ=$(go tool -n templ) || fail "the templ tool, above"
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	for d in $dirs; do
		mkdir -p "$tmp/$d" && cp "$d"/*.templ "$tmp/$d"
		(cd "$tmp/$d" && "$templ" generate -log-level error) || fail "templ in $d, above"
		for f in "$tmp/$d"/*_templ.go; do
			cmp -s "$f" "$d/${f##*/}" || fail "$d/${f##*/} is not what its .templ file makes; run make generate"
		done
		for f in "$d"/*_templ.go; do
			[ -e "$tmp/$f" ] || fail "$f has no .templ file any more; delete it"
		done
	done
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
