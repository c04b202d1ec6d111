//! An endpoint: one row of the list that the router, the template, the contract and the tests are generated from.

use std::{future::Future, pin::Pin};

use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{ListResponse, Request, Response, Service, permissions::Grant};
use crate::domain::{
    credentials::Scope,
    error::{Code, Result},
    object::{MemberInfo, Object, SchemaOf, schema_of},
};

/// The function that responds to the requests of an endpoint, by the conventions of an API.
#[derive(Debug, Clone, Copy)]
pub enum Handler {
    /// By the conventions of `/v1`.
    Rest(RestHandler),
    /// By others, which bring their own form of errors, bodies and authentication.
    Other(&'static dyn Dialect),
}

/// HTTP conventions other than those of `/v1`, together with one endpoint's handler. Dialects are defined in layers above
/// this one.
pub trait Dialect: std::fmt::Debug + Sync {
    /// Responds to a request. Must not fail: every error is a response. `allow` is the value of the `Allow` header, if
    /// the response has one.
    fn respond<'a>(
        &'static self,
        endpoint: &'static Endpoint,
        service: &'a Service,
        request: lambda_http::Request,
        allow: Option<String>,
    ) -> DialectFuture<'a>;
}

/// The future of a response of a [`Dialect`].
pub type DialectFuture<'a> = Pin<Box<dyn Future<Output = lambda_http::http::Response<lambda_http::Body>> + Send + 'a>>;

/// The handler of an endpoint of `/v1`.
pub type RestHandler = for<'a> fn(&'a Request) -> Pin<Box<dyn Future<Output = Result<Response>> + Send + 'a>>;

/// The body of an endpoint's requests.
#[derive(Debug, Clone, Copy)]
pub struct RequestBody {
    /// Its schema.
    pub schema: SchemaOf,
    /// Its members; `None` if serde reads the body.
    pub members: Option<fn() -> Vec<MemberInfo>>,
}

/// Who may send requests to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without a credential.
    Public,
    /// API keys with this scope.
    Scope(Scope),
    /// Users with this right on the ledger.
    Ledger(LedgerRight),
}

/// The right that an endpoint of the ledger API requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerRight {
    /// Any user: `ledger:read` or `ledger:admin`.
    Any,
    /// An admin of the participant or of the identity provider: `ledger:admin`.
    Admin,
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its effect, in Markdown.
    pub description: &'static str,
    /// Its schema.
    pub schema: SchemaOf,
}

impl Parameter {
    /// A parameter with the values of `T`.
    #[must_use]
    pub const fn new<T: JsonSchema>(name: &'static str, description: &'static str) -> Self {
        Self { name, description, schema: schema_of::<T> }
    }
}

/// An endpoint. The constructors set the defaults of its method, the other functions what is particular to it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Name of the endpoint, its function and its operation, for example `get-party`.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// Who may send requests.
    pub access: Access,
    /// Status code of a success.
    pub success: u16,
    /// DynamoDB actions of the endpoint itself; [`Endpoint::permissions`] adds those of its kind.
    pub store: &'static [Grant],
    /// One line.
    pub summary: &'static str,
    /// What a client has to know, in Markdown.
    pub description: &'static str,
    /// Query parameters, without those of paging.
    pub query: &'static [Parameter],
    /// Whether it returns pages of a list, with the parameters of paging.
    pub paged: bool,
    /// Whether it returns one resource, with an `ETag`.
    pub tagged: bool,
    /// Body of requests.
    pub body: Option<RequestBody>,
    /// Schema of the response.
    pub response: SchemaOf,
    /// Error codes of the endpoint itself; those of its kind are added in the contract.
    pub errors: &'static [Code],
    /// Example of a request's body, as JSON text; empty if there is none.
    pub request_example: &'static str,
    /// Example of a response's body, as JSON text; empty if there is none.
    pub response_example: &'static str,
    /// Its handler.
    pub handler: Handler,
}

impl Endpoint {
    /// An endpoint of any method. Its response has no body unless one is given.
    #[must_use]
    pub const fn new(
        method: Method,
        name: &'static str,
        path: &'static str,
        access: Access,
        success: u16,
        handler: Handler,
    ) -> Self {
        Self {
            name,
            method,
            path,
            access,
            success,
            store: &[],
            summary: "",
            description: "",
            query: &[],
            paged: false,
            tagged: false,
            body: None,
            response: |_| schemars::json_schema!(false),
            errors: &[],
            request_example: "",
            response_example: "",
            handler,
        }
    }

    /// An endpoint that reads: `GET`, 200.
    #[must_use]
    pub const fn get(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::GET, name, path, Access::Scope(scope), 200, Handler::Rest(handler))
    }

    /// An endpoint that creates: `POST`, 201.
    #[must_use]
    pub const fn post(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::POST, name, path, Access::Scope(scope), 201, Handler::Rest(handler))
    }

    /// An endpoint that changes by a JSON merge patch: `PATCH`, 200.
    #[must_use]
    pub const fn patch(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::PATCH, name, path, Access::Scope(scope), 200, Handler::Rest(handler))
    }

    /// An endpoint that deletes or revokes: `DELETE`, 200, `{"success": true}`.
    #[must_use]
    pub const fn delete(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::DELETE, name, path, Access::Scope(scope), 200, Handler::Rest(handler))
            .returns::<super::response::SuccessResponse>()
            .response_example(super::response::DELETED)
    }

    /// Sets another status code of a success.
    #[must_use]
    pub const fn success(mut self, status: u16) -> Self {
        self.success = status;
        self
    }

    /// Sets the DynamoDB actions.
    #[must_use]
    pub const fn store(mut self, grants: &'static [Grant]) -> Self {
        self.store = grants;
        self
    }

    /// Sets the summary.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Sets the description.
    #[must_use]
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Sets the query parameters.
    #[must_use]
    pub const fn query(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }

    /// Sets the body: an object of `/v1`.
    #[must_use]
    pub const fn body<T: Object + JsonSchema>(mut self) -> Self {
        self.body = Some(RequestBody { schema: schema_of::<T>, members: Some(T::members) });
        self
    }

    /// Sets the body: a type that serde reads.
    #[must_use]
    pub const fn serde_body<T: JsonSchema>(mut self) -> Self {
        self.body = Some(RequestBody { schema: schema_of::<T>, members: None });
        self
    }

    /// Sets the response: a value without a version.
    #[must_use]
    pub const fn returns<T: JsonSchema>(mut self) -> Self {
        self.response = schema_of::<T>;
        self
    }

    /// Sets the response: one resource, with an `ETag`.
    #[must_use]
    pub const fn returns_resource<T: JsonSchema>(mut self) -> Self {
        self.tagged = true;
        self.returns::<T>()
    }

    /// Sets the response: a page of a list.
    #[must_use]
    pub const fn returns_page_of<T: JsonSchema + Serialize>(mut self) -> Self {
        self.paged = true;
        self.returns::<ListResponse<T>>()
    }

    /// Sets the error codes.
    #[must_use]
    pub const fn errors(mut self, codes: &'static [Code]) -> Self {
        self.errors = codes;
        self
    }

    /// Sets the example of a request's body.
    #[must_use]
    pub const fn request_example(mut self, json: &'static str) -> Self {
        self.request_example = json;
        self
    }

    /// Sets the example of a response's body.
    #[must_use]
    pub const fn response_example(mut self, json: &'static str) -> Self {
        self.response_example = json;
        self
    }

    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}
