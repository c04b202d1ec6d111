//! Pagination: limits, offsets, links and cursors.

use std::collections::HashSet;

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::ROWS;
use crate::harness::{TestResponse, World, api_test, paths, world::ids};

/// Returns the target of `Link: <…>; rel="next"`.
fn next(response: &TestResponse) -> Option<String> {
    let link = response.header("link")?;
    Some(link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).expect("a link").to_owned())
}

fn with(target: &str, parameter: &str) -> String {
    format!("{target}{}{parameter}", if target.contains('?') { '&' } else { '?' })
}

#[apply(api_test)]
async fn limits_and_offsets_are_numbers_in_their_ranges() {
    let world = World::new().await;
    let (dock, party) = (
        world.platform.create_dock(&world.organization, "D").await.id(),
        world.create_party("INDIVIDUAL", "P", None).await,
    );
    let of_dock = paths::dock_parties(&dock);
    let of_party = format!("{}/{party}/roles", world.parties_path());
    for list in [paths::ORGANIZATIONS, paths::DOCKS, paths::API_KEYS, &world.parties_path(), &of_dock, &of_party] {
        for (parameter, size) in
            [("limit=1", 1), ("limit=100", 100), ("limit=007", 7), ("offset=0", 20), ("offset=10000", 20)]
        {
            assert_eq!(world.get(&with(list, parameter)).await.json()["meta"]["pageSize"], size, "{list} {parameter}");
        }
        for wrong in ["0", "101", "abc", "%2B1", "+1", "1.0", "-1", "1e1", "0x1", "%D9%A1", "99999999999999999999999"] {
            assert_eq!(
                world.platform.get(&format!("{list}?limit={wrong}")).await.error_locations(),
                ["limit"],
                "{wrong}"
            );
        }
        for wrong in ["10001", "-1", "abc", "1.0", "99999999999999999999999"] {
            assert_eq!(
                world.platform.get(&format!("{list}?offset={wrong}")).await.error_locations(),
                ["offset"],
                "{wrong}"
            );
        }
    }
}

#[apply(api_test)]
async fn page_metadata_describes_the_page() {
    let world = World::new().await;
    for (list, rows) in world.full().await {
        let page = world.get(&list).await;
        let meta = &page.json()["meta"];
        assert_eq!(
            (&meta["page"], &meta["pageSize"], &meta["hasMore"]),
            (&json!(1), &json!(20), &json!(true)),
            "{list}"
        );
        assert_eq!(ids(&page), rows[..20], "{list}");
        // The page number is that of the page that contains the offset.
        for (offset, limit, number, more) in [
            (0, 30, 1, false),
            (0, 29, 1, true),
            (7, 7, 2, true),
            (10, 7, 2, true),
            (23, 7, 4, false),
            (29, 1, 30, false),
            (30, 5, 7, false),
            (10_000, 3, 3_334, false),
        ] {
            let page = world.get(&with(&list, &format!("offset={offset}&limit={limit}"))).await;
            let meta = &page.json()["meta"];
            assert_eq!(meta["total"], ROWS, "{list}");
            assert_eq!((&meta["page"], &meta["pageSize"]), (&json!(number), &json!(limit)), "{list} {offset}");
            assert_eq!(
                (&meta["hasMore"], meta["nextCursor"].is_string()),
                (&json!(more), more),
                "{list} {offset} {limit}"
            );
            assert_eq!(next(&page).is_some(), more, "{list} {offset} {limit}");
            let wanted = rows.iter().skip(offset).take(limit).collect::<Vec<_>>();
            assert_eq!(ids(&page).iter().collect::<Vec<_>>(), wanted, "{list} {offset} {limit}");
        }
    }
}

#[apply(api_test)]
async fn links_and_cursors_lead_through_every_list() {
    let world = World::new().await;
    for (list, rows) in world.full().await {
        let (mut target, mut found, mut pages) = (Some(with(&list, "limit=7")), Vec::new(), 0);
        while let Some(page) = target {
            let page = world.get(&page).await;
            pages += 1;
            assert_eq!(page.json()["meta"]["page"], pages, "{list}");
            found.extend(ids(&page));
            target = next(&page);
        }
        assert_eq!((found, pages), (rows.clone(), 5), "{list} by offset");
        let (mut target, mut found, mut pages) = (Some(with(&list, "limit=7")), Vec::new(), 0);
        while let Some(page) = target {
            let page = world.get(&page).await;
            pages += 1;
            let meta = &page.json()["meta"];
            assert_eq!(
                (&meta["page"], &meta["total"]),
                (&if pages == 1 { json!(1) } else { Value::Null }, &json!(ROWS))
            );
            found.extend(ids(&page));
            target = meta["nextCursor"].as_str().map(|cursor| with(&list, &format!("limit=7&cursor={cursor}")));
            // A page by cursor links to the next one by cursor.
            assert!(pages == 1 || next(&page).is_none_or(|next| next.contains("cursor=")), "{list}");
        }
        assert_eq!((found, pages), (rows, 5), "{list} by cursor");
    }
}

#[apply(api_test)]
async fn links_keep_the_filters() {
    let world = World::new().await;
    for at in 0..12 {
        world
            .create_party(
                if at % 2 == 0 { "INDIVIDUAL" } else { "ORGANIZATION" },
                &format!("Zoë & Co {at}"),
                Some("EIN:94 1/2"),
            )
            .await;
    }
    for filter in
        ["search=zo%C3%AB%20%26+co", "type=INDIVIDUAL", "externalRef=EIN:94%201/2", "search=%26&type=ORGANIZATION"]
    {
        let whole = ids(&world.get(&format!("{}?{filter}", world.parties_path())).await);
        let (mut target, mut found) = (Some(format!("{}?{filter}&limit=2", world.parties_path())), Vec::new());
        while let Some(page) = target {
            let page = world.get(&page).await;
            found.extend(ids(&page));
            target = next(&page);
        }
        assert!(found == whole && whole.len() >= 6, "{filter}: {found:?} {whole:?}");
    }
}

#[apply(api_test)]
async fn a_cursor_is_bound_to_list_filters_and_key() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    for at in 0..4 {
        world.create_party("INDIVIDUAL", &format!("P{at}"), Some("E")).await;
        world.platform.create_party(&other, "P").await;
        world.platform.create_dock(&world.organization, "P").await;
    }
    let parties = world.parties_path();
    let page = world.get(&format!("{parties}?limit=2")).await;
    let cursor = page.json()["meta"]["nextCursor"].as_str().expect("a cursor").to_owned();
    world.get(&format!("{parties}?cursor={cursor}")).await;
    // Another page size is the same list.
    assert_eq!(ids(&world.get(&format!("{parties}?limit=1&cursor={cursor}")).await).len(), 1);
    let elsewhere = [
        "/v1/docks?".to_owned(),
        "/v1/organizations?".to_owned(),
        format!("{}?", paths::parties(&other)),
        format!("{parties}?type=INDIVIDUAL&"),
        format!("{parties}?search=p&"),
        format!("{parties}?externalRef=E&"),
    ];
    for target in elsewhere {
        let error = world.platform.get(&format!("{target}cursor={cursor}")).await;
        assert_eq!(error.error_locations(), ["cursor"], "{target}");
    }
    let tenant = world.server.tenant(&world.organization, &["parties:read"]).await;
    assert_eq!(tenant.get(&format!("{parties}?cursor={cursor}")).await.error_locations(), ["cursor"]);
    for at in 0..cursor.len() {
        let mut altered = cursor.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).expect("ASCII");
        assert_eq!(
            world.platform.get(&format!("{parties}?cursor={altered}")).await.error_locations(),
            ["cursor"],
            "{at}"
        );
    }
    let longer =
        [format!("{cursor}A"), cursor[1..].to_owned(), cursor[..cursor.len() - 1].to_owned(), format!("{cursor}=")];
    for altered in longer {
        assert_eq!(world.platform.get(&format!("{parties}?cursor={altered}")).await.error_locations(), ["cursor"]);
    }
    for offset in ["0", "2"] {
        let error = world.platform.get(&format!("{parties}?cursor={cursor}&offset={offset}")).await;
        assert_eq!(error.error_locations(), ["cursor"]);
    }
    // A cursor of another deployment.
    let foreign = World::new().await;
    let error = foreign.platform.get(&format!("{}?cursor={cursor}", foreign.parties_path())).await;
    assert_eq!(error.error_locations(), ["cursor"]);
    let all: HashSet<_> =
        ids(&page).into_iter().chain(ids(&world.get(&format!("{parties}?cursor={cursor}")).await)).collect();
    assert_eq!(all.len(), 4);
}
