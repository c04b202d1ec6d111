//! The declaration of an endpoint: one row of the list from which the router, the template, the OpenAPI document and the
//! tests are derived.

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

/// Handler of an endpoint, with the HTTP conventions that it follows.
#[derive(Debug, Clone, Copy)]
pub enum Handler {
    /// Follows the conventions of `/v1`.
    Rest(RestHandler),
    /// Follows other conventions, with their own errors, bodies and authentication.
    Other(&'static dyn Dialect),
}

/// HTTP conventions other than those of `/v1`, together with the handler of one endpoint. Layers above this one define
/// dialects.
pub trait Dialect: std::fmt::Debug + Sync {
    /// Returns the name of the dialect, for example `ledger`.
    fn name(&self) -> &'static str;

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

/// Future of the response of a [`Dialect`].
pub type DialectFuture<'a> = Pin<Box<dyn Future<Output = lambda_http::http::Response<lambda_http::Body>> + Send + 'a>>;

/// Handler of an endpoint of `/v1`.
pub type RestHandler = for<'a> fn(&'a Request) -> Pin<Box<dyn Future<Output = Result<Response>> + Send + 'a>>;

/// Request body of an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct RequestBody {
    /// Schema of the body.
    pub schema: SchemaOf,
    /// Members of the body; `None` if serde reads the body.
    pub members: Option<fn() -> Vec<MemberInfo>>,
    /// Whether a request must have a body. One without a body is otherwise like one with an empty object.
    pub required: bool,
}

/// Access control of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without a credential.
    Public,
    /// API keys with this scope.
    Scope(Scope),
    /// Users with this right on the ledger.
    Ledger(LedgerRight),
    /// Machine clients with their secrets.
    MachineClient,
    /// Machine clients with their secrets, and any bearer credential.
    OAuth,
}

impl Access {
    /// Returns whether the endpoint accepts API keys and access tokens.
    #[must_use]
    pub const fn accepts_bearer(self) -> bool {
        !matches!(self, Self::Public | Self::MachineClient)
    }
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
    /// Name of the parameter.
    pub name: &'static str,
    /// Effect of the parameter, in Markdown.
    pub description: &'static str,
    /// Schema of the values.
    pub schema: SchemaOf,
}

impl Parameter {
    /// Creates a parameter with values of type `T`.
    #[must_use]
    pub const fn new<T: JsonSchema>(name: &'static str, description: &'static str) -> Self {
        Self { name, description, schema: schema_of::<T> }
    }
}

/// Declaration of an endpoint. The constructors set the defaults of a method, and the other functions set the properties of
/// the endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Name of the endpoint, its function and its operation, for example `get-party`.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// Access control.
    pub access: Access,
    /// Status code of a success.
    pub success: u16,
    /// DynamoDB actions of the handler. [`Endpoint::permissions`] adds those that authentication and other common steps need.
    pub store: &'static [Grant],
    /// Summary: one line.
    pub summary: &'static str,
    /// Description for clients, in Markdown.
    pub description: &'static str,
    /// Query parameters, without those of pagination.
    pub query: &'static [Parameter],
    /// Whether the endpoint returns pages of a list and accepts the pagination parameters.
    pub paged: bool,
    /// Maximum value of `limit`, if the endpoint returns pages.
    pub max_limit: usize,
    /// Whether the endpoint returns one resource with an `ETag`.
    pub tagged: bool,
    /// Whether the handler itself restricts a credential that is bound to a dock to that dock. Otherwise such a credential has
    /// access only to paths of its dock.
    pub restricts_dock_bound: bool,
    /// Body of requests.
    pub body: Option<RequestBody>,
    /// Schema of the response.
    pub response: SchemaOf,
    /// Media types of the response to a success, the default first.
    pub response_types: &'static [&'static str],
    /// Error codes of the handler. The OpenAPI document adds the codes of the common steps.
    pub errors: &'static [Code],
    /// Example of a request's body, as JSON text; empty if there is none.
    pub request_example: &'static str,
    /// Example of a response's body, as JSON text; empty if there is none.
    pub response_example: &'static str,
    /// Handler.
    pub handler: Handler,
}

impl Endpoint {
    /// Creates an endpoint of any method. Its response has no body by default.
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
            max_limit: super::query::MAX_LIMIT,
            tagged: false,
            restricts_dock_bound: false,
            body: None,
            response: |_| schemars::json_schema!(false),
            response_types: &["application/json"],
            errors: &[],
            request_example: "",
            response_example: "",
            handler,
        }
    }

    /// Creates an endpoint that reads: `GET`, 200.
    #[must_use]
    pub const fn get(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::GET, name, path, Access::Scope(scope), 200, Handler::Rest(handler))
    }

    /// Creates an endpoint that creates a resource: `POST`, 201.
    #[must_use]
    pub const fn post(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::POST, name, path, Access::Scope(scope), 201, Handler::Rest(handler))
    }

    /// Creates an endpoint that applies a JSON merge patch: `PATCH`, 200.
    #[must_use]
    pub const fn patch(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::PATCH, name, path, Access::Scope(scope), 200, Handler::Rest(handler))
    }

    /// Creates an endpoint that deletes or revokes: `DELETE`, 200, `{"success": true}`.
    #[must_use]
    pub const fn delete(name: &'static str, path: &'static str, scope: Scope, handler: RestHandler) -> Self {
        Self::new(Method::DELETE, name, path, Access::Scope(scope), 200, Handler::Rest(handler))
            .returns::<super::response::SuccessResponse>()
            .response_example(super::response::DELETED)
    }

    /// Sets the status code of a success.
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

    /// Sets the request body: an object of `/v1`.
    #[must_use]
    pub const fn body<T: Object + JsonSchema>(mut self) -> Self {
        self.body = Some(RequestBody { schema: schema_of::<T>, members: Some(T::members), required: true });
        self
    }

    /// Sets the request body: an object of `/v1` that may be absent.
    #[must_use]
    pub const fn optional_body<T: Object + JsonSchema>(mut self) -> Self {
        self.body = Some(RequestBody { schema: schema_of::<T>, members: Some(T::members), required: false });
        self
    }

    /// Sets the request body: a type that serde deserializes.
    #[must_use]
    pub const fn serde_body<T: JsonSchema>(mut self) -> Self {
        self.body = Some(RequestBody { schema: schema_of::<T>, members: None, required: true });
        self
    }

    /// Sets the response body, without an `ETag`.
    #[must_use]
    pub const fn returns<T: JsonSchema>(mut self) -> Self {
        self.response = schema_of::<T>;
        self
    }

    /// Sets the response body: one resource, with an `ETag`.
    #[must_use]
    pub const fn returns_resource<T: JsonSchema>(mut self) -> Self {
        self.tagged = true;
        self.returns::<T>()
    }

    /// Sets the response body: a page of a list.
    #[must_use]
    pub const fn returns_page_of<T: JsonSchema + Serialize>(mut self) -> Self {
        self.paged = true;
        self.returns::<ListResponse<T>>()
    }

    /// Sets the maximum value of `limit`.
    #[must_use]
    pub const fn max_limit(mut self, rows: usize) -> Self {
        self.max_limit = rows;
        self
    }

    /// Sets the media types of the response to a success, the default first.
    #[must_use]
    pub const fn response_types(mut self, types: &'static [&'static str]) -> Self {
        self.response_types = types;
        self
    }

    /// Gives credentials that are bound to a dock access to the endpoint. Its handler restricts them to their dock.
    #[must_use]
    pub const fn restricts_dock_bound(mut self) -> Self {
        self.restricts_dock_bound = true;
        self
    }

    /// Sets the error codes of the handler.
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

    /// Returns the names of the path parameters, in the order of the path.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}
