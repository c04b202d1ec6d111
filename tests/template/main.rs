//! `template.yaml`: it is what the program prints, it agrees with the endpoint list, with the contract and with the table
//! that the operator's command makes, it allows no more than that, and a template that is wrong is found to be wrong.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed, and says so")]

mod checks;
mod yaml;

use std::{process::Command, sync::LazyLock};

use aws_sdk_dynamodb::types::{KeyType, ScalarAttributeType, TimeToLiveStatus};
use berth::Options;
use checks::faults;
use serde_json::{Value, json};

const CHECKED_IN: &str = include_str!("../../template.yaml");

static TEMPLATE: LazyLock<Value> = LazyLock::new(|| yaml::parse(CHECKED_IN));

/// The template, to change at will.
fn template() -> Value {
    TEMPLATE.clone()
}

#[test]
fn it_is_what_the_program_prints() {
    let same = CHECKED_IN == berth::template();
    assert!(same, "template.yaml is not up to date: cargo run -- template > template.yaml");
}

#[test]
fn it_has_no_fault() {
    assert_eq!(faults(&template()), Vec::<String>::new());
}

/// The table of the template and the one that `berth table create --aws` makes are one.
#[tokio::test(flavor = "multi_thread")]
async fn its_table_is_the_one_that_the_command_makes() {
    let berth = berth::start(Options::default()).await.expect("the server starts");
    // Region and credentials are a formality: what the command takes for AWS is the embedded store.
    let output = Command::new(env!("CARGO_BIN_EXE_berth"))
        .args(["table", "create", "--aws", "--table", "made"])
        .envs([("AWS_ENDPOINT_URL", berth.store_url().expect("a store on this machine")), ("AWS_REGION", "local")])
        .envs([("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local"), ("AWS_MAX_ATTEMPTS", "1")])
        .output()
        .expect("the program runs");
    // The embedded store knows everything that is asked of it but the last, the recovery of any second.
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("DescribeContinuousBackups: UnknownOperation"), "{said}");

    let made = berth.client().describe_table().table_name("made").send().await.expect("it is there").table;
    let made = made.expect("a description");
    let attributes = made.attribute_definitions().iter().map(|attribute| {
        assert_eq!(attribute.attribute_type(), &ScalarAttributeType::S);
        json!({ "AttributeName": attribute.attribute_name(), "AttributeType": "S" })
    });
    let keys = made.key_schema().iter().map(|key| {
        let kind = if *key.key_type() == KeyType::Hash { "HASH" } else { "RANGE" };
        json!({ "AttributeName": key.attribute_name(), "KeyType": kind })
    });
    let ttl = berth.client().describe_time_to_live().table_name("made").send().await.expect("it can be asked");
    let ttl = ttl.time_to_live_description.expect("a description");
    let billing = made.billing_mode_summary().and_then(|mode| mode.billing_mode()).map(ToString::to_string);
    let stream = made.stream_specification().and_then(|stream| stream.stream_view_type()).map(ToString::to_string);

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
    assert_eq!(table["DeletionProtectionEnabled"], json!(made.deletion_protection_enabled()));
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    berth.stop().await;
}

/// A change of the template, and what has to be said of it.
type Mutation = (&'static str, fn(&mut Value) -> Option<()>);

/// A mistake each: the checks have to name it.
const MUTATIONS: [Mutation; 22] = [
    ("CreatePartyRole does not allow dynamodb:GetItem on KEY#", |t| pop(statement(t, "CreateParty", 1)?, "Action")),
    ("GetPartyRole allows dynamodb:Scan", |t| push(statement(t, "GetParty", 1)?, "Action", "dynamodb:Scan")),
    ("GetPartyRole allows too much", |t| push(statement(t, "GetParty", 1)?, "Action", "dynamodb:Scan")),
    ("HealthRole allows dynamodb:", |t| add_statement(t, "Health")),
    ("ListDocksRole: a statement", |t| set(statement(t, "ListDocks", 1)?, "Resource", json!("*"))),
    ("ListDocksRole allows", |t| set(statement(t, "ListDocks", 1)?, "Resource", json!("*"))),
    ("GetDockRole: a statement", |t| statement(t, "GetDock", 1)?.as_object_mut()?.remove("Condition").map(drop)),
    ("GetDockRole: ManagedPolicyArns", |t| {
        push(
            &mut t["Resources"]["GetDockRole"]["Properties"],
            "ManagedPolicyArns",
            "arn:aws:iam::aws:policy/AdministratorAccess",
        )
    }),
    ("revoke-role has no function RevokeRole", |t| t["Resources"].as_object_mut()?.remove("RevokeRole").map(drop)),
    ("the function Spare is of no endpoint", |t| {
        let spare = t["Resources"]["Health"].clone();
        set(&mut t["Resources"], "Spare", spare)
    }),
    ("GetDock: Handler", |t| set(&mut t["Resources"]["GetDock"]["Properties"], "Handler", json!("get-docks"))),
    ("GetDock: Role", |t| {
        let other = t["Resources"]["UpdateDock"]["Properties"]["Role"].clone();
        set(&mut t["Resources"]["GetDock"]["Properties"], "Role", other)
    }),
    ("openapi.json has POST /v1/docks, and", |t| {
        set(&mut t["Resources"]["CreateDock"]["Properties"]["Events"]["Post"]["Properties"], "Path", json!("/v1/dock"))
    }),
    ("a function is routed POST /v1/dock,", |t| {
        set(&mut t["Resources"]["CreateDock"]["Properties"]["Events"]["Post"]["Properties"], "Path", json!("/v1/dock"))
    }),
    ("Table: KeySchema", |t| pop(&mut t["Resources"]["Table"]["Properties"], "KeySchema")),
    ("Table: AttributeDefinitions", |t| pop(&mut t["Resources"]["Table"]["Properties"], "AttributeDefinitions")),
    ("Table: TimeToLiveSpecification", |t| {
        t["Resources"]["Table"]["Properties"].as_object_mut()?.remove("TimeToLiveSpecification").map(drop)
    }),
    ("Table: DeletionPolicy", |t| set(&mut t["Resources"]["Table"], "DeletionPolicy", json!("Delete"))),
    ("AccessLogs: RetentionInDays", |t| {
        t["Resources"]["AccessLogs"]["Properties"].as_object_mut()?.remove("RetentionInDays").map(drop)
    }),
    ("the access log has path", |t| {
        let line = json!(r#"{"path":"$context.path"}"#);
        set(&mut t["Resources"]["Api"]["Properties"]["AccessLogSettings"], "Format", line)
    }),
    ("no alarm watches conflicts", |t| t["Resources"].as_object_mut()?.remove("ConflictsAlarm").map(drop)),
    ("no alarm watches the errors of GetDock", |t| t["Resources"].as_object_mut()?.remove("GetDockAlarm").map(drop)),
];

#[test]
fn each_mistake_is_found_and_named() {
    for (sentence, change) in MUTATIONS {
        let mut template = template();
        change(&mut template).unwrap_or_else(|| panic!("there is nothing to change for {sentence:?}"));
        let faults = faults(&template);
        assert!(faults.iter().any(|fault| fault.contains(sentence)), "{sentence:?} is not among {faults:#?}");
    }
}

#[test]
fn any_action_that_is_taken_from_any_role_is_missed() {
    for endpoint in berth_functions::ENDPOINTS {
        let id = berth::logical_id(endpoint);
        let count =
            template()["Resources"][format!("{id}Role")]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
                .as_array()
                .map_or(0, Vec::len);
        for at in 1..count {
            let mut template = template();
            statement(&mut template, &id, at).and_then(|found| pop(found, "Action")).expect("an action");
            assert!(
                faults(&template).iter().any(|fault| fault.contains(&format!("{id}Role does not allow"))),
                "{id} {at}"
            );
        }
    }
}

fn statement<'a>(template: &'a mut Value, id: &str, at: usize) -> Option<&'a mut Value> {
    template["Resources"][format!("{id}Role")]
        .pointer_mut(&format!("/Properties/Policies/0/PolicyDocument/Statement/{at}"))
}

fn add_statement(template: &mut Value, id: &str) -> Option<()> {
    let spare = statement(template, "GetParty", 1)?.clone();
    let statements =
        template["Resources"][format!("{id}Role")].pointer_mut("/Properties/Policies/0/PolicyDocument/Statement");
    statements?.as_array_mut()?.push(spare);
    Some(())
}

fn set(value: &mut Value, member: &str, to: Value) -> Option<()> {
    value.as_object_mut()?.insert(member.to_owned(), to);
    Some(())
}

fn push(value: &mut Value, member: &str, element: &str) -> Option<()> {
    value[member].as_array_mut()?.push(json!(element));
    Some(())
}

fn pop(value: &mut Value, member: &str) -> Option<()> {
    value[member].as_array_mut()?.pop().map(drop)
}
