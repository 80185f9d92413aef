#!/usr/bin/env bash
# Runs every test and says aloud what it leaves out: scripts/test.sh [go test flags] [packages]
set -euo pipefail
cd "$(dirname "$0")/.."

out=()
[ -n "${TEST_POSTGRES_URL:-}" ] || out+=("PostgreSQL: TEST_POSTGRES_URL is not set; everything runs on SQLite only")
[ -d "${COUPLET_APIS:-../shared/apis}" ] || out+=("requests against the vendors' documents: COUPLET_APIS names no folder")
[ -e static/dist/htmx.min.js ] || out+=("built assets: make assets has not run")
for o in ${out[@]+"${out[@]}"}; do echo "LEFT OUT  $o"; done

bad=0
if [ $# -eq 0 ]; then # everything, and first whether it is sound; ./internal holds the shape of the house
	go vet ./... || bad=1
	set -- ./...
fi
go test -v "$@" 2>&1 | awk -f scripts/report.awk || bad=1

for o in ${out[@]+"${out[@]}"}; do echo "LEFT OUT  $o"; done
exit $bad
