//! What API Gateway does around a function: an HTTP request becomes an event (HTTP API, payload format 2.0), and what
//! the function answers becomes an HTTP response.
//!
//! Everything here is a pure function of its arguments. The formats are those of
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

mod answer;
mod event;
mod target;

use lambda_http::http::{HeaderName, header};

pub use self::{
    answer::{ClientError, MalformedAnswer, answer},
    event::{RequestContext, RouteMatch, event},
    target::Target,
};

/// The route of requests that no other route takes.
pub const DEFAULT_ROUTE: &str = "$default";

/// Headers that belong to one connection (RFC 9110 section 7.6.1): the gateway's own business on either side.
const CONNECTION_HEADERS: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
