//! Pagination of every list.

mod as_of;
mod bindings;
mod concurrent;
pub mod pages;
mod parameters;
mod payload;
mod sparse;

use crate::harness::{World, paths};

/// Number of rows in each list of [`World::full`].
const ROWS: usize = 30;

impl World {
    /// Creates every list with [`ROWS`] rows, and returns its ids, newest first.
    async fn full(&self) -> [(String, Vec<String>); 8] {
        let default = self.platform.default_organization().await;
        let (mut organizations, mut docks, mut parties) = (vec![default, self.organization.clone()], vec![], vec![]);
        let (mut keys, mut clients, mut of_party, mut of_dock) = (vec![], vec![], vec![], vec![]);
        let id = &self.organization;
        for at in 0..ROWS {
            docks.push(self.platform.create_dock(id, &format!("Dock {at}")).await.id());
            parties.push(self.platform.create_party(id, &format!("Party {at}")).await.id());
            keys.push(self.platform.create_api_key(Some(id), &["docks:read"]).await.id());
            clients.push(self.platform.create_machine_client(id, &["docks:read"]).await.id());
            of_party.push(self.platform.assign(id, &parties[0], &docks[at], "RECIPIENT").await.id());
        }
        for (at, party) in parties.iter().enumerate().skip(1) {
            if at > 1 {
                organizations.push(self.platform.create_organization(&format!("Org {at}")).await.id());
            }
            of_dock.push(self.platform.assign(id, party, &docks[1], "DISTRIBUTOR").await.id());
        }
        // The dock's list is ordered by party. The oldest party was added first.
        of_dock.insert(0, of_party[1].clone());
        let lists = [
            ("/v1/organizations".to_owned(), organizations),
            ("/v1/docks".to_owned(), docks.clone()),
            (paths::parties(id), parties.clone()),
            (format!("/v1/api-keys?organizationId={id}"), keys),
            (paths::roles(id, &parties[0]), of_party),
            (paths::dock_parties(&docks[1]), of_dock.clone()),
            (format!("{}?dockId={}", paths::organization_roles(id), docks[1]), of_dock),
            (paths::machine_clients(id), clients),
        ];
        lists.map(|(target, rows)| (target, rows.into_iter().rev().collect()))
    }
}
