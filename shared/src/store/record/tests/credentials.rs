//! Records of credentials.

use super::*;
use crate::domain::{
    AccessToken, AllowedIps, ApiKey, Creator, MachineClient,
    credentials::{Digest, Environment, Scope},
    id::{AccessTokenId, MachineClientId},
};

impl Values {
    pub(super) fn api_key(&self) -> ApiKeyRecord {
        let key = ApiKey {
            id: ApiKeyId::from_ulid(self.ulid(4)),
            owner: self.owner(),
            name: self.name.clone(),
            scopes: Scope::ALL.to_vec(),
            dock_id: self.is_set.then(|| self.dock().id),
            allowed_ips: AllowedIps::default(),
            environment: Environment::Test,
            start: "dk_test_000000".to_owned(),
            expires_at: self.is_set.then(|| self.time()),
            created_at: self.time(),
            created_by: if self.is_set {
                Creator::Credential(ApiKeyId::from_ulid(self.ulid(5)).into())
            } else {
                Creator::Operator
            },
            revoked_at: None,
            version: self.number,
        };
        let mut record = ApiKeyRecord::new(key, &Digest::from_slice(&[7; 32]).unwrap());
        if self.is_set {
            record.secrets = record.secrets.rotated(&Digest::from_slice(&[8; 32]).unwrap(), Some(self.time()));
        }
        record
    }

    pub(super) fn machine_client(&self) -> MachineClientRecord {
        let client = MachineClient {
            id: MachineClientId::from_ulid(self.ulid(2)),
            organization_id: self.organization(),
            name: self.name.clone(),
            scopes: vec![Scope::DocksRead],
            dock_id: self.is_set.then(|| self.dock().id),
            party_id: self.is_set.then(|| self.party().id),
            allowed_ips: AllowedIps::default(),
            environment: Environment::Test,
            token_lifetime_seconds: 300,
            expires_at: self.is_set.then(|| self.time()),
            deactivated_at: self.is_set.then(|| self.time()),
            generation: self.number,
            created_at: self.time(),
            created_by: Creator::Credential(ApiKeyId::from_ulid(self.ulid(5)).into()),
            updated_at: self.time(),
            version: self.number,
        };
        MachineClientRecord::new(client, &Digest::from_slice(&[9; 32]).unwrap())
    }

    /// Returns the records of machine clients and their tokens.
    pub(super) fn records_of_machine_clients(&self) -> Vec<Record> {
        let record = self.machine_client();
        let client = &record.client;
        let token = AccessToken {
            id: AccessTokenId::from_ulid(self.ulid(3)),
            machine_client_id: client.id,
            organization_id: client.organization_id,
            scopes: client.scopes.clone(),
            generation: self.number,
            issued_at: self.time(),
            expires_at: self.time(),
        };
        let issuances =
            TokenIssuances { id: client.id, times: vec![self.time()], version: self.number, ttl: self.number };
        vec![
            MachineClientRow::from(client).into(),
            AccessTokenRecord::new(token, &Digest::from_slice(&[6; 32]).unwrap()).into(),
            issuances.into(),
            record.into(),
        ]
    }
}
