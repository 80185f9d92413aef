#!/usr/bin/env bash
# Runs every test and says aloud what it leaves out: scripts/test.sh [go test flags] [packages]
set -euo pipefail
cd "$(dirname "$0")/.."

out=()
[ -n "${TEST_POSTGRES_URL:-}" ] || out+=("PostgreSQL: TEST_POSTGRES_URL is not set; everything runs on SQLite only")
[ -d "${COUPLET_APIS:-../shared/apis}" ] || out+=("requests against the vendors' documents: COUPLET_APIS names no folder")
[ -e static/dist/htmx.min.js ] || out+=("built assets: make assets has not run")
for o in ${out[@]+"${out[@]}"}; do echo "LEFT OUT  $o"; done

if [ $# -eq 0 ]; then
	go vet ./...
	go test ./internal # the shape of the house, first
	set -- ./...
fi

report() { awk -f scripts/report.awk; }
go test -v "$@" 2>&1 | report

for o in ${out[@]+"${out[@]}"}; do echo "LEFT OUT  $o"; done
