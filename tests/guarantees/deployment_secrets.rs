//! The secrets of a deployment: who may read them, and that no endpoint may write them.

use berth_functions::ENDPOINTS;
use berth_shared::{
    http::{Access, StoreAction},
    store::{Family, Record, keys},
};
use macro_rules_attribute::apply;

use crate::harness::{TestServer, api_test};

#[apply(api_test)]
async fn only_the_endpoints_that_need_a_secret_can_read_it() {
    let shows_ledger_ids = ["create-party", "get-party", "list-parties", "update-party"];
    for endpoint in ENDPOINTS {
        let needs_namespace = matches!(endpoint.access, Access::Ledger(_)) || shows_ledger_ids.contains(&endpoint.name);
        // It rejects the deletion of the default organization.
        let needs_deployment = needs_namespace || endpoint.name == "delete-organization";
        for (family, needs) in [(Family::CursorSecret, endpoint.paged), (Family::Deployment, needs_deployment)] {
            let actions: Vec<_> =
                endpoint.permissions().into_iter().filter(|(_, of)| *of == family).map(|(action, _)| action).collect();
            let expected: &[StoreAction] = if needs { &[StoreAction::GetItem] } else { &[] };
            assert_eq!(actions, expected, "{} on {family:?}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn each_secret_has_a_partition_of_its_own() {
    let server = TestServer::start().await;
    let (deployment, secret) = (keys::deployment(), keys::cursor_secret());
    let records = server.records().await;
    let in_partition = |pk: &str| records.iter().filter(|record| record.key().pk == pk).collect::<Vec<_>>();
    assert!(matches!(in_partition(&deployment.pk)[..], [Record::Deployment(_)]));
    let [Record::CursorSecret(found)] = in_partition(&secret.pk)[..] else { panic!("{records:?}") };
    assert_eq!(found.secret.len(), 64);
    // Neither the debug output of the record nor another item contains it.
    assert!(!format!("{records:?}").contains(&found.secret));
    let items = server.items().await;
    let with_secret = items.iter().filter(|item| format!("{item:?}").contains(&found.secret));
    assert_eq!(with_secret.count(), 1);
}
