//! Tests of `template.yaml`: the program prints it, and it agrees with the endpoint list, the contract and the table
//! that `berth table create` creates. It allows no more than the endpoints need. Mutation tests prove that mistakes are
//! found.
#![expect(clippy::expect_used, reason = "a failed test panics with its reason")]

mod checks;

use std::{process::Command, sync::LazyLock};

use aws_sdk_dynamodb::types::{KeyType, ScalarAttributeType, TimeToLiveStatus};
use berth::{Options, template::logical_id};
use berth_functions::ENDPOINTS;
use checks::{findings, findings_of};
use serde_json::{Value, json};

const CHECKED_IN: &str = include_str!("../../template.yaml");

static TEMPLATE: LazyLock<Value> = LazyLock::new(|| serde_saphyr::from_str(CHECKED_IN).expect("YAML"));

/// Returns a copy of the template that a test may change.
fn template() -> Value {
    TEMPLATE.clone()
}

#[test]
fn the_template_is_up_to_date() {
    let current = berth::template::render(ENDPOINTS).expect("a template");
    assert!(CHECKED_IN == current, "template.yaml is out of date: cargo xtask generate");
}

#[test]
fn the_template_has_no_findings() {
    assert_eq!(findings(&template()), Vec::<String>::new());
}

/// `berth table create --aws` creates the same table as the template.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_the_one_that_the_command_creates() {
    let berth = berth::start(Options { store_port: Some(0), ..Options::default() }).await.expect("the server starts");
    let (url, credentials) = berth.store_port().expect("a port");
    // The embedded DynamoDB stands in for DynamoDB. It accepts any region and credentials.
    let output = Command::new(env!("CARGO_BIN_EXE_berth"))
        .args(["table", "create", "--aws", "--table", "created"])
        .envs([("AWS_ENDPOINT_URL", &*url), ("AWS_REGION", "local"), ("AWS_MAX_ATTEMPTS", "1")])
        .envs([
            ("AWS_ACCESS_KEY_ID", &credentials.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key),
        ])
        .output()
        .expect("the program runs");
    // The embedded DynamoDB supports every request of the command except the last one, for point-in-time recovery.
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("DescribeContinuousBackups: UnknownOperation"), "{stderr}");

    let created = berth.client().describe_table().table_name("created").send().await.expect("a response").table;
    let created = created.expect("a table");
    let attributes = created.attribute_definitions().iter().map(|attribute| {
        assert_eq!(attribute.attribute_type(), &ScalarAttributeType::S);
        json!({ "AttributeName": attribute.attribute_name(), "AttributeType": "S" })
    });
    let keys = created.key_schema().iter().map(|key| {
        let kind = if *key.key_type() == KeyType::Hash { "HASH" } else { "RANGE" };
        json!({ "AttributeName": key.attribute_name(), "KeyType": kind })
    });
    let ttl = berth.client().describe_time_to_live().table_name("created").send().await.expect("a response");
    let ttl = ttl.time_to_live_description.expect("a description");
    let billing = created.billing_mode_summary().and_then(|mode| mode.billing_mode()).map(ToString::to_string);
    let stream = created.stream_specification().and_then(|stream| stream.stream_view_type()).map(ToString::to_string);

    let table = &template()["Resources"]["Table"]["Properties"];
    assert_eq!(table["AttributeDefinitions"], attributes.collect::<Value>());
    assert_eq!(table["KeySchema"], keys.collect::<Value>());
    assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], json!(ttl.attribute_name()));
    assert_eq!(
        table["TimeToLiveSpecification"]["Enabled"],
        ttl.time_to_live_status() == Some(&TimeToLiveStatus::Enabled)
    );
    assert_eq!(table["BillingMode"], json!(billing));
    assert_eq!(table["StreamSpecification"]["StreamViewType"], json!(stream));
    assert_eq!(table["DeletionProtectionEnabled"], json!(created.deletion_protection_enabled()));
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    berth.stop().await;
}

/// A mutation of the template, and the finding that it must cause.
type Mutation = (&'static str, fn(&mut Value) -> Option<()>);

const MUTATIONS: &[Mutation] = &[
    ("CreatePartyRole does not allow dynamodb:GetItem on KEY#", |t| pop(statement(t, "CreateParty", 1)?, "Action")),
    ("GetPartyRole allows dynamodb:Scan", |t| push(statement(t, "GetParty", 1)?, "Action", "dynamodb:Scan")),
    ("GetPartyRole allows too many actions", |t| push(statement(t, "GetParty", 1)?, "Action", "dynamodb:Scan")),
    ("HealthRole allows dynamodb:", |t| add_statement(t, "Health")),
    ("ListDocksRole: a statement", |t| set(statement(t, "ListDocks", 1)?, "Resource", json!("*"))),
    ("ListDocksRole allows", |t| set(statement(t, "ListDocks", 1)?, "Resource", json!("*"))),
    ("GetDockRole: a statement", |t| remove(statement(t, "GetDock", 1)?, "Condition")),
    ("GetDockRole: first statement", |t| push(statement(t, "GetDock", 0)?, "Action", "logs:DeleteLogStream")),
    ("GetDockRole: ManagedPolicyArns", |t| {
        push(properties(t, "GetDockRole")?, "ManagedPolicyArns", "arn:aws:iam::aws:policy/AdministratorAccess")
    }),
    ("revoke-role has no function RevokeRole", |t| remove(&mut t["Resources"], "RevokeRole")),
    ("get-dock has no role GetDockRole", |t| remove(&mut t["Resources"], "GetDockRole")),
    ("Spare (\"AWS::Serverless::Function\") is not expected", |t| copy(t, "Health", "Spare")),
    ("SpareRole (\"AWS::IAM::Role\") is not expected", |t| copy(t, "HealthRole", "SpareRole")),
    ("OtherPermission (\"AWS::Lambda::Permission\") is not", |t| copy(t, "HealthPermission", "OtherPermission")),
    ("GetDock: Handler", |t| set(properties(t, "GetDock")?, "Handler", json!("get-docks"))),
    ("GetDock: Role", |t| set(properties(t, "GetDock")?, "Role", json!({ "Fn::GetAtt": ["UpdateDockRole", "Arn"] }))),
    ("GetDock: LoggingConfig", |t| set(properties(t, "GetDock")?, "LoggingConfig", json!({}))),
    ("GetDock: Events", |t| set(properties(t, "GetDock")?, "Events", json!({}))),
    ("Globals: LoggingConfig", |t| remove(&mut t["Globals"]["Function"], "LoggingConfig")),
    ("openapi.json has POST /v1/docks, but", |t| rename(paths(t)?, "/v1/docks", "/v1/dock")),
    ("the API has the route POST /v1/dock, but", |t| rename(paths(t)?, "/v1/docks", "/v1/dock")),
    ("CreateDock: routes", |t| rename(paths(t)?, "/v1/docks", "/v1/dock")),
    ("Openapi: routes", |t| rename(&mut paths(t)?["/openapi.json"], "head", "put")),
    ("Fallback: routes", |t| remove(paths(t)?, "$default")),
    ("UpdateDock: routes", |t| {
        let other = paths(t)?["/v1/docks/{dockId}"]["get"].clone();
        set(&mut paths(t)?["/v1/docks/{dockId}"], "patch", other)
    }),
    ("the operation of GET /v1/docks/{dockId}", |t| remove(&mut paths(t)?["/v1/docks/{dockId}"]["get"], "parameters")),
    ("the operation of $default", |t| {
        remove(&mut paths(t)?["$default"]["x-amazon-apigateway-any-method"], "isDefaultRoute")
    }),
    ("GetDockPermission", |t| remove(&mut t["Resources"], "GetDockPermission")),
    ("GetDockPermission", |t| set(properties(t, "GetDockPermission")?, "Principal", json!("*"))),
    ("CreateDockPermission", |t| {
        let other = properties(t, "UpdateDockPermission")?["SourceArn"].clone();
        set(properties(t, "CreateDockPermission")?, "SourceArn", other)
    }),
    ("Table: KeySchema", |t| pop(properties(t, "Table")?, "KeySchema")),
    ("Table: AttributeDefinitions", |t| pop(properties(t, "Table")?, "AttributeDefinitions")),
    ("Table: TimeToLiveSpecification", |t| remove(properties(t, "Table")?, "TimeToLiveSpecification")),
    ("Table: DeletionPolicy", |t| set(&mut t["Resources"]["Table"], "DeletionPolicy", json!("Delete"))),
    ("AccessLogs: RetentionInDays", |t| remove(properties(t, "AccessLogs")?, "RetentionInDays")),
    ("FunctionLogs: RetentionInDays", |t| remove(properties(t, "FunctionLogs")?, "RetentionInDays")),
    ("FunctionLogs: Type", |t| remove(&mut t["Resources"], "FunctionLogs")),
    ("Api: Format", |t| {
        let line = json!(r#"{"path":"$context.path"}"#);
        set(&mut properties(t, "Api")?["AccessLogSettings"], "Format", line)
    }),
    ("ConflictsAlarm: Threshold", |t| remove(&mut t["Resources"], "ConflictsAlarm")),
    ("ServerErrorsAlarm: Threshold", |t| set(properties(t, "ServerErrorsAlarm")?, "Threshold", json!(100))),
    ("no alarm watches the errors of Fallback", |t| pop(last_errors_alarm(t)?, "Metrics")),
    ("Alarm: expression", |t| pop(last_errors_alarm(t)?, "Metrics")),
    ("Alarm: metric 0", |t| set(&mut last_errors_alarm(t)?["Metrics"][1]["MetricStat"], "Stat", json!("Maximum"))),
    ("Alarm: Threshold", |t| set(last_errors_alarm(t)?, "Threshold", json!(100))),
    ("Alarm: AlarmActions", |t| remove(last_errors_alarm(t)?, "AlarmActions")),
    ("FunctionErrors1Alarm has 11 metrics", |t| {
        let metrics = properties(t, "FunctionErrors1Alarm")?["Metrics"].as_array_mut()?;
        metrics.push(metrics.last()?.clone());
        Some(())
    }),
    ("Overview: Condition", |t| remove(&mut t["Resources"]["Overview"], "Condition")),
    ("the dashboard has no widgets", |t| set(properties(t, "Overview")?, "DashboardBody", json!({ "Fn::Sub": "{" }))),
    ("the parameter Tracing lacks", |t| remove(&mut t["Parameters"]["Tracing"], "Default")),
    ("resources exceed the limit of a stack", |t| (0..400).try_for_each(|at| copy(t, "Table", &format!("Table{at}")))),
];

#[test]
fn each_mutation_is_detected() {
    for (expected, mutate) in MUTATIONS {
        let mut template = template();
        mutate(&mut template).unwrap_or_else(|| panic!("nothing to change for {expected:?}"));
        let findings = findings(&template);
        assert!(findings.iter().any(|finding| finding.contains(expected)), "{expected:?} is not among {findings:#?}");
    }
}

/// Members that no check compares: they explain, or are shown only.
const FREE: [&str; 4] = ["AlarmDescription", "DashboardBody", "Description", "Label"];

/// These endpoints stand for all: one without the table, one with it, one with path parameters, and the default route.
const EXAMPLES: [&str; 4] = ["health", "create-party", "get-dock", "fallback"];

/// Any changed value and any additional member is detected, wherever it is.
#[test]
fn each_change_of_a_value_is_detected() {
    let examples: Vec<_> = ENDPOINTS.iter().filter(|endpoint| EXAMPLES.contains(&endpoint.name)).cloned().collect();
    let original = berth::template::render(&examples).expect("a template");
    let original: Value = serde_saphyr::from_str(&original).expect("YAML");
    assert_eq!(findings_of(&original, &examples), Vec::<String>::new());
    let mut values = Vec::new();
    for place in ["/Resources", "/Globals", "/Conditions"] {
        pointers(place, original.pointer(place).expect("a value"), &mut values);
    }
    assert!(values.len() > 500, "{} values", values.len());
    let undetected = values.iter().filter(|pointer| {
        let mut changed = original.clone();
        match changed.pointer_mut(pointer).expect("a value") {
            Value::Object(members) => drop(members.insert("Unexpected".to_owned(), json!("value"))),
            Value::Array(elements) => elements.push(json!("unexpected")),
            value => *value = json!("unexpected"),
        }
        findings_of(&changed, &examples).is_empty()
    });
    assert_eq!(undetected.collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Adds the JSON pointer of `value` and of each value in it, but for free members.
fn pointers(pointer: &str, value: &Value, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    match value {
        Value::Object(members) => {
            // The metadata of a function says how it is built, other metadata has comments.
            let is_free = |name: &str, member: &Value| {
                FREE.contains(&name) || name == "Metadata" && member["BuildMethod"].is_null()
            };
            for (name, member) in members.iter().filter(|(name, member)| !is_free(name, member)) {
                pointers(&format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), member, all);
            }
        }
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                pointers(&format!("{pointer}/{at}"), element, all);
            }
        }
        _ => {}
    }
}

#[test]
fn each_missing_action_is_detected() {
    for id in ENDPOINTS.iter().map(logical_id) {
        let role = format!("/Resources/{id}Role/Properties/Policies/0/PolicyDocument/Statement");
        let count = template().pointer(&role).and_then(Value::as_array).map_or(0, Vec::len);
        for at in 1..count {
            let mut template = template();
            statement(&mut template, &id, at).and_then(|found| pop(found, "Action")).expect("an action");
            let expected = format!("{id}Role does not allow");
            assert!(findings(&template).iter().any(|finding| finding.contains(&expected)), "{id} {at}");
        }
    }
}

#[test]
fn each_function_without_an_alarm_is_detected() {
    for id in ENDPOINTS.iter().map(logical_id) {
        let mut template = template();
        for (_, resource) in template["Resources"].as_object_mut().expect("an object") {
            if let Some(metrics) = resource["Properties"].get_mut("Metrics").and_then(Value::as_array_mut) {
                metrics.retain(|metric| metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"] != id);
            }
        }
        let expected = format!("no alarm watches the errors of {id}");
        assert!(findings(&template).contains(&expected), "{id}");
    }
}

fn properties<'a>(template: &'a mut Value, id: &str) -> Option<&'a mut Value> {
    template["Resources"].get_mut(id)?.get_mut("Properties")
}

fn paths(template: &mut Value) -> Option<&mut Value> {
    properties(template, "Api")?.pointer_mut("/DefinitionBody/paths")
}

fn last_errors_alarm(template: &mut Value) -> Option<&mut Value> {
    properties(template, &format!("FunctionErrors{}Alarm", ENDPOINTS.len().div_ceil(10)))
}

fn statement<'a>(template: &'a mut Value, id: &str, at: usize) -> Option<&'a mut Value> {
    properties(template, &format!("{id}Role"))?.pointer_mut(&format!("/Policies/0/PolicyDocument/Statement/{at}"))
}

fn add_statement(template: &mut Value, id: &str) -> Option<()> {
    let other = statement(template, "GetParty", 1)?.clone();
    let statements = properties(template, &format!("{id}Role"))?.pointer_mut("/Policies/0/PolicyDocument/Statement");
    statements?.as_array_mut()?.push(other);
    Some(())
}

fn copy(template: &mut Value, id: &str, to: &str) -> Option<()> {
    let resource = template["Resources"].get(id)?.clone();
    set(&mut template["Resources"], to, resource)
}

fn set(value: &mut Value, member: &str, to: Value) -> Option<()> {
    value.as_object_mut()?.insert(member.to_owned(), to);
    Some(())
}

fn remove(value: &mut Value, member: &str) -> Option<()> {
    value.as_object_mut()?.remove(member).map(drop)
}

fn rename(value: &mut Value, member: &str, to: &str) -> Option<()> {
    let member = value.as_object_mut()?.remove(member)?;
    set(value, to, member)
}

fn push(value: &mut Value, member: &str, element: &str) -> Option<()> {
    value[member].as_array_mut()?.push(json!(element));
    Some(())
}

fn pop(value: &mut Value, member: &str) -> Option<()> {
    value[member].as_array_mut()?.pop().map(drop)
}
