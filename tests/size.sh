#!/usr/bin/env bash
# Compares the release `bootstrap` with a minimal function (tests/hello) that is built the same way. Prints size, zipped
# size, CPU time of a cold start and of a warm invocation, and memory, all measured in one run, so that the ratios are
# correct on a busy machine.
#
#   tests/size.sh [BOOTSTRAP]     builds BOOTSTRAP if it is not given
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
bootstrap=${1:-}
if [ -z "$bootstrap" ]; then
    cargo build --release --locked --quiet -p berth-functions --bin bootstrap
    bootstrap=$target/release/bootstrap
fi
cargo build --locked --quiet -p berth
(cd tests/hello && CARGO_TARGET_DIR=$OLDPWD/target/hello cargo build --release --locked --quiet)
work=$(mktemp -d)
"$target/debug/berth" serve --in-memory --port 0 --store-port 0 >"$work/berth" 2>&1 &
store=$!
trap 'kill "$store"; rm -rf "$work"' EXIT
for _ in $(seq 100); do grep -q '^Ctrl-C' "$work/berth" && break || sleep 0.1; done
# The access key of the embedded DynamoDB, from the printed AWS CLI command.
export $(grep -o 'AWS_[A-Z_]*=[^ ]*' "$work/berth")
python3 tests/size.py "$bootstrap" target/hello/release/hello \
    "$(sed -n 's|.*signed requests at \(http://[0-9.:]*[0-9]\).*|\1|p' "$work/berth")" "$(grep -om1 'dk_test_[A-Za-z0-9_-]*' "$work/berth")"
