//! Commands and options of the command line. Doc comments of their members are the help texts.

use std::path::PathBuf;

use berth_shared::{
    Environment,
    credentials::Scope,
    http::{InvalidTokenConfig, TokenConfig, TokenSettings},
    id::OrganizationId,
    store::AuditRetention,
    time::Time,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use lambda_http::http::Uri;

use crate::{DEFAULT_DIRECTORY, DEFAULT_PORT, DEFAULT_TABLE, StoreChoice, origin::is_host};

/// Berth, a directory service for organizations, docks, parties and roles.
///
/// Without a command, it serves the API, like `berth serve`.
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
    /// Manage API keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Manage the table.
    #[command(subcommand)]
    Table(TableCommand),
    /// Print the OpenAPI document of the API.
    Openapi(OpenapiArguments),
    /// Print the template for deployments on AWS (SAM).
    Template,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Port to listen on, on the loopback interface. 0 selects a free port.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    pub(super) port: u16,
    /// Keep the data in memory. It is lost at exit.
    #[arg(long, conflicts_with_all = ["data_dir", "endpoint_url", "aws"])]
    pub(super) in_memory: bool,
    #[command(flatten)]
    pub(super) store: StoreArguments,
    /// Port on which the embedded DynamoDB accepts requests, for example of the AWS CLI. 0 selects a free port. Requests
    /// must be signed with the access key that is printed [default: none].
    #[arg(long, value_name = "PORT", conflicts_with_all = ["endpoint_url", "aws"])]
    pub(super) store_port: Option<u16>,
    /// Host that requests can name besides localhost and loopback addresses, without a port. Can be repeated.
    #[arg(long, value_name = "HOST", value_parser = host)]
    pub(super) allow_host: Vec<String>,
    /// Origin whose web pages can send requests, for example https://app.example.com. Can be repeated.
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub(super) cors: Vec<String>,
    /// File to which the first platform key is written instead of the standard output. Only its owner can read it.
    #[arg(long, value_name = "PATH")]
    pub(super) key_file: Option<PathBuf>,
    /// Environment of the accepted API keys: live or test.
    #[arg(long, default_value_t = Environment::Test)]
    pub(super) environment: Environment,
    /// Days for which new audit entries are kept. 0 keeps them for ever.
    #[arg(long, env = "BERTH_AUDIT_RETENTION_DAYS", value_name = "DAYS", default_value = "0")]
    pub(super) audit_retention_days: AuditRetention,
    #[command(flatten)]
    pub(super) tokens: TokenArguments,
}

/// Options for signed tokens (JWT) in the ledger dialect.
#[derive(Debug, Args)]
#[command(next_help_heading = "Signed tokens (JWT) for /v2")]
pub(super) struct TokenArguments {
    /// JSON Web Key Set of the issuer: path of a file, or https URL [default: signed tokens are rejected].
    #[arg(long, env = "BERTH_JWKS", value_name = "PATH|URL")]
    pub(super) jwks: Option<String>,
    /// Required value in `aud`. Without audience and scope, the rules of a Canton participant apply.
    #[arg(long, env = "BERTH_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(super) jwt_audience: Option<String>,
    /// Required value in `scope` or `scp`.
    #[arg(long, env = "BERTH_JWT_SCOPE", value_name = "SCOPE")]
    pub(super) jwt_scope: Option<String>,
    /// Comma-separated subjects that are administrators; `<subject>=<org_…>` administers one organization's parties.
    #[arg(long, env = "BERTH_JWT_ADMINS", value_name = "SUBJECTS")]
    pub(super) jwt_admins: Option<String>,
    /// Comma-separated subjects that are users without administration rights, in the same form.
    #[arg(long, env = "BERTH_JWT_USERS", value_name = "SUBJECTS")]
    pub(super) jwt_users: Option<String>,
}

impl TokenArguments {
    /// Returns the configuration of signed tokens, or `None` if they are not accepted.
    pub(super) fn config(self) -> Result<Option<TokenConfig>, InvalidTokenConfig> {
        let Self { jwks, jwt_audience: audience, jwt_scope: scope, jwt_admins: admins, jwt_users: users } = self;
        TokenConfig::read(TokenSettings { jwks, audience, scope, admins, users })
    }
}

impl ServeArguments {
    /// Returns the selected DynamoDB.
    pub(super) fn choice(&self) -> StoreChoice {
        if self.in_memory { StoreChoice::Memory } else { self.store.choice() }
    }
}

#[derive(Debug, Args)]
pub(super) struct StoreArguments {
    /// Data directory of the embedded DynamoDB [default: .berth].
    #[arg(long, value_name = "PATH", conflicts_with_all = ["endpoint_url", "aws"])]
    pub(super) data_dir: Option<PathBuf>,
    /// Use DynamoDB at this URL instead of the embedded one.
    #[arg(long, value_name = "URL", value_parser = endpoint_url, conflicts_with = "aws")]
    pub(super) endpoint_url: Option<String>,
    /// Use DynamoDB on AWS instead of the embedded one.
    #[arg(long)]
    pub(super) aws: bool,
    /// Name of the table.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_TABLE)]
    pub(super) table: String,
}

impl StoreArguments {
    /// Returns the selected DynamoDB.
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
    /// Create an API key and print its credential, which is shown only once.
    Create(KeyArguments),
}

#[derive(Debug, Args)]
pub(super) struct KeyArguments {
    /// Organization that owns the key [default: none; a platform key sees every organization].
    #[arg(long, value_name = "ORG_ID")]
    pub(super) organization: Option<OrganizationId>,
    /// Display name of the key.
    #[arg(long, default_value = "Created by the operator")]
    pub(super) name: String,
    /// Comma-separated scopes of the key [default: all; for an organization, all but api-keys:write].
    #[arg(long, value_delimiter = ',', value_name = "SCOPE")]
    pub(super) scopes: Vec<Scope>,
    /// Time at which the key expires, as an RFC 3339 timestamp [default: never].
    #[arg(long, value_name = "TIME")]
    pub(super) expires_at: Option<Time>,
    /// Environment that accepts the key: live or test.
    #[arg(long, default_value_t = Environment::Test)]
    pub(super) environment: Environment,
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum TableCommand {
    /// Create the table if it does not exist.
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

/// Parses a host name without a port.
fn host(text: &str) -> Result<String, &'static str> {
    if is_host(text) { Ok(text.to_owned()) } else { Err("must be a host name, for example berth.example.com") }
}

/// Parses a web origin.
fn origin(text: &str) -> Result<String, &'static str> {
    let is_origin = text.parse::<Uri>().is_ok_and(|uri| {
        let own = |scheme: &str, authority: &str| format!("{scheme}://{authority}") == text.to_lowercase();
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| own(uri.scheme_str().unwrap_or_default(), authority.as_str()))
    });
    if is_origin && text == text.to_lowercase() {
        Ok(text.to_owned())
    } else {
        Err("must be a scheme and a host in lower case, for example https://app.example.com")
    }
}

/// Parses a URL for the SDK.
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
    fn the_definition_is_valid() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default_command() {
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
    fn options_select_exactly_one_dynamodb() {
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
    fn invalid_values_are_rejected() {
        for line in [
            "berth --port 65536",
            "berth --endpoint-url 127.0.0.1:8000",
            "berth --endpoint-url ftp://h",
            "berth --store-port 8000 --aws",
            "berth --allow-host localhost:3000",
            "berth --cors *",
            "berth --cors https://app.example.com/",
            "berth --cors https://App.example.com",
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
    fn options_of_keys_create_are_parsed() {
        let line = "berth keys create --scopes docks:read,roles:read --expires-at 2030-01-01T00:00:00Z --name n";
        let Some(Command::Keys(KeysCommand::Create(key))) = parse(line).unwrap().command else { panic!("{line}") };
        let scopes: Vec<_> = key.scopes.iter().map(ToString::to_string).collect();
        assert_eq!(scopes, ["docks:read", "roles:read"]);
        assert_eq!(key.expires_at.map(|time| time.to_string()).as_deref(), Some("2030-01-01T00:00:00.000Z"));
        assert_eq!((key.name.as_str(), key.organization.is_none()), ("n", true));
    }
}
