#!/usr/bin/env bash
# The long tests, which no daily check has time for: random properties in large numbers, every fuzz target for a while,
# and the tests that kill the program or make the two CRMs misbehave, again and again.
#
#   TIMES=5 CHECKS=5000 HISTORIES=300 FUZZ=60s scripts/prove.sh
set -euo pipefail
cd "$(dirname "$0")/.."
times=${TIMES:-5} checks=${CHECKS:-5000} histories=${HISTORIES:-300} fuzz=${FUZZ:-60s}

# packages PATTERN: the packages whose tests hold it.
packages() { grep -rlE --include='*_test.go' "$1" cmd db internal | xargs -r -n1 dirname | sort -u | sed 's,^,./,'; }

echo "=== random properties, $checks each"
for p in $(packages '"pgregory.net/rapid"' | grep -vx ./internal/engine); do
	go test "$p" -run . -rapid.checks "$checks" -timeout 60m
done

# A history is a world of its own with users, faults, deaths and an oracle; a hundred take about half a minute.
echo "=== random histories of both systems, $histories"
COUPLET_HISTORIES=$histories go test ./internal/engine -run '^TestHistories$' -count 1 -timeout 120m

echo "=== fuzz targets, $fuzz each"
for p in $(packages '^func Fuzz'); do
	for f in $(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$p"/*_test.go | sed 's/^func //'); do
		go test "$p" -run '^$' -fuzz "^$f\$" -fuzztime "$fuzz"
	done
done

echo "=== kills and chaos, $times times"
for p in $(packages '^func Test[A-Za-z]*(Kill|Chaos)'); do
	go test "$p" -run 'Kill|Chaos' -count "$times" -timeout 120m -v | grep -vE '^=== '
done
