//! Functions, their roles and the permissions of the roles.

use std::collections::BTreeSet;

use berth::template::logical_id;
use berth_functions::ENDPOINTS;
use berth_shared::http::Endpoint;
use serde_json::{Value, json};

use super::{Findings, of_type};

/// The only DynamoDB resource that a role may use.
const TABLE_ARN: &str = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}";

pub(super) fn check(template: &Value, findings: &mut Findings) {
    for endpoint in ENDPOINTS {
        function(template, endpoint, findings);
        role(template, endpoint, findings);
    }
    no_others(template, findings);
    globals(template, findings);
    policies(template, findings);
}

fn function(template: &Value, endpoint: &Endpoint, findings: &mut Findings) {
    let (name, id) = (endpoint.name, logical_id(endpoint));
    let function = &template["Resources"][&id];
    if function["Type"] != "AWS::Serverless::Function" {
        findings.add(format!("{name} has no function {id}"));
        return;
    }
    let properties = &function["Properties"];
    findings.equal(format!("{id}: Handler"), &properties["Handler"], &json!(name));
    let role = json!({ "Fn::GetAtt": [format!("{id}Role"), "Arn"] });
    findings.equal(format!("{id}: Role"), &properties["Role"], &role);
    // Everything else is in Globals: SAM builds a function with other settings separately. An event would add a
    // permission.
    for member in properties.as_object().into_iter().flatten().map(|(member, _)| member) {
        if !["Description", "Handler", "Role"].contains(&member.as_str()) {
            findings.add(format!("{id} has its own {member}"));
        }
    }
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
    let trust = &properties["AssumeRolePolicyDocument"]["Statement"];
    findings.equal(format!("{id}: AssumeRolePolicyDocument"), trust, &json!([assume]));
    let managed = |condition, policy| json!({ "Fn::If": [condition, { "Ref": policy }, { "Ref": "AWS::NoValue" }] });
    let mut shared = vec![managed("IsTraced", "TracingPolicy")];
    if !endpoint.permissions().is_empty() {
        shared.push(managed("HasTableKey", "TableKeyPolicy"));
    }
    findings.equal(format!("{id}: ManagedPolicyArns"), &properties["ManagedPolicyArns"], &json!(shared));
    let policies = properties["Policies"].as_array().map(Vec::len);
    findings.equal(format!("{id}: number of policies"), &json!(policies), &json!(1));

    let statements = &properties["Policies"][0]["PolicyDocument"]["Statement"];
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

/// Every function, role and permission belongs to an endpoint.
fn no_others(template: &Value, findings: &mut Findings) {
    let ids: BTreeSet<_> = ENDPOINTS.iter().map(logical_id).collect();
    let kinds =
        [("AWS::Serverless::Function", ""), ("AWS::IAM::Role", "Role"), ("AWS::Lambda::Permission", "Permission")];
    for (kind, suffix) in kinds {
        for id in of_type(template, kind).into_keys() {
            if !id.strip_suffix(suffix).is_some_and(|id| ids.contains(id)) {
                findings.add(format!("{id} ({kind}) belongs to no endpoint"));
            }
        }
    }
}

fn globals(template: &Value, findings: &mut Findings) {
    let globals = &template["Globals"]["Function"];
    let expected = [
        ("CodeUri", json!("functions")),
        ("Runtime", json!("provided.al2023")),
        ("Architectures", json!([{ "Ref": "Architecture" }])),
        ("Timeout", json!(berth::REQUEST_TIMEOUT.as_secs())),
        // Berth writes JSON lines itself. With the format JSON, Lambda would wrap them, and the metrics in them.
        ("LoggingConfig", json!({ "LogFormat": "Text", "LogGroup": { "Ref": "FunctionLogs" } })),
    ];
    for (member, expected) in expected {
        findings.equal(format!("Globals: {member}"), &globals[member], &expected);
    }
    let environment = json!({
        "BERTH_TABLE": { "Ref": "TableName" },
        "BERTH_ENVIRONMENT": { "Ref": "Environment" },
        "BERTH_LOG": { "Ref": "LogLevel" },
        "BERTH_JWKS": { "Ref": "LedgerJwksUrl" },
        "BERTH_JWT_AUDIENCE": { "Ref": "LedgerJwtAudience" },
        "BERTH_JWT_SCOPE": { "Ref": "LedgerJwtScope" },
        "BERTH_JWT_ADMINS": { "Ref": "LedgerJwtAdmins" },
        "BERTH_JWT_USERS": { "Ref": "LedgerJwtUsers" },
    });
    findings.equal("Globals: Environment", &globals["Environment"]["Variables"], &environment);
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
