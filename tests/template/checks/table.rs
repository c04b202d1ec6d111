//! The table: its keys, its settings, and its retention after the stack is deleted.

use serde_json::{Value, json};

use super::Findings;

pub(super) fn check(template: &Value, findings: &mut Findings) {
    let key = json!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": { "Ref": "TableKeyArn" } });
    let properties = json!({
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
    let table = json!({
        "Type": "AWS::DynamoDB::Table",
        "Condition": "CreatesTable",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    });
    findings.resource(template, "Table", &table);
}
