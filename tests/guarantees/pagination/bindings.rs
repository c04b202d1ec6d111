//! Cursors and anchors are valid only for the list and the filters of their page.

use std::collections::BTreeSet;

use berth_functions::ENDPOINTS;
use macro_rules_attribute::apply;

use super::ROWS;
use crate::harness::{TestResponse, World, api_test, world::ULID};

/// A parameter, a value with which the list still has more than one page, and another value.
type Filter = (&'static str, String, String);

/// Returns the filters of each list of [`World::full`], in its order.
fn filters(world: &World, first: &[TestResponse; 8]) -> [(&'static str, Vec<Filter>); 8] {
    let row = |list: usize, member: &str| first[list].json()["data"][0][member].as_str().expect("text").to_owned();
    let unknown = |prefix: &str| format!("{prefix}_{ULID}");
    let filter = |name, value: &str, other: &str| (name, value.to_owned(), other.to_owned());
    let own = &world.organization;
    let early = "2020-01-01T00:00:00Z";
    [
        ("list-organizations", vec![filter("search", "org", "or"), filter("slug", "acme", "org-2")]),
        ("list-docks", vec![filter("organizationId", own, &unknown("org")), filter("search", "dock", "doc")]),
        (
            "list-parties",
            vec![
                filter("type", "ORGANIZATION", "INDIVIDUAL"),
                filter("search", "party", "part"),
                filter("externalRef", "a", "b"),
            ],
        ),
        ("list-api-keys", vec![filter("organizationId", own, &unknown("org"))]),
        (
            "list-roles",
            vec![
                filter("role", "RECIPIENT", "DISTRIBUTOR"),
                filter("dockId", &row(4, "dockId"), &unknown("dock")),
                filter("asOf", &row(4, "createdAt"), early),
            ],
        ),
        (
            "list-dock-parties",
            vec![filter("role", "DISTRIBUTOR", "RECIPIENT"), filter("asOf", &row(5, "createdAt"), early)],
        ),
        (
            "list-organization-roles",
            vec![
                filter("role", "DISTRIBUTOR", "RECIPIENT"),
                filter("dockId", &row(6, "dockId"), &unknown("dock")),
                filter("partyId", &row(4, "partyId"), &unknown("pty")),
                filter("asOf", &row(6, "createdAt"), early),
            ],
        ),
        (
            "list-machine-clients",
            vec![filter("dockId", &unknown("dock"), &row(4, "dockId")), filter("isActive", "true", "false")],
        ),
    ]
}

/// Returns the cursor of the next page, and the offset and the anchor of its link.
fn places(page: &TestResponse) -> Option<[String; 2]> {
    let cursor = page.json()["meta"]["nextCursor"].as_str()?;
    let link = page.header("link").expect("a link");
    let paging = |pair: &&str| pair.starts_with("offset=") || pair.starts_with("anchor=");
    let query = link.split_once('?').and_then(|(_, query)| query.split_once('>')).expect("a query").0;
    let link: Vec<_> = query.split('&').filter(paging).collect();
    Some([format!("cursor={cursor}"), link.join("&")])
}

fn target(list: &str, parameters: &[&str]) -> String {
    let separator = if list.contains('?') { '&' } else { '?' };
    format!("{list}{separator}{}", parameters.join("&"))
}

#[apply(api_test)]
async fn cursors_and_anchors_are_bound_to_every_parameter() {
    let world = World::new().await;
    let lists = world.full().await.map(|(list, _)| list.split('?').next().expect("a path").to_owned());
    let mut first = Vec::new();
    for list in &lists {
        first.push(world.get(&target(list, &["limit=2"])).await);
    }
    let first: [TestResponse; 8] = first.try_into().expect("eight lists");
    let all = filters(&world, &first);
    let paged: BTreeSet<_> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.paged && endpoint.path.starts_with("/v1"))
        .map(|e| e.name)
        .collect();
    assert_eq!(paged, all.iter().map(|(name, _)| *name).collect(), "every list is tested");
    for ((name, filters), list) in all.iter().zip(&lists) {
        let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.name == *name).expect("an endpoint");
        let known: BTreeSet<_> = endpoint.query.iter().map(|parameter| parameter.name).collect();
        assert_eq!(known, filters.iter().map(|(filter, ..)| *filter).collect(), "every filter of {name} is tested");
        let encode = |name: &str, value: &str| format!("{name}={}", value.replace('+', "%2B"));
        for (filter, value, other) in filters {
            let [value, other] = [value, other].map(|value| encode(filter, value));
            // With the place of the list without filters, and the reverse.
            let plain = places(&world.get(&target(list, &["limit=1"])).await).expect("a next page");
            let filtered = places(&world.get(&target(list, &["limit=1", &value])).await);
            let mut wrong = Vec::new();
            for place in &plain {
                world.get(&target(list, &[place])).await;
                wrong.extend([target(list, &[place, &value]), target(list, &[place, &other])]);
            }
            for place in filtered.iter().flatten() {
                world.get(&target(list, &[place, &value])).await;
                world.get(&target(list, &[place, &value, "limit=7"])).await;
                wrong.extend([target(list, &[place]), target(list, &[place, &other])]);
            }
            // Filters by a unique value have one page.
            assert!(filtered.is_some() || ["slug", "dockId", "externalRef"].contains(filter), "{name} {filter}");
            for target in wrong {
                let error = world.platform.get(&target).await;
                let at = if target.contains("cursor=") { "cursor" } else { "anchor" };
                assert_eq!(error.error_locations(), [at], "{target}");
            }
        }
    }
}

/// An anchor counts rows. It requires an offset that is not before it, and is no cursor.
#[apply(api_test)]
async fn an_anchor_requires_its_offset() {
    let world = World::new().await;
    for (list, rows) in world.full().await {
        let page = world.get(&target(&list, &["limit=7"])).await;
        let [cursor, link] = places(&page).expect("a next page");
        let (offset, anchor) = link.split_once('&').expect("two parameters");
        assert_eq!(offset, "offset=7");
        for (offset, wanted) in [("offset=7", 7), ("offset=8", 8), ("offset=29", 29), ("offset=30", 30)] {
            let found = world.get(&target(&list, &[anchor, offset, "limit=3"])).await;
            assert_eq!(crate::harness::world::ids(&found), rows[wanted..ROWS.min(wanted + 3)], "{list} {offset}");
        }
        for (parameters, at) in [
            (&[anchor] as &[&str], vec!["anchor"]),
            (&[anchor, "offset=6"], vec!["anchor"]),
            (&[anchor, "offset=x"], vec!["offset"]),
            (&[anchor, &cursor], vec!["cursor"]),
            (&[&cursor.replace("cursor", "anchor"), "offset=7"], vec!["anchor"]),
            (&[&anchor.replace("anchor", "cursor")], vec!["cursor"]),
        ] {
            let error = world.platform.get(&target(&list, parameters)).await;
            assert_eq!(error.error_locations(), at, "{list} {parameters:?}");
        }
    }
}
