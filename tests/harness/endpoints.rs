//! One method for each endpoint. They accept any status.

use serde_json::Value;

use super::{TestClient, TestResponse, paths};

impl TestClient {
    pub async fn list_organizations(&self) -> TestResponse {
        self.get(paths::ORGANIZATIONS).await
    }

    pub async fn list_docks(&self) -> TestResponse {
        self.get(paths::DOCKS).await
    }

    pub async fn list_api_keys(&self) -> TestResponse {
        self.get(paths::API_KEYS).await
    }

    pub async fn list_ledger_parties(&self) -> TestResponse {
        self.get(paths::LEDGER_PARTIES).await
    }

    pub async fn post_organization(&self, body: &Value) -> TestResponse {
        self.post(paths::ORGANIZATIONS, body).await
    }

    pub async fn post_dock(&self, body: &Value) -> TestResponse {
        self.post(paths::DOCKS, body).await
    }

    pub async fn post_api_key(&self, body: &Value) -> TestResponse {
        self.post(paths::API_KEYS, body).await
    }

    pub async fn allocate_ledger_party(&self, body: &Value) -> TestResponse {
        self.post(paths::LEDGER_PARTIES, body).await
    }

    pub async fn get_organization(&self, organization: &str) -> TestResponse {
        self.get(&paths::organization(organization)).await
    }

    pub async fn get_dock(&self, dock: &str) -> TestResponse {
        self.get(&paths::dock(dock)).await
    }

    pub async fn update_organization(&self, organization: &str, body: &Value) -> TestResponse {
        self.patch(&paths::organization(organization), body).await
    }

    pub async fn update_dock(&self, dock: &str, body: &Value) -> TestResponse {
        self.patch(&paths::dock(dock), body).await
    }

    pub async fn revoke_api_key(&self, key: &str) -> TestResponse {
        self.delete(&paths::api_key(key)).await
    }

    pub async fn list_parties(&self, organization: &str) -> TestResponse {
        self.get(&paths::parties(organization)).await
    }

    pub async fn list_dock_parties(&self, dock: &str) -> TestResponse {
        self.get(&paths::dock_parties(dock)).await
    }

    pub async fn post_party(&self, organization: &str, body: &Value) -> TestResponse {
        self.post(&paths::parties(organization), body).await
    }

    pub async fn check_roles(&self, organization: &str, body: &Value) -> TestResponse {
        self.post(&paths::role_checks(organization), body).await
    }

    pub async fn get_ledger_party(&self, party: &str) -> TestResponse {
        self.get(&paths::ledger_party(party)).await
    }

    pub async fn update_ledger_party(&self, party: &str, body: &Value) -> TestResponse {
        self.patch(&paths::ledger_party(party), body).await
    }

    pub async fn get_ledger_user(&self, user: &str) -> TestResponse {
        self.get(&paths::ledger_user(user)).await
    }

    pub async fn list_ledger_user_rights(&self, user: &str) -> TestResponse {
        self.get(&paths::ledger_user_rights(user)).await
    }
}
