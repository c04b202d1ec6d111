//! A row of the endpoint list: all that is particular to one endpoint, for the router, the template and the contract.

use std::{future::Future, pin::Pin};

use lambda_http::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{Body, Request, Response, Service, body::names_read, permissions::Grant};
use crate::domain::{
    credentials::Scope,
    error::{Code, Result},
};

/// What an endpoint does with a request, in its dialect.
#[derive(Debug, Clone, Copy)]
pub enum Handler {
    /// In the dialect of `/v1`.
    Rest(RestHandler),
    /// In another dialect, which brings its own conventions for errors, bodies and authentication.
    Other(&'static dyn Dialect),
}

/// HTTP conventions other than those of `/v1`, together with one endpoint's handler. Dialects are defined in layers above
/// this one.
pub trait Dialect: std::fmt::Debug + Sync {
    /// Responds to a request. Must not fail: every error is a response. `allow` is the value of the `Allow` header, where
    /// the response is to carry one.
    fn respond<'a>(
        &'static self,
        endpoint: &'static Endpoint,
        service: &'a Service,
        request: lambda_http::Request,
        allow: Option<String>,
    ) -> DialectFuture<'a>;
}

/// The future of a response in another dialect.
pub type DialectFuture<'a> = Pin<Box<dyn Future<Output = lambda_http::http::Response<lambda_http::Body>> + Send + 'a>>;

/// What an endpoint of `/v1` does with a call.
pub type RestHandler = for<'a> fn(&'a Request) -> Pin<Box<dyn Future<Output = Result<Response>> + Send + 'a>>;

/// Makes the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of `T`, for an endpoint's row.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The members of a body that are read, and those among them that are needed.
pub type NamesRead = fn() -> (Vec<&'static str>, Vec<&'static str>);

/// The type of a body: its schema, and the members that are read from it.
#[derive(Debug, Clone, Copy)]
pub struct BodySchema {
    /// What the contract says.
    pub schema: SchemaOf,
    /// The members that are read, and those among them that are needed: what the schema must say, too. `None` where
    /// reading and schema are derived from one type.
    pub names_read: Option<NamesRead>,
}

impl BodySchema {
    /// The body `T`.
    #[must_use]
    pub const fn of<T: Body>() -> Self {
        Self { schema: schema_of::<T>, names_read: Some(names_read::<T>) }
    }

    /// The body `T`, which is read by its own derived reading.
    #[must_use]
    pub const fn of_schema<T: JsonSchema>() -> Self {
        Self { schema: schema_of::<T>, names_read: None }
    }
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without a credential.
    Public,
    /// Who holds this scope.
    Scope(Scope),
    /// Who has this right on the ledger.
    Ledger(LedgerRight),
}

/// What a call in the ledger's dialect needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerRight {
    /// Any user will do: `ledger:read` or `ledger:admin`.
    Any,
    /// An admin of the participant or of the identity provider: `ledger:admin`.
    Admin,
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What it may be.
    pub schema: SchemaOf,
}

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name: of the function, the handler and the operation.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The status of success.
    pub success: u16,
    /// What it does with the table itself; what every call of its kind does comes on top: [`Endpoint::permissions`].
    pub store: &'static [Grant],
    /// One line.
    pub summary: &'static str,
    /// What a caller has to know, in Markdown.
    pub description: &'static str,
    /// The query parameters, but for those of paging.
    pub query: &'static [Parameter],
    /// Whether it is a list, with the parameters of paging.
    pub paged: bool,
    /// Whether it is about a single resource, whose version answers tell in `ETag`.
    pub tagged: bool,
    /// The body.
    pub body: Option<BodySchema>,
    /// The answer.
    pub response: SchemaOf,
    /// Refusals that are this endpoint's own; those that every endpoint of its kind has come on top.
    pub errors: &'static [Code],
    /// Examples: of the body, where it has one, and of the answer, as JSON texts.
    pub examples: (&'static str, &'static str),
    /// What it does.
    pub handler: Handler,
}

impl Endpoint {
    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}
