#!/usr/bin/env bash
# Pictures of every page, each beside the drawing it was made after: scripts/pictures.sh out/pictures
# They are taken by the test that looks whether every page is sound, which says so when one is not.
# It needs Chromium, and what browsers load must be built (make pictures does that). The drawings are looked for in
# COUPLET_DESIGN, ../shared/design/png unless that is set.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-out/pictures}
mkdir -p "$out"
export COUPLET_PICTURES COUPLET_DESIGN=${COUPLET_DESIGN:-$PWD/../shared/design/png}
COUPLET_PICTURES=$(cd "$out" && pwd)
[ -d "$COUPLET_DESIGN" ] || echo "LEFT OUT  the drawings: there is no $COUPLET_DESIGN; the pictures stand alone"
CI=true go test ./internal/browsertest -run '^TestEveryPageIsSound$' -count 1 -timeout 20m
echo "Open $out/index.html"
