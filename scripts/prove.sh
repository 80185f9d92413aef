#!/usr/bin/env bash
# The long tests, which no daily check has time for: random properties in large numbers, every fuzz target for a while,
# and the tests that kill the program or make the two CRMs misbehave, again and again.
#
#   TIMES=5 CHECKS=5000 HISTORIES=3000 FUZZ=60s KILLS=50 scripts/prove.sh
#
# Histories are made on SQLite, and as many on PostgreSQL when TEST_POSTGRES_URL is set; they end in a table of what went
# wrong in how many of them, for the engine as it is and for the same with one rule taken away (internal/engine/proof_test.go).
set -euo pipefail
cd "$(dirname "$0")/.."
times=${TIMES:-5} checks=${CHECKS:-5000} histories=${HISTORIES:-3000} fuzz=${FUZZ:-60s} kills=${KILLS:-50}

# packages PATTERN: the packages whose tests hold it.
packages() { grep -rlE --include='*_test.go' "$1" cmd db internal | xargs -r -n1 dirname | sort -u | sed 's,^,./,'; }

echo "=== random properties, $checks each"
for p in $(packages '"pgregory.net/rapid"' | grep -vx ./internal/engine); do
	go test "$p" -run . -rapid.checks "$checks" -timeout 60m
done

# A history is a world of its own with users, faults, deaths and an oracle; a hundred take about half a minute.
prove() {
	echo "=== random histories of both systems, $histories on $1"
	COUPLET_PROOF=$histories COUPLET_HISTORIES_ON=$1 go test ./internal/engine -run '^TestProof$' -count 1 -timeout 600m -v |
		awk '/^\|/ || /^(---|FAIL|ok|panic)/ || /went wrong|^ +[0-9]+  /; /proof_test.go/'
}
prove sqlite
if [ -n "${TEST_POSTGRES_URL:-}" ]; then prove postgres; else echo "LEFT OUT  histories on PostgreSQL: TEST_POSTGRES_URL is not set"; fi

echo "=== fuzz targets, $fuzz each"
for p in $(packages '^func Fuzz'); do
	for f in $(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$p"/*_test.go | sed 's/^func //'); do
		go test "$p" -run '^$' -fuzz "^$f\$" -fuzztime "$fuzz"
	done
done

echo "=== every page by every hand"
COUPLET_HANDS=all go test ./internal/browsertest -run '^TestEveryPageIsWorkedWithoutAMouse$' -count 1 -timeout 60m -v | grep -E '^ *---|FAIL|^ok'

# With contacts, tasks and notes it is one long run: some of the kills while they are read first, the others while people type.
echo "=== $kills kills of three flows, on each database"
COUPLET_KILLS=$kills go test ./cmd/couplet -run '^TestKilledWithContactsTasksAndNotes$' -count 1 -timeout 120m -v | grep -vE '^=== '

echo "=== kills and chaos, $times times"
for p in $(packages '^func Test[A-Za-z]*(Kill|Chaos)'); do
	go test "$p" -run 'Kill|Chaos' -count "$times" -timeout 120m -v | grep -vE '^=== '
done
