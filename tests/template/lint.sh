#!/bin/bash
# Lints template.yaml as SAM does, and proves that the linter finds what is wrong.
#
#   tests/template/lint.sh
#
# The tools (some 340 MB) are installed once; everything else runs without a network, an account or credentials.
set -euo pipefail

cd "$(dirname "$0")/../.."
venv=target/sam-venv
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-west-1
unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

.ci/tools sam
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$venv/bin/sam" validate --lint --template template.yaml

# Each line: what is wrong, and the change that makes it so.
failed=0 passed=0
while IFS='|' read -r mistake change; do
    sed "$change" template.yaml > "$work/template.yaml"
    if cmp -s template.yaml "$work/template.yaml"; then
        echo "nothing to change: $mistake"
        failed=$((failed + 1))
    elif "$venv/bin/sam" validate --lint --template "$work/template.yaml" > "$work/log" 2>&1; then
        echo "not found: $mistake"
        failed=$((failed + 1))
    else
        echo "found: $mistake"
        passed=$((passed + 1))
    fi
done << 'MISTAKES'
a role that is not there|s/Role: !GetAtt CreatePartyRole.Arn/Role: !GetAtt CreatePartiesRole.Arn/
a runtime that is not there, for all|s/Runtime: provided.al2023/Runtime: provided.al2024/
a resource's type misspelt|s/Type: AWS::DynamoDB::Table/Type: AWS::DynamoDB::Tabel/
an API that is not there|s/\(Post: .*\)ApiId: !Ref Api, \(.*Path: "\/v1\/docks"\)/\1ApiId: !Ref Apis, \2/
a route without a path|s/, Path: "\/v1\/healthz"//
a property misspelt, for all|s/    MemorySize: !Ref MemorySize/    MemorySiz: !Ref MemorySize/
a runtime that is not there, of one function|s/Handler: create-party$/&\n      Runtime: provided.al2024/
MISTAKES
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
