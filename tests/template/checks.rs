//! What has to hold of the template. Each check gives a sentence for everything that does not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use berth::logical_id;
use berth_functions::{ENDPOINTS, FALLBACK};
use berth_shared::http::Endpoint;
use serde_json::{Value, json};

/// Where a role may act: on the one table.
const TABLE_ARN: &str = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}";
static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).expect("openapi.json is JSON"));

/// The most resources of a stack.
const MOST_RESOURCES: usize = 500;

/// Everything that is wrong with `template`.
pub fn faults(template: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for endpoint in ENDPOINTS {
        function(template, endpoint, &mut faults);
        role(template, endpoint, &mut faults);
    }
    nothing_beside(template, &mut faults);
    globals(template, &mut faults);
    contract(template, &mut faults);
    table(template, &mut faults);
    policies(template, &mut faults);
    logs(template, &mut faults);
    alarms(template, &mut faults);
    faults
}

/// The resources of a type, by name.
fn of_type<'a>(template: &'a Value, kind: &str) -> BTreeMap<&'a str, &'a Value> {
    let resources = template["Resources"].as_object().expect("resources").iter();
    resources.filter(|(_, found)| found["Type"] == kind).map(|(name, found)| (name.as_str(), found)).collect()
}

/// Notes where `found` is not `wanted`.
fn expect(faults: &mut Vec<String>, place: &str, found: &Value, wanted: &Value) {
    if found != wanted {
        faults.push(format!("{place} is {found} and not {wanted}"));
    }
}

/// The routes of a function: method and path, or `$default`.
fn routes(function: &Value) -> BTreeSet<String> {
    let events = function["Properties"]["Events"].as_object().into_iter().flatten();
    let route = |event: &Value| match (&event["Properties"]["Method"], &event["Properties"]["Path"]) {
        (Value::String(method), Value::String(path)) => format!("{method} {path}"),
        (Value::Null, Value::Null) => "$default".to_owned(),
        (method, path) => format!("half a route: {method} {path}"),
    };
    let ours = |event: &&Value| event["Type"] == "HttpApi" && event["Properties"]["ApiId"] == json!({ "Ref": "Api" });
    events.map(|(_, event)| event).filter(ours).map(route).collect()
}

fn function(template: &Value, endpoint: &Endpoint, faults: &mut Vec<String>) {
    let (name, id) = (endpoint.name, logical_id(endpoint));
    let function = &template["Resources"][&id];
    if function["Type"] != "AWS::Serverless::Function" {
        faults.push(format!("{name} has no function {id}"));
        return;
    }
    let properties = &function["Properties"];
    expect(faults, &format!("{id}: Handler"), &properties["Handler"], &json!(name));
    expect(faults, &format!("{id}: Role"), &properties["Role"], &json!({ "Fn::GetAtt": [format!("{id}Role"), "Arn"] }));
    // Lines are JSON as they are written; the format JSON would wrap them, and the metrics in them.
    let group = json!({ "LogFormat": "Text", "LogGroup": { "Ref": format!("{id}Logs") } });
    expect(faults, &format!("{id}: LoggingConfig"), &properties["LoggingConfig"], &group);
    let mut wanted = BTreeSet::new();
    if name == FALLBACK {
        wanted.insert("$default".to_owned());
    } else {
        wanted.insert(format!("{} {}", endpoint.method, endpoint.path));
        if endpoint.method == "GET" {
            wanted.insert(format!("HEAD {}", endpoint.path));
        }
    }
    expect(faults, &format!("{id}: its routes"), &json!(routes(function)), &json!(wanted));
    // What all share stands in Globals; with something of its own a function would be built apart.
    let known = ["Description", "Events", "Handler", "LoggingConfig", "Role"];
    for member in properties.as_object().into_iter().flatten().map(|(member, _)| member) {
        if !known.contains(&member.as_str()) {
            faults.push(format!("{id} has a {member} of its own"));
        }
    }
    let build = json!({ "BuildMethod": "rust-cargolambda", "BuildProperties": { "Binary": "bootstrap" } });
    expect(faults, &format!("{id}: Metadata"), &function["Metadata"], &build);
}

fn role(template: &Value, endpoint: &Endpoint, faults: &mut Vec<String>) {
    let id = format!("{}Role", logical_id(endpoint));
    let role = &template["Resources"][&id];
    if role["Type"] != "AWS::IAM::Role" {
        faults.push(format!("{} has no role {id}", endpoint.name));
        return;
    }
    let properties = &role["Properties"];
    let assume =
        json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" });
    expect(
        faults,
        &format!("{id}: who takes it"),
        &properties["AssumeRolePolicyDocument"]["Statement"],
        &json!([assume]),
    );
    let managed = |condition, policy| json!({ "Fn::If": [condition, { "Ref": policy }, { "Ref": "AWS::NoValue" }] });
    let mut shared = vec![managed("IsTraced", "TracingPolicy")];
    if !endpoint.permissions().is_empty() {
        shared.push(managed("HasTableKey", "TableKeyPolicy"));
    }
    expect(faults, &format!("{id}: ManagedPolicyArns"), &properties["ManagedPolicyArns"], &json!(shared));
    expect(
        faults,
        &format!("{id}: how many policies"),
        &json!(properties["Policies"].as_array().map(Vec::len)),
        &json!(1),
    );

    let statements = &properties["Policies"][0]["PolicyDocument"]["Statement"];
    let mut statements = statements.as_array().expect("statements").iter();
    let logs = json!({
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": { "Fn::GetAtt": [format!("{}Logs", logical_id(endpoint)), "Arn"] },
    });
    expect(faults, &format!("{id}: its first statement"), statements.next().unwrap_or(&Value::Null), &logs);
    let mut found = BTreeSet::new();
    for statement in statements {
        found.extend(allowed(&id, statement, faults));
    }
    let permissions = endpoint.permissions();
    let wanted: BTreeSet<_> = permissions
        .iter()
        .flat_map(|(action, family)| family.patterns().iter().map(|key| (action.iam().to_owned(), (*key).to_owned())))
        .collect();
    for (action, key) in wanted.difference(&found) {
        faults.push(format!("{id} does not allow {action} on {key}, which {} needs", endpoint.name));
    }
    for (action, key) in found.difference(&wanted) {
        faults.push(format!("{id} allows {action} on {key}, which {} does not need", endpoint.name));
    }
}

/// What a statement on the table allows: actions, each with a pattern of keys.
fn allowed(role: &str, statement: &Value, faults: &mut Vec<String>) -> BTreeSet<(String, String)> {
    let texts = |list: &Value| -> Vec<String> {
        let elements = list.as_array().into_iter().flatten();
        elements.map(|element| element.as_str().unwrap_or_default().to_owned()).collect()
    };
    let actions = texts(&statement["Action"]);
    let keys = texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
    // Exactly this form: nothing stands beside actions and keys that would widen or narrow them.
    let form = json!({
        "Effect": "Allow",
        "Action": actions,
        "Resource": { "Fn::Sub": TABLE_ARN },
        "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } },
    });
    expect(faults, &format!("{role}: a statement"), statement, &form);
    if actions.is_empty() || keys.is_empty() {
        faults.push(format!("{role} has a statement without actions or keys"));
    }
    actions.iter().flat_map(|action| keys.iter().map(move |key| (action.clone(), key.clone()))).collect()
}

/// No function, role or route that is of no endpoint.
fn nothing_beside(template: &Value, faults: &mut Vec<String>) {
    let ids: BTreeSet<_> = ENDPOINTS.iter().map(logical_id).collect();
    for id in of_type(template, "AWS::Serverless::Function").into_keys().filter(|id| !ids.contains(*id)) {
        faults.push(format!("the function {id} is of no endpoint"));
    }
    let roles = of_type(template, "AWS::IAM::Role");
    for id in roles.into_keys().filter(|id| !id.strip_suffix("Role").is_some_and(|id| ids.contains(id))) {
        faults.push(format!("the role {id} is of no endpoint"));
    }
    // SAM adds a permission for each route, and the stage.
    let routes: usize = of_type(template, "AWS::Serverless::Function").values().map(|found| routes(found).len()).sum();
    let resources = template["Resources"].as_object().expect("resources").len() + routes + 1;
    if resources > MOST_RESOURCES {
        faults.push(format!("{resources} resources are more than a stack can have"));
    }
}

fn globals(template: &Value, faults: &mut Vec<String>) {
    let shared = &template["Globals"]["Function"];
    let wanted = [
        ("CodeUri", json!("functions")),
        ("Runtime", json!("provided.al2023")),
        ("Architectures", json!([{ "Ref": "Architecture" }])),
        ("Timeout", json!(berth::REQUEST_TIMEOUT.as_secs())),
    ];
    for (member, wanted) in wanted {
        expect(faults, &format!("Globals: {member}"), &shared[member], &wanted);
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
    expect(faults, "Globals: Environment", &shared["Environment"]["Variables"], &environment);
    for (name, parameter) in template["Parameters"].as_object().expect("parameters") {
        if !parameter["Description"].is_string() || parameter["Default"].is_null() {
            faults.push(format!("the parameter {name} lacks a description or a default"));
        }
    }
}

/// The routes are the operations of openapi.json, each GET with its HEAD.
fn contract(template: &Value, faults: &mut Vec<String>) {
    let mut documented = BTreeSet::from(["$default".to_owned()]);
    for (path, operations) in CONTRACT["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            documented.insert(format!("{} {path}", method.to_ascii_uppercase()));
            if method == "get" {
                documented.insert(format!("HEAD {path}"));
            }
        }
    }
    let functions = of_type(template, "AWS::Serverless::Function");
    let routed: BTreeSet<_> = functions.values().flat_map(|function| routes(function)).collect();
    for missing in documented.difference(&routed) {
        faults.push(format!("openapi.json has {missing}, and no function is routed so"));
    }
    for surplus in routed.difference(&documented) {
        faults.push(format!("a function is routed {surplus}, which openapi.json does not have"));
    }
}

fn table(template: &Value, faults: &mut Vec<String>) {
    let table = &template["Resources"]["Table"];
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        expect(faults, &format!("Table: {policy}"), &table[policy], &json!("Retain"));
    }
    let key = json!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": { "Ref": "TableKeyArn" } });
    let wanted = json!({
        "TableName": { "Ref": "TableName" },
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
        "TimeToLiveSpecification": { "AttributeName": "ttl", "Enabled": true },
        "StreamSpecification": { "StreamViewType": "NEW_AND_OLD_IMAGES" },
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        "DeletionProtectionEnabled": true,
        "SSESpecification": { "Fn::If": ["HasTableKey", key, { "SSEEnabled": false }] },
    });
    let names = wanted.as_object().into_iter().chain(table["Properties"].as_object()).flatten().map(|(name, _)| name);
    for name in names.collect::<BTreeSet<_>>() {
        expect(faults, &format!("Table: {name}"), &table["Properties"][name], &wanted[name]);
    }
}

/// No policy anywhere allows more than it names. X-Ray has no resources to name.
fn policies(template: &Value, faults: &mut Vec<String>) {
    for (id, resource) in template["Resources"].as_object().expect("resources") {
        statements(resource, &mut |statement| {
            let actions = [&statement["Action"], &statement["NotAction"]].map(ToString::to_string).concat();
            if actions.contains('*') || actions.contains("Scan") || !statement["NotAction"].is_null() {
                faults.push(format!("{id} allows too much: {actions}"));
            }
            let traces = id == "TracingPolicy" && resource["Condition"] == "IsTraced" && !actions.contains("dynamodb");
            if statement["Resource"].to_string().contains('*') && !traces {
                faults.push(format!("{id} allows {actions} on {}", statement["Resource"]));
            }
        });
        if !resource["Properties"]["Policies"].is_null() && resource["Type"] != "AWS::IAM::Role" {
            faults.push(format!("{id} has policies that are no role's"));
        }
    }
}

/// Shows every statement of a policy in `value` to `see`.
fn statements(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            if members.contains_key("Effect") {
                see(value);
            }
            members.values().for_each(|member| statements(member, see));
        }
        Value::Array(elements) => elements.iter().for_each(|element| statements(element, see)),
        _ => {}
    }
}

/// Every log group forgets, and the access log holds no secrets.
fn logs(template: &Value, faults: &mut Vec<String>) {
    let groups = of_type(template, "AWS::Logs::LogGroup");
    for (id, group) in &groups {
        let days = json!({ "Ref": "LogRetentionDays" });
        expect(faults, &format!("{id}: RetentionInDays"), &group["Properties"]["RetentionInDays"], &days);
    }
    for id in ENDPOINTS.iter().map(logical_id).filter(|id| !groups.contains_key(format!("{id}Logs").as_str())) {
        faults.push(format!("{id} has no log group"));
    }
    let format = template["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"].as_str().unwrap_or_default();
    if serde_json::from_str::<Value>(format).is_err() {
        faults.push(format!("the access log's lines are no JSON: {format}"));
    }
    let known = [
        "error.responseType",
        "identity.sourceIp",
        "integrationErrorMessage",
        "integrationLatency",
        "requestId",
        "requestTime",
        "responseLatency",
        "responseLength",
        "routeKey",
        "status",
    ];
    for variable in format.split("$context.").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
        if !known.contains(&variable) {
            faults.push(format!("the access log has {variable}"));
        }
    }
}

fn alarms(template: &Value, faults: &mut Vec<String>) {
    let alarms = of_type(template, "AWS::CloudWatch::Alarm");
    for (id, alarm) in &alarms {
        expect(faults, &format!("{id}: Condition"), &alarm["Condition"], &json!("HasAlarms"));
        for actions in ["AlarmActions", "OKActions"] {
            let topic = json!([{ "Ref": "AlarmTopicArn" }]);
            expect(faults, &format!("{id}: {actions}"), &alarm["Properties"][actions], &topic);
        }
    }
    let watches = |namespace: &str, metric: &str, dimensions: &Value| {
        alarms.values().map(|alarm| &alarm["Properties"]).any(|watched| {
            watched["Namespace"] == namespace && watched["MetricName"] == metric && watched["Dimensions"] == *dimensions
        })
    };
    let api = json!([{ "Name": "ApiId", "Value": { "Ref": "Api" } }]);
    let environment = json!([{ "Name": "environment", "Value": { "Ref": "Environment" } }]);
    let overall = [
        ("AWS/ApiGateway", "5xx", &api),
        ("AWS/ApiGateway", "Latency", &api),
        ("AWS/Lambda", "Throttles", &Value::Null),
        ("Berth", "conflicts", &environment),
    ];
    for (namespace, metric, dimensions) in overall {
        if !watches(namespace, metric, dimensions) {
            faults.push(format!("no alarm watches {metric} of {namespace}"));
        }
    }
    for id in ENDPOINTS.iter().map(logical_id) {
        if !watches("AWS/Lambda", "Errors", &json!([{ "Name": "FunctionName", "Value": { "Ref": id } }])) {
            faults.push(format!("no alarm watches the errors of {id}"));
        }
    }
}
