//! `GET /v1/organizations/{orgId}`.

use macro_rules_attribute::apply;

use crate::harness::{PartyWorld, api_test, world::tag};

#[apply(api_test)]
async fn the_etag_changes_when_the_counts_change() {
    let world = PartyWorld::new().await;
    let id = &world.organization;
    let mut seen = vec![tag(&world.platform.get(&world.organization_path()).await)];
    world.platform.create_dock(id, "Second").await;
    seen.push(tag(&world.if_none_match(&world.organization_path(), &seen[0]).await.expect(200)));
    world.platform.create_party(id, "Bob").await;
    seen.push(tag(&world.if_none_match(&world.organization_path(), &seen[1]).await.expect(200)));
    // Each state has its own tag, although the version is the same.
    assert!(seen.iter().all(|tag| tag.starts_with("\"1.")), "{seen:?}");
    assert!(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2], "{seen:?}");
    world.if_none_match(&world.organization_path(), &seen[2]).await.expect(304);
    world.if_none_match(&world.organization_path(), "\"1\"").await.expect(200);
}
