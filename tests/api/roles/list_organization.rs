//! Pagination through the roles of an organization.

use std::collections::BTreeSet;

use berth::Options;
use macro_rules_attribute::apply;
use serde_json::Value;

use crate::guarantees::pagination::pages::{By, expect_each_once, many, nothing, paginate, parties};
use crate::harness::{
    TestClient, TestServer, Wire, api_test, checker::assert_consistent, next_millisecond, paths, patient,
};

/// An organization with 6 parties, 6 docks, and both roles of every party in every other dock.
struct Matrix {
    server: TestServer,
    client: TestClient,
    organization: String,
    parties: Vec<String>,
    docks: Vec<String>,
    /// Path of each role, with its id at the end.
    roles: Vec<String>,
}

impl Matrix {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let client = server.platform();
        let organization = client.create_organization("Matrix").await.id();
        let parties = parties(&client, &organization, 6).await;
        let docks = many(6, |at| {
            let (client, organization) = (&client, &organization);
            async move { client.create_dock(organization, &format!("Dock {at}")).await.id() }
        })
        .await;
        let cells: Vec<_> = (0..36).filter(|at| (at / 6 + at % 6) % 2 == 0).flat_map(|at| [(at, 0), (at, 1)]).collect();
        let roles = many(cells.len(), |cell| {
            let (at, role) = cells[cell];
            let (party, dock, role) = (&parties[at / 6], &docks[at % 6], ["DISTRIBUTOR", "RECIPIENT"][role]);
            let (client, organization) = (&client, &organization);
            async move {
                let id = client.assign(organization, party, dock, role).await.id();
                paths::role(organization, party, &id)
            }
        })
        .await;
        Self { server, client, organization, parties, docks, roles }
    }

    fn list(&self, query: &str) -> String {
        format!("{}?{query}", paths::organization_roles(&self.organization))
    }

    /// The list without a filter of docks or parties, and the same list by each of them.
    fn same_lists(&self, query: &str) -> [String; 3] {
        let (docks, parties) = (self.docks.join(","), self.parties.join(","));
        [String::new(), format!("&dockId={docks}"), format!("&partyId={parties}")]
            .map(|filter| self.list(&format!("{query}{filter}")))
    }
}

fn id(path: &str) -> String {
    path.rsplit('/').next().expect("an id").to_owned()
}

/// Asserts the order of the list: newest party first, then newest role first.
fn assert_ordered(rows: &[Value]) {
    let order: Vec<_> = rows.iter().map(|row| (row["partyId"].to_string(), row["id"].to_string())).collect();
    assert!(order.is_sorted_by(|one, next| one > next), "{order:?}");
}

#[apply(api_test)]
async fn pagination_returns_every_role_once() {
    let matrix = Matrix::new().await;
    let all: Vec<_> = matrix.roles.iter().map(|path| id(path)).collect();
    for limit in [4, 500] {
        for list in matrix.same_lists(&format!("limit={limit}")) {
            for by in [By::Cursor, By::Link] {
                let (seen, rows) = paginate(&matrix.client, &list, by, nothing).await;
                assert_eq!(seen.len(), all.len(), "{list}");
                expect_each_once(&seen, &all);
                assert_ordered(&rows);
            }
        }
    }
    for list in matrix.same_lists("limit=9&role=RECIPIENT") {
        let (seen, rows) = paginate(&matrix.client, &list, By::Cursor, nothing).await;
        assert_eq!(seen.len(), all.len() / 2, "{list}");
        assert!(rows.iter().all(|row| row["role"] == "RECIPIENT"), "{list}");
        assert_ordered(&rows);
    }
    let (docks, parties) = (matrix.docks[..3].join(","), matrix.parties[2..6].join(","));
    let some = matrix.list(&format!("limit=2&dockId={docks}&partyId={parties}"));
    for by in [By::Cursor, By::Link] {
        let (seen, rows) = paginate(&matrix.client, &some, by, nothing).await;
        assert_eq!((seen.len(), rows.len()), (12, 12));
        assert_ordered(&rows);
    }
}

/// Between two pages, a role that was listed or will be is revoked. It is assigned again. All others are listed once.
#[apply(api_test)]
async fn pagination_is_complete_while_roles_are_revoked_and_assigned() {
    let matrix = Matrix::new().await;
    let (client, organization) = (&matrix.client, &matrix.organization);
    let mut held: BTreeSet<String> = matrix.roles.iter().cloned().collect();
    for list in matrix.same_lists("limit=7") {
        for by in [By::Cursor, By::Link] {
            let changing: Vec<_> = held.iter().step_by(6).cloned().collect();
            let again = std::cell::RefCell::new(Vec::new());
            let between = |page: usize| {
                let (path, again) = (changing.get(page - 1).cloned(), &again);
                async move {
                    let Some(path) = path else { return };
                    let role = client.get(&path).await.expect(200);
                    let (party, dock) = (role.text("partyId"), role.text("dockId"));
                    client.delete(&path).await.expect(200);
                    let id = client.assign(organization, &party, &dock, &role.text("role")).await.id();
                    again.borrow_mut().push((path, paths::role(organization, &party, &id)));
                }
            };
            let (seen, rows) = paginate(client, &list, by, between).await;
            let changed = again.into_inner();
            assert!(changed.len() > 3, "{}", changed.len());
            for (old, new) in changed {
                held.remove(&old);
                held.insert(new);
            }
            let unchanged: Vec<_> =
                held.iter().filter(|path| matrix.roles.contains(path)).map(|path| id(path)).collect();
            expect_each_once(&seen, &unchanged);
            assert_ordered(&rows);
        }
    }
    assert_consistent(&matrix.server).await;
}

/// With `asOf`, the list stays the same while its roles are revoked and assigned again.
#[apply(api_test)]
async fn a_list_as_of_a_time_does_not_change() {
    let matrix = Matrix::new().await;
    let (client, organization) = (&matrix.client, &matrix.organization);
    // Roles that ended before.
    for path in &matrix.roles[..6] {
        client.delete(path).await.expect(200);
    }
    let (mut stood, mut left) = (Vec::new(), matrix.roles[6..].to_vec());
    let newest = client.get(&matrix.roles[35]).await.expect(200);
    next_millisecond().await;
    let party = newest.text("partyId");
    let marker = client.create_dock(&matrix.organization, "Marker").await.id();
    let last = client.assign(&matrix.organization, &party, &marker, "RECIPIENT").await;
    left.push(paths::role(&matrix.organization, &party, &last.id()));
    stood.extend(left.iter().map(|path| id(path)));
    let (docks, parties) = ([matrix.docks.clone(), vec![marker]].concat().join(","), matrix.parties.join(","));
    let then = last.text("createdAt");
    next_millisecond().await;
    for filter in
        [String::new(), format!("&dockId={docks}"), format!("&partyId={parties}"), "&role=RECIPIENT".to_owned()]
    {
        for by in [By::Cursor, By::Link] {
            let revoked = left.split_off(left.len().saturating_sub(4));
            let between = |page: usize| {
                let path = revoked.get(page - 1).cloned();
                async move {
                    let Some(path) = path else { return };
                    let role = client.get(&path).await.expect(200);
                    client.delete(&path).await.expect(200);
                    let (party, dock) = (role.text("partyId"), role.text("dockId"));
                    client.assign(organization, &party, &dock, &role.text("role")).await;
                }
            };
            let target = matrix.list(&format!("asOf={then}&limit=7{filter}"));
            let (seen, rows) = paginate(client, &target, by, between).await;
            assert_ordered(&rows);
            assert!(rows.iter().all(|row| row.get("revokedAt").is_some()), "{target}");
            if filter.starts_with("&role") {
                assert!(rows.iter().all(|row| row["role"] == "RECIPIENT"));
                assert!(seen.values().all(|times| *times == 1));
            } else {
                assert_eq!(seen.len(), stood.len(), "{target}");
                expect_each_once(&seen, &stood);
            }
        }
    }
    assert_consistent(&matrix.server).await;
}

/// A page reads rows in proportion to its size, however many docks and parties the filter names.
#[apply(api_test)]
async fn a_page_reads_about_as_many_rows_as_it_has() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Many").await.id();
    let (client, organization) = (&client, &organization);
    let parties = parties(client, organization, 50).await;
    let docks = many(50, |at| async move { client.create_dock(organization, &format!("Dock {at}")).await.id() }).await;
    many(50, |at| {
        let (party, dock) = (&parties[at], &docks[(at * 7) % 50]);
        async move { client.assign(organization, party, dock, "RECIPIENT").await.id() }
    })
    .await;
    for (filter, queries) in
        [("", 1), (&format!("&partyId={}", parties.join(",")), 50), (&format!("&dockId={}", docks.join(",")), 150)]
    {
        for limit in [20, 500] {
            wire.take();
            let target = format!("{}?limit={limit}{filter}", paths::organization_roles(organization));
            let page = client.get(&target).await.expect(200);
            assert_eq!(crate::harness::world::ids(&page).len(), 50.min(limit), "{limit}");
            let requests = wire.take().0;
            let sent: Vec<_> = requests.iter().filter(|request| request.operation == "Query").collect();
            // One more reads the deletions.
            assert_eq!(sent.len(), queries + 1, "{limit}");
            let rows: u64 = sent.iter().filter_map(|request| request.body["Limit"].as_u64()).sum();
            assert!(rows <= 1_700, "{limit}: {rows}");
        }
    }
}
