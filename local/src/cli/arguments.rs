//! What can be written on the command line.

use std::path::PathBuf;

use berth_shared::{
    Environment,
    credentials::Scope,
    http::{InvalidTokenConfig, TokenConfig, TokenSettings},
    id::OrganizationId,
    time::Time,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use lambda_http::http::Uri;

use crate::{DEFAULT_DIRECTORY, DEFAULT_PORT, DEFAULT_TABLE, StoreChoice};

/// Berth, a directory of organizations, docks, parties and their roles.
///
/// Without a command it serves the API, as `berth serve` does.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: ServeArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the API on this machine.
    Serve(ServeArguments),
    /// Care for API keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Care for the table.
    #[command(subcommand)]
    Table(TableCommand),
    /// Print the contract of the API (OpenAPI).
    Openapi(OpenapiArguments),
    /// Print the template of the deployment at AWS (SAM).
    Template,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// The port to listen on, 0 for any that is free.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    pub(super) port: u16,
    /// Keep the data in memory, and forget it at the end.
    #[arg(long, conflicts_with_all = ["data_dir", "endpoint_url", "aws"])]
    pub(super) in_memory: bool,
    #[command(flatten)]
    pub(super) store: StoreArguments,
    /// The environment whose credentials are accepted: live or test.
    #[arg(long, default_value_t = Environment::Test)]
    pub(super) environment: Environment,
    #[command(flatten)]
    pub(super) tokens: TokenArguments,
}

/// Signed tokens (JWT) in the ledger's dialect.
#[derive(Debug, Args)]
#[command(next_help_heading = "Signed tokens (JWT) for /v2")]
pub(super) struct TokenArguments {
    /// Where the keys are that sign them: the path of a JSON Web Key Set, or an https URL of one.
    #[arg(long, env = "BERTH_JWKS", value_name = "PATH|URL")]
    pub(super) jwks: Option<String>,
    /// What their audience must name.
    #[arg(long, env = "BERTH_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(super) jwt_audience: Option<String>,
    /// What their scopes must hold.
    #[arg(long, env = "BERTH_JWT_SCOPE", value_name = "SCOPE")]
    pub(super) jwt_scope: Option<String>,
    /// Subjects that administer, divided by commas; `<subject>=<org_…>` administers one organization's parties.
    #[arg(long, env = "BERTH_JWT_ADMINS", value_name = "SUBJECTS")]
    pub(super) jwt_admins: Option<String>,
    /// Subjects that are plain users, written likewise.
    #[arg(long, env = "BERTH_JWT_USERS", value_name = "SUBJECTS")]
    pub(super) jwt_users: Option<String>,
}

impl TokenArguments {
    /// How signed tokens are accepted.
    pub(super) fn config(self) -> Result<Option<TokenConfig>, InvalidTokenConfig> {
        let Self { jwks, jwt_audience: audience, jwt_scope: scope, jwt_admins: admins, jwt_users: users } = self;
        TokenConfig::read(TokenSettings { jwks, audience, scope, admins, users })
    }
}

impl ServeArguments {
    /// Where the data is.
    pub(super) fn choice(&self) -> StoreChoice {
        if self.in_memory { StoreChoice::Memory } else { self.store.choice() }
    }
}

#[derive(Debug, Args)]
pub(super) struct StoreArguments {
    /// The directory of the embedded store [default: .berth].
    #[arg(long, value_name = "PATH", conflicts_with_all = ["endpoint_url", "aws"])]
    pub(super) data_dir: Option<PathBuf>,
    /// Use the DynamoDB at this URL instead of the embedded store.
    #[arg(long, value_name = "URL", value_parser = endpoint_url, conflicts_with = "aws")]
    pub(super) endpoint_url: Option<String>,
    /// Use DynamoDB at AWS instead of the embedded store.
    #[arg(long)]
    pub(super) aws: bool,
    /// The name of the table.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_TABLE)]
    pub(super) table: String,
}

impl StoreArguments {
    /// Where the data is.
    pub(super) fn choice(&self) -> StoreChoice {
        match (&self.endpoint_url, &self.data_dir) {
            _ if self.aws => StoreChoice::Aws,
            (Some(url), _) => StoreChoice::Endpoint(url.clone()),
            (None, Some(directory)) => StoreChoice::Embedded { directory: directory.clone() },
            (None, None) => StoreChoice::Embedded { directory: DEFAULT_DIRECTORY.into() },
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make an API key and print its credential, this once.
    Create(KeyArguments),
}

#[derive(Debug, Args)]
pub(super) struct KeyArguments {
    /// The organization it belongs to; without one it is a platform key and sees every organization.
    #[arg(long, value_name = "ORG_ID")]
    pub(super) organization: Option<OrganizationId>,
    /// What it is called in lists of keys.
    #[arg(long, default_value = "Made by the operator")]
    pub(super) name: String,
    /// What it may do, divided by commas [default: everything, or for an organization everything in its directory].
    #[arg(long, value_delimiter = ',', value_name = "SCOPE")]
    pub(super) scopes: Vec<Scope>,
    /// When it ceases to be accepted, as in RFC 3339 [default: never].
    #[arg(long, value_name = "TIME")]
    pub(super) expires_at: Option<Time>,
    /// The environment that accepts it: live or test.
    #[arg(long, default_value_t = Environment::Test)]
    pub(super) environment: Environment,
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum TableCommand {
    /// Make the table if it is missing.
    Create(TableArguments),
}

#[derive(Debug, Args)]
pub(super) struct TableArguments {
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

#[derive(Debug, Args)]
pub(super) struct OpenapiArguments {
    /// Version of the OpenAPI Specification. 3.0 is for tools that do not read 3.1.
    #[arg(long, value_name = "VERSION", default_value = "3.1")]
    pub(super) openapi_version: OpenapiVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OpenapiVersion {
    /// OpenAPI 3.1.0, as `openapi.json`.
    #[value(name = "3.1")]
    V3_1,
    /// OpenAPI 3.0.3.
    #[value(name = "3.0")]
    V3_0,
}

/// A URL the SDK can call.
fn endpoint_url(text: &str) -> Result<String, &'static str> {
    let url = text.parse::<Uri>().ok();
    let usable = url.is_some_and(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some());
    if usable { Ok(text.to_owned()) } else { Err("must be a URL, for example http://127.0.0.1:8000") }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split_whitespace())
    }

    fn serve(line: &str) -> ServeArguments {
        let arguments = parse(line).unwrap();
        match arguments.command {
            None => arguments.serve,
            Some(Command::Serve(serve)) => serve,
            Some(command) => panic!("{command:?}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn to_serve_is_the_default() {
        for line in ["berth", "berth serve"] {
            let arguments = serve(line);
            assert_eq!(arguments.port, 3000);
            assert_eq!(arguments.choice(), StoreChoice::Embedded { directory: ".berth".into() });
            assert_eq!(arguments.store.table, "berth");
            assert_eq!(arguments.environment.to_string(), "test");
        }
        for line in ["berth --port 0", "berth serve --port 0"] {
            assert_eq!(serve(line).port, 0);
        }
    }

    #[test]
    fn one_store_is_chosen() {
        let endpoint = StoreChoice::Endpoint("http://127.0.0.1:8000".to_owned());
        assert_eq!(serve("berth --in-memory").choice(), StoreChoice::Memory);
        assert_eq!(serve("berth --aws").choice(), StoreChoice::Aws);
        assert_eq!(serve("berth --endpoint-url http://127.0.0.1:8000").choice(), endpoint);
        assert_eq!(serve("berth --data-dir /d").choice(), StoreChoice::Embedded { directory: "/d".into() });
        for line in [
            "berth --in-memory --aws",
            "berth --in-memory --data-dir d",
            "berth --aws --endpoint-url http://h",
            "berth --aws --data-dir d",
            "berth --data-dir d --endpoint-url http://h",
            "berth keys create --in-memory",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for line in [
            "berth --port 65536",
            "berth --endpoint-url 127.0.0.1:8000",
            "berth --endpoint-url ftp://h",
            "berth --environment dev",
            "berth keys create --scopes docks:fly",
            "berth keys create --organization acme",
            "berth keys create --expires-at tomorrow",
            "berth --port 1 openapi",
            "berth openapi --openapi-version 2.0",
            "berth keys",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_contract_is_openapi_3_1_by_default() {
        for (line, version) in [
            ("berth openapi", OpenapiVersion::V3_1),
            ("berth openapi --openapi-version 3.1", OpenapiVersion::V3_1),
            ("berth openapi --openapi-version 3.0", OpenapiVersion::V3_0),
        ] {
            let Some(Command::Openapi(arguments)) = parse(line).unwrap().command else { panic!("{line}") };
            assert_eq!(arguments.openapi_version, version, "{line}");
        }
    }

    #[test]
    fn a_key_is_described() {
        let line = "berth keys create --scopes docks:read,roles:read --expires-at 2030-01-01T00:00:00Z --name n";
        let Some(Command::Keys(KeysCommand::Create(key))) = parse(line).unwrap().command else { panic!("{line}") };
        let scopes: Vec<_> = key.scopes.iter().map(ToString::to_string).collect();
        assert_eq!(scopes, ["docks:read", "roles:read"]);
        assert_eq!(key.expires_at.map(|time| time.to_string()).as_deref(), Some("2030-01-01T00:00:00.000Z"));
        assert_eq!((key.name.as_str(), key.organization.is_none()), ("n", true));
    }
}
