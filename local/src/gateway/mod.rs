//! Conversions of API Gateway: from an HTTP request to an event (HTTP API, payload format 2.0), and from a function's
//! response to an HTTP response.
//!
//! All functions are pure. The formats are specified in
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

pub(crate) mod cors;
mod event;
mod response;
mod target;

use lambda_http::http::{HeaderName, header};

pub use self::{
    event::{IncomingRequest, RouteMatch, event},
    response::{GatewayError, MalformedResponse, response},
    target::Target,
};

/// Key of the route for requests that match no other route.
pub const DEFAULT_ROUTE: &str = "$default";

/// Hop-by-hop headers (RFC 9110 section 7.6.1). The gateway does not forward them in either direction.
const CONNECTION_HEADERS: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
