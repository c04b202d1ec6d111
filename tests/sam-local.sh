#!/usr/bin/env bash
# The first walk of the README through `sam local`: API Gateway's and Lambda's stand-ins of AWS, in containers, with the
# embedded store on this machine. Needs what `sam build` has made, Docker, curl and a built `berth`:
#
#   sam build --parameter-overrides Architecture=x86_64 && cargo build && tests/sam-local.sh
#
# SAM_BUILD names the directory of the build (.aws-sam/build unless set), SAM the program sam, BERTH the program berth.
# Exits with 0 if everything is as it should be, with 77 where there is no Docker engine, and with 1 otherwise. It stops
# what it has started, and removes the containers of its own functions, however it ends.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${SAM_BUILD:-.aws-sam/build} sam=${SAM:-sam} berth=${BERTH:-target/debug/berth}
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

if ! docker version >/dev/null 2>&1; then
    echo "SKIPPED: no Docker engine"
    exit 77
fi
[ -f "$build/template.yaml" ] || { echo "FAILED: no build in $build; run sam build first" >&2; exit 1; }

work=$(mktemp -d) started=()
docker ps -aq --no-trunc | sort >"$work/before"
finish() {
    status=$?
    trap - EXIT
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    for process in "${started[@]}"; do wait "$process" 2>/dev/null || true; done
    # sam leaves some behind. A container of ours is new, and runs an image of this runtime.
    docker ps -a --no-trunc --format '{{.ID}} {{.Image}}' | sed -n 's|^\([^ ]*\) .*lambda/provided:al2023-rapid.*|\1|p' | sort |
        comm -13 "$work/before" - | xargs -r docker rm -f >/dev/null || true
    if [ "$status" -ne 0 ]; then
        echo "--- sam" >&2
        tail -n 40 "$work/sam" >&2 || true
    fi
    rm -rf "$work" "$build/sam-local.yaml"
    exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

# The store. It serves this machine's loopback only, where containers do not come to.
"$berth" serve --in-memory --port 0 >"$work/berth" 2>&1 &
started+=($!)
for _ in $(seq 100); do grep -q '^Ctrl-C' "$work/berth" && break || sleep 0.1; done
store=$(sed -n 's|^DynamoDB: http://127.0.0.1:\([0-9]*\).*|\1|p' "$work/berth")
key=$(grep -om1 'dk_test_[A-Za-z0-9_-]*' "$work/berth")

# A relay to it on the address that containers know this machine by, which nobody else reaches. Docker Desktop has no such
# address, and leads host.docker.internal to the loopback itself.
gateway=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
python3 - "$gateway" "$store" >"$work/relay" <<'PYTHON' &
import asyncio, sys

async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

async def carry(reader, writer):
    to_reader, to_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer), return_exceptions=True)

async def main():
    try:
        server = await asyncio.start_server(carry, sys.argv[1], 0)
    except OSError:
        print(f"http://host.docker.internal:{sys.argv[2]}", flush=True)
        return
    print("http://%s:%d" % server.sockets[0].getsockname(), flush=True)
    await server.serve_forever()

asyncio.run(main())
PYTHON
started+=($!)
for _ in $(seq 100); do [ -s "$work/relay" ] && break || sleep 0.1; done

# sam passes on only the variables that the template names: a copy of the built one names the store, too. And sam's gateway
# does not take a hyphen in the name of a path's parameter: those two routes are there, but lead to 404.
template=$build/sam-local.yaml
sed "s|^\( *\)BERTH_TABLE:|\1AWS_ENDPOINT_URL_DYNAMODB: $(cat "$work/relay")\n&|; s|{user-id}|{userId}|g" \
    "$build/template.yaml" >"$template"
grep -q AWS_ENDPOINT_URL_DYNAMODB "$template" || { echo "FAILED: the template has no place for the store" >&2; exit 1; }
options=(--template "$template" --parameter-overrides "Architecture=x86_64 Environment=test" --skip-pull-image)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
began=$SECONDS
"$sam" local start-api "${options[@]}" --warm-containers LAZY --host 127.0.0.1 --port "$port" >"$work/sam" 2>&1 &
started+=($!)
for _ in $(seq 1200); do
    if grep -q 'Running on http' "$work/sam" || ! kill -0 "${started[-1]}" 2>/dev/null; then break; fi
    sleep 0.1
done
grep -q 'Running on http' "$work/sam" || { echo "FAILED: sam local start-api does not come up" >&2; exit 1; }
echo "sam local start-api is up after $((SECONDS - began)) s"
url=http://127.0.0.1:$port

# call STATUS METHOD PATH [BODY]: prints and keeps the answer's body in $answer, and fails at another status.
call() {
    local status arguments=(-sS -o "$work/answer" -w '%{http_code}' -X "$2" -H "Authorization: Bearer $key")
    if [ $# -gt 3 ]; then arguments+=(-H 'Content-Type: application/json' -d "$4"); fi
    printf '\n%s %s\n' "$2" "$3"
    status=$(curl "${arguments[@]}" --max-time 60 "$url$3")
    answer=$(cat "$work/answer")
    printf '%s %s\n' "$status" "$answer"
    [ "$status" = "$1" ] || { echo "FAILED: expected $1" >&2; exit 1; }
}
# id KIND: the first id of this kind in the answer.
id() { grep -om1 "\"$1_[0-9A-Z]*\"" <<<"$answer" | head -n 1 | tr -d '"'; }

call 200 GET /v1/healthz
call 201 POST /v1/organizations '{"name": "Bank of America", "metadata": {"tier": "enterprise"}}'
organization=$(id org)
call 201 POST /v1/docks "{\"organizationId\": \"$organization\", \"name\": \"Underwriting Division\"}"
dock=$(id dock)
parties=/v1/organizations/$organization/parties
call 201 POST "$parties" '{"type": "ORGANIZATION", "name": "First American Title", "externalRef": "EIN:94-1234567"}'
party=$(id pty)
role="{\"dockId\": \"$dock\", \"role\": \"DISTRIBUTOR\"}"
call 201 POST "$parties/$party/roles" "$role"
call 200 GET "$parties/$party/roles"
grep -q '"total":1' <<<"$answer" || { echo "FAILED: one role was expected" >&2; exit 1; }
call 409 POST "$parties/$party/roles" "$role"
grep -q ROLE_ALREADY_ASSIGNED <<<"$answer" || { echo "FAILED: another refusal was expected" >&2; exit 1; }
call 200 POST /v2/parties '{"partyIdHint": "Alice", "localMetadata": {"annotations": {"region": "emea"}}}'
grep -q '"party":"Alice::1220' <<<"$answer" || { echo "FAILED: another party was expected" >&2; exit 1; }

# One function by itself, with its event from events/.
sed "s/\${BERTH_KEY}/$key/g; s/\${ORG_ID}/$organization/g; s/\${PARTY_ID}/$party/g" events/get-party.json >"$work/event.json"
printf '\nsam local invoke GetParty -e events/get-party.json\n'
"$sam" local invoke GetParty "${options[@]}" -e "$work/event.json" >"$work/answer" 2>>"$work/sam"
cat "$work/answer"
grep -q '"statusCode": *200' "$work/answer" || { echo "FAILED: 200 was expected" >&2; exit 1; }

printf '\nPASSED in %s s\n' "$((SECONDS - began))"
