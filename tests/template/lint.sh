#!/bin/bash
# Lints template.yaml as SAM does, counts the resources after SAM's transform, and proves that both checks find mistakes.
#
#   tests/template/lint.sh
#
# The tools (340 MB) are installed once. Everything else runs without a network, an account or credentials.
set -euo pipefail

cd "$(dirname "$0")/../.."
venv=target/sam-venv
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-west-1
unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

.ci/tools sam
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

lint() { "$venv/bin/sam" validate --lint --template "$1"; }
count() { "$venv/bin/python" tests/template/resources.py "$1"; }

lint template.yaml
count template.yaml

# Each line: the check that must fail, the mistake, and the sed command for it.
failed=0 passed=0
while IFS='|' read -r check mistake change; do
    sed "$change" template.yaml > "$work/template.yaml"
    if cmp -s template.yaml "$work/template.yaml"; then
        echo "nothing to change: $mistake"
        failed=$((failed + 1))
    elif "$check" "$work/template.yaml" > "$work/log" 2>&1; then
        echo "not found: $mistake"
        failed=$((failed + 1))
    else
        echo "found: $mistake"
        passed=$((passed + 1))
    fi
done << 'MISTAKES'
lint|unknown role|s/- CreatePartyRole$/- CreatePartiesRole/
lint|unknown runtime in Globals|s/Runtime: provided.al2023/Runtime: provided.al2024/
lint|unknown runtime of one function|s/Handler: create-party$/&\n      Runtime: provided.al2024/
lint|unknown resource type|s/Type: AWS::DynamoDB::Table/Type: AWS::DynamoDB::Tabel/
lint|unknown property in Globals|s/^    MemorySize:/    MemorySiz:/
lint|unknown property of a permission|s/^      Principal: apigateway/      Principals: apigateway/
lint|unknown function in a route|s/\${CreateParty.Arn}/${CreateParties.Arn}/
lint|unknown function in an alarm|s/Ref: CreateParty$/Ref: CreateParties/
lint|unknown log group|s/Ref: FunctionLogs/Ref: FunctionLog/
count|a permission per route|s/^      Handler: .*/&\n      Events: { A: { Type: HttpApi, Properties: { ApiId: { Ref: Api }, Path: \/a, Method: GET } } }/
count|a log group per function|s/^  \(.*\)Permission:$/  \1Logs:\n    Type: AWS::Logs::LogGroup\n&/
MISTAKES
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
