//! Functions, their roles and the permissions of the roles.

use std::collections::BTreeSet;

use berth::template::logical_id;
use berth_shared::http::Endpoint;
use serde_json::{Value, json};

use super::Findings;

/// The only DynamoDB resource that a role may use.
const TABLE_ARN: &str = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}";

pub(super) fn check(template: &Value, endpoints: &[Endpoint], findings: &mut Findings) {
    for endpoint in endpoints {
        function(template, endpoint, findings);
        role(template, endpoint, findings);
    }
    globals(template, findings);
    shared_policies(template, findings);
    policies(template, findings);
}

fn function(template: &Value, endpoint: &Endpoint, findings: &mut Findings) {
    let (name, id) = (endpoint.name, logical_id(endpoint));
    let function = &template["Resources"][&id];
    if function["Type"] != "AWS::Serverless::Function" {
        findings.add(format!("{name} has no function {id}"));
        return;
    }
    // Everything else is in Globals: SAM builds a function with other settings separately. An event would add a
    // permission.
    let expected = json!({
        "Type": "AWS::Serverless::Function",
        "Properties": { "Handler": name, "Role": { "Fn::GetAtt": [format!("{id}Role"), "Arn"] } },
    });
    findings.resource(template, &id, &expected);
    let build = json!({ "BuildMethod": "rust-cargolambda", "BuildProperties": { "Binary": "bootstrap" } });
    findings.equal(format!("{id}: Metadata"), &function["Metadata"], &build);
}

fn role(template: &Value, endpoint: &Endpoint, findings: &mut Findings) {
    let id = format!("{}Role", logical_id(endpoint));
    let role = &template["Resources"][&id];
    if role["Type"] != "AWS::IAM::Role" {
        findings.add(format!("{} has no role {id}", endpoint.name));
        return;
    }
    let properties = &role["Properties"];
    let assume =
        json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" });
    let managed = |condition, policy| json!({ "Fn::If": [condition, { "Ref": policy }, { "Ref": "AWS::NoValue" }] });
    let mut shared = vec![managed("IsTraced", "TracingPolicy")];
    if !endpoint.permissions().is_empty() {
        shared.push(managed("HasTableKey", "TableKeyPolicy"));
    }
    // The statements are compared below.
    let statements = &properties["Policies"][0]["PolicyDocument"]["Statement"];
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    let expected = json!({
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [assume] },
            "ManagedPolicyArns": shared,
            "Policies": [{ "PolicyName": endpoint.name, "PolicyDocument": document }],
        },
    });
    findings.resource(template, &id, &expected);

    let mut statements = statements.as_array().expect("an array").iter();
    let logs = json!({
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": { "Fn::GetAtt": ["FunctionLogs", "Arn"] },
    });
    findings.equal(format!("{id}: first statement"), statements.next().unwrap_or(&Value::Null), &logs);
    let allowed: BTreeSet<_> = statements.flat_map(|statement| allowed(&id, statement, findings)).collect();
    let permissions = endpoint.permissions();
    let needed: BTreeSet<_> = permissions
        .iter()
        .flat_map(|(action, family)| family.patterns().iter().map(|key| (action.iam().to_owned(), (*key).to_owned())))
        .collect();
    for (action, key) in needed.difference(&allowed) {
        findings.add(format!("{id} does not allow {action} on {key}, which {} needs", endpoint.name));
    }
    for (action, key) in allowed.difference(&needed) {
        findings.add(format!("{id} allows {action} on {key}, which {} does not need", endpoint.name));
    }
}

/// Returns the actions that a statement on the table allows, each with a pattern of keys.
fn allowed(role: &str, statement: &Value, findings: &mut Findings) -> BTreeSet<(String, String)> {
    let texts = |list: &Value| -> Vec<String> {
        let elements = list.as_array().into_iter().flatten();
        elements.map(|element| element.as_str().unwrap_or_default().to_owned()).collect()
    };
    let actions = texts(&statement["Action"]);
    let keys = texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
    // Exactly this form: another member could allow more.
    let form = json!({
        "Effect": "Allow",
        "Action": actions,
        "Resource": { "Fn::Sub": TABLE_ARN },
        "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } },
    });
    findings.equal(format!("{role}: a statement"), statement, &form);
    if actions.is_empty() || keys.is_empty() {
        findings.add(format!("{role} has a statement without actions or keys"));
    }
    actions.iter().flat_map(|action| keys.iter().map(move |key| (action.clone(), key.clone()))).collect()
}

fn globals(template: &Value, findings: &mut Findings) {
    let environment = json!({
        "BERTH_TABLE": { "Ref": "TableName" },
        "BERTH_ENVIRONMENT": { "Ref": "Environment" },
        "BERTH_LOG": { "Ref": "LogLevel" },
        "BERTH_AUDIT_RETENTION_DAYS": { "Ref": "AuditRetentionDays" },
        "BERTH_JWKS": { "Ref": "LedgerJwksUrl" },
        "BERTH_JWT_AUDIENCE": { "Ref": "LedgerJwtAudience" },
        "BERTH_JWT_SCOPE": { "Ref": "LedgerJwtScope" },
        "BERTH_JWT_ADMINS": { "Ref": "LedgerJwtAdmins" },
        "BERTH_JWT_USERS": { "Ref": "LedgerJwtUsers" },
    });
    let expected = json!({
        "CodeUri": "functions",
        "Runtime": "provided.al2023",
        "Architectures": [{ "Ref": "Architecture" }],
        "MemorySize": { "Ref": "MemorySize" },
        "Timeout": berth::REQUEST_TIMEOUT.as_secs(),
        "Tracing": { "Fn::If": ["IsTraced", "Active", "PassThrough"] },
        // Berth writes JSON lines itself. With the format JSON, Lambda would wrap them, and the metrics in them.
        "LoggingConfig": { "LogFormat": "Text", "LogGroup": { "Ref": "FunctionLogs" } },
        "Environment": { "Variables": environment },
    });
    findings.equal("Globals", &template["Globals"], &json!({ "Function": template["Globals"]["Function"] }));
    findings.members("Globals", &template["Globals"]["Function"], &expected, &[]);
}

/// The policies that roles share.
fn shared_policies(template: &Value, findings: &mut Findings) {
    let policy = |condition: &str, statement: Value| {
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        json!({
            "Type": "AWS::IAM::ManagedPolicy",
            "Condition": condition,
            "Properties": { "PolicyDocument": document },
        })
    };
    let key = json!({
        "Effect": "Allow",
        "Action": [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        "Resource": { "Ref": "TableKeyArn" },
        "Condition": {
            "StringEquals": { "kms:ViaService": { "Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}" } },
        },
    });
    findings.resource(template, "TableKeyPolicy", &policy("HasTableKey", key));
    let traces = json!({
        "Effect": "Allow",
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": "*",
    });
    findings.resource(template, "TracingPolicy", &policy("IsTraced", traces));
}

/// No policy has a wildcard for actions or resources, except the one for X-Ray, which has no resources to name.
fn policies(template: &Value, findings: &mut Findings) {
    for (id, resource) in template["Resources"].as_object().expect("an object") {
        for_each_statement(resource, &mut |statement| {
            let actions = [&statement["Action"], &statement["NotAction"]].map(ToString::to_string).concat();
            if actions.contains('*') || actions.contains("Scan") || !statement["NotAction"].is_null() {
                findings.add(format!("{id} allows too many actions: {actions}"));
            }
            let traces = id == "TracingPolicy" && resource["Condition"] == "IsTraced" && !actions.contains("dynamodb");
            if statement["Resource"].to_string().contains('*') && !traces {
                findings.add(format!("{id} allows {actions} on {}", statement["Resource"]));
            }
        });
        if !resource["Properties"]["Policies"].is_null() && resource["Type"] != "AWS::IAM::Role" {
            findings.add(format!("{id} has policies, but is not a role"));
        }
    }
}

/// Calls `visit` with every statement of a policy in `value`.
fn for_each_statement(value: &Value, visit: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            if members.contains_key("Effect") {
                visit(value);
            }
            members.values().for_each(|member| for_each_statement(member, visit));
        }
        Value::Array(elements) => elements.iter().for_each(|element| for_each_statement(element, visit)),
        _ => {}
    }
}
