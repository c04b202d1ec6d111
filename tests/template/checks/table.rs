//! The table: its keys, its settings, and its retention after the stack is deleted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Findings;

pub(super) fn check(template: &Value, findings: &mut Findings) {
    let table = &template["Resources"]["Table"];
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        findings.equal(format!("Table: {policy}"), &table[policy], &json!("Retain"));
    }
    findings.equal("Table: Condition", &table["Condition"], &json!("CreatesTable"));
    let key = json!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": { "Ref": "TableKeyArn" } });
    let expected = json!({
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
    let names = expected.as_object().into_iter().chain(table["Properties"].as_object()).flatten().map(|(name, _)| name);
    for name in names.collect::<BTreeSet<_>>() {
        findings.equal(format!("Table: {name}"), &table["Properties"][name], &expected[name]);
    }
}
