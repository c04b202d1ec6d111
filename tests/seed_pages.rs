//! The four pages that Berth's REST dialect comes from: their calls as they write them, and what they say of answers.

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::{Berth, tests};

pub fn tests() -> Vec<Trial> {
    tests![create_organization]
}

async fn create_organization() {
    let berth = Berth::start().await;
    let body = json!({
        "name": "Bank of America",
        "metadata": { "industry": "financial-services", "region": "north-america", "tier": "enterprise" },
    });
    let made = berth.platform().post("/v1/organizations", &body).await.expect(201);
    assert_eq!(made.json()["slug"], "bank-of-america");
}
