#!/usr/bin/env bash
# Runs the first example of the README against `sam local`, AWS's emulation of API Gateway and Lambda in containers, with the
# embedded DynamoDB on this machine. Needs the output of `sam build`, Docker, curl and a built `berth`:
#
#   sam build --parameter-overrides Architecture=x86_64 && cargo build && tests/sam-local.sh
#
# SAM_BUILD is the directory of the build (default: .aws-sam/build), SAM the program sam, BERTH the program berth. Exits with
# 0 on success, with 77 if there is no Docker engine, and with 1 otherwise. At its end, it always stops its processes and
# removes the containers of its functions.
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
    # sam leaves some containers behind. Those of this run are new, and use an image of this runtime.
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

# The embedded DynamoDB. It listens on the loopback interface, which containers cannot reach.
gateway=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
"$berth" serve --in-memory --port 0 --store-port 0 --allow-host "$gateway" --allow-host host.docker.internal >"$work/berth" 2>&1 &
started+=($!)
for _ in $(seq 100); do grep -q '^Ctrl-C' "$work/berth" && break || sleep 0.1; done
store=$(sed -n 's|.*signed requests at http://127.0.0.1:\([0-9]*\).*|\1|p' "$work/berth")
# The access key of the embedded DynamoDB, from the printed AWS CLI command. sam passes it to the functions.
export $(grep -o 'AWS_[A-Z_]*=[^ ]*' "$work/berth")
key=$(grep -om1 'dk_test_[A-Za-z0-9_-]*' "$work/berth")

# A relay to it on the host's address in the bridge network of Docker, which only containers reach. Docker Desktop has no
# such address: there, host.docker.internal is the loopback interface.
python3 - "$gateway" "$store" >"$work/relay" <<'PYTHON' &
import asyncio, sys

async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

async def relay(reader, writer):
    to_reader, to_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer), return_exceptions=True)

async def main():
    try:
        server = await asyncio.start_server(relay, sys.argv[1], 0)
    except OSError:
        print(f"http://host.docker.internal:{sys.argv[2]}", flush=True)
        return
    print("http://%s:%d" % server.sockets[0].getsockname(), flush=True)
    await server.serve_forever()

asyncio.run(main())
PYTHON
started+=($!)
for _ in $(seq 100); do [ -s "$work/relay" ] && break || sleep 0.1; done

# sam passes only the variables of the template to a function, so a copy of the built template adds the DynamoDB endpoint.
# sam's gateway rejects hyphens in path parameters, so the copy renames one: its two routes exist, but return 404.
template=$build/sam-local.yaml
sed "s|^\( *\)BERTH_TABLE:|\1AWS_ENDPOINT_URL_DYNAMODB: $(cat "$work/relay")\n&|; s|{user-id}|{userId}|g" \
    "$build/template.yaml" >"$template"
grep -q AWS_ENDPOINT_URL_DYNAMODB "$template" || { echo "FAILED: the DynamoDB endpoint cannot be added to the template" >&2; exit 1; }
options=(--template "$template" --parameter-overrides "Architecture=x86_64 Environment=test" --skip-pull-image)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
began=$SECONDS
"$sam" local start-api "${options[@]}" --warm-containers LAZY --host 127.0.0.1 --port "$port" >"$work/sam" 2>&1 &
started+=($!)
for _ in $(seq 1200); do
    if grep -q 'Running on http' "$work/sam" || ! kill -0 "${started[-1]}" 2>/dev/null; then break; fi
    sleep 0.1
done
grep -q 'Running on http' "$work/sam" || { echo "FAILED: sam local start-api does not start" >&2; exit 1; }
echo "sam local start-api is ready after $((SECONDS - began)) s"
url=http://127.0.0.1:$port

# request STATUS METHOD PATH [BODY]: prints the response, stores its body in $response, and fails on another status.
request() {
    local status arguments=(-sS -o "$work/response" -w '%{http_code}' -X "$2" -H "Authorization: Bearer $key")
    if [ $# -gt 3 ]; then arguments+=(-H 'Content-Type: application/json' -d "$4"); fi
    printf '\n%s %s\n' "$2" "$3"
    status=$(curl "${arguments[@]}" --max-time 60 "$url$3")
    response=$(cat "$work/response")
    printf '%s %s\n' "$status" "$response"
    [ "$status" = "$1" ] || { echo "FAILED: expected $1" >&2; exit 1; }
}
# id PREFIX: prints the first id with this prefix in the response.
id() { grep -om1 "\"$1_[0-9A-Z]*\"" <<<"$response" | head -n 1 | tr -d '"'; }

request 200 GET /v1/healthz
request 201 POST /v1/organizations '{"name": "Bank of America", "metadata": {"tier": "enterprise"}}'
organization=$(id org)
request 201 POST /v1/docks "{\"organizationId\": \"$organization\", \"name\": \"Underwriting Division\"}"
dock=$(id dock)
parties=/v1/organizations/$organization/parties
request 201 POST "$parties" '{"type": "ORGANIZATION", "name": "First American Title", "externalRef": "EIN:94-1234567"}'
party=$(id pty)
role="{\"dockId\": \"$dock\", \"role\": \"DISTRIBUTOR\"}"
request 201 POST "$parties/$party/roles" "$role"
request 200 GET "$parties/$party/roles"
grep -q '"total":1' <<<"$response" || { echo "FAILED: one role was expected" >&2; exit 1; }
request 409 POST "$parties/$party/roles" "$role"
grep -q ROLE_ALREADY_ASSIGNED <<<"$response" || { echo "FAILED: ROLE_ALREADY_ASSIGNED was expected" >&2; exit 1; }
request 200 POST /v2/parties '{"partyIdHint": "Alice", "localMetadata": {"annotations": {"region": "emea"}}}'
grep -q '"party":"Alice::1220' <<<"$response" || { echo "FAILED: a party with the hint Alice was expected" >&2; exit 1; }

# A single function with its event from events/.
sed "s/\${BERTH_KEY}/$key/g; s/\${ORG_ID}/$organization/g; s/\${PARTY_ID}/$party/g" events/get-party.json >"$work/event.json"
printf '\nsam local invoke GetParty -e events/get-party.json\n'
"$sam" local invoke GetParty "${options[@]}" -e "$work/event.json" >"$work/response" 2>>"$work/sam"
cat "$work/response"
grep -q '"statusCode": *200' "$work/response" || { echo "FAILED: 200 was expected" >&2; exit 1; }

printf '\nPASSED in %s s\n' "$((SECONDS - began))"
