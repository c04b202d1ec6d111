//! Conversion of a function's response to an HTTP response, and errors of the gateway itself.

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::body::Bytes;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use super::CONNECTION_HEADERS;

/// Error of a function's response with an invalid member. The client receives a 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} of the function's response is missing or invalid")]
pub struct MalformedResponse(&'static str);

/// Converts a function's response (payload format 2.0) to an HTTP response.
///
/// `multiValueHeaders` belongs to format 1.0 and is ignored, as on AWS. A response that relied on it would work here
/// and fail there.
///
/// # Errors
///
/// Returns an error if the status is missing or not final, or if a header or the body cannot be sent.
pub fn response(output: &Value) -> Result<Response<Bytes>, MalformedResponse> {
    let status = output.get("statusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (200..600).contains(status)).ok_or(MalformedResponse("statusCode"))?;
    let mut response = Response::new(body(output)?);
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| MalformedResponse("statusCode"))?;
    *response.headers_mut() = headers(output)?;
    Ok(response)
}

/// An error response of the gateway itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatewayError {
    /// HTTP status.
    pub status: StatusCode,
    /// Value of `message` in the body.
    pub message: &'static str,
}

impl GatewayError {
    /// The request is incomplete, or its host is invalid.
    pub const BAD_REQUEST: Self = Self::new(StatusCode::BAD_REQUEST, "Bad Request");
    /// The host or the origin of the request is not accepted.
    pub const FORBIDDEN: Self = Self::new(StatusCode::FORBIDDEN, "Forbidden");
    /// The body was not received in time.
    pub const TIMEOUT: Self = Self::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout");
    /// The body is too long.
    pub const BODY_TOO_LONG: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    /// Request line and headers are too long.
    pub const HEAD_TOO_LONG: Self =
        Self::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large");
    /// The function panicked, timed out, or returned a malformed response.
    pub const FAILED: Self = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");

    const fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message }
    }

    /// Returns the response, with the body `{"message": "…"}`.
    #[must_use]
    pub fn response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(json!({ "message": self.message }).to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

fn headers(output: &Value) -> Result<HeaderMap, MalformedResponse> {
    let mut headers = HeaderMap::new();
    for (name, value) in output.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name: HeaderName = name.parse().map_err(|_| MalformedResponse("headers"))?;
        // hyper sets the length of the body that is sent.
        if name != header::CONTENT_LENGTH && !CONNECTION_HEADERS.contains(&name) {
            headers.append(name, header_value(value, "headers")?);
        }
    }
    for cookie in output.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(header::SET_COOKIE, header_value(cookie, "cookies")?);
    }
    Ok(headers)
}

fn header_value(value: &Value, member: &'static str) -> Result<HeaderValue, MalformedResponse> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return Err(MalformedResponse(member)),
    };
    HeaderValue::try_from(text).map_err(|_| MalformedResponse(member))
}

fn body(output: &Value) -> Result<Bytes, MalformedResponse> {
    let text = match output.get("body") {
        None | Some(Value::Null) => return Ok(Bytes::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err(MalformedResponse("body")),
    };
    if output.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default() {
        STANDARD.decode(text).map(Bytes::from).map_err(|_| MalformedResponse("body"))
    } else {
        Ok(Bytes::from(text.clone()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn status_headers_cookies_and_body_are_converted() {
        let response = response(&json!({
            "statusCode": 201,
            "headers": {"content-type": "application/json", "ETag": "\"1\"", "x-number": 5, "content-length": "99", "connection": "close"},
            "multiValueHeaders": {"x-ignored": ["1"]},
            "cookies": ["a=1", "b=2; Secure"],
            "body": "{\"é\":1}",
            "isBase64Encoded": false,
        }))
        .unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type", "etag", "x-number", "set-cookie"]);
        assert_eq!(response.headers()["etag"], "\"1\"");
        assert_eq!(response.headers()["x-number"], "5");
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2; Secure"]);
        assert_eq!(response.body(), "{\"é\":1}");
    }

    #[test]
    fn base64_is_decoded_and_a_missing_body_is_empty() {
        let binary = response(&json!({"statusCode": 200, "body": "/w==", "isBase64Encoded": true})).unwrap();
        assert_eq!(binary.body().as_ref(), b"\xff");
        let empty = response(&json!({"statusCode": 304, "headers": {}, "body": null})).unwrap();
        assert!(empty.body().is_empty());
    }

    #[test]
    fn a_malformed_response_is_an_error() {
        for (value, member) in [
            (json!({}), "statusCode"),
            (json!({"statusCode": "200"}), "statusCode"),
            (json!({"statusCode": 101}), "statusCode"),
            (json!({"statusCode": 600}), "statusCode"),
            (json!({"statusCode": 70_000}), "statusCode"),
            (json!({"statusCode": 200, "headers": {"a b": "c"}}), "headers"),
            (json!({"statusCode": 200, "headers": {"a": "b\nc"}}), "headers"),
            (json!({"statusCode": 200, "headers": {"a": ["b"]}}), "headers"),
            (json!({"statusCode": 200, "cookies": [1, null]}), "cookies"),
            (json!({"statusCode": 200, "body": {}}), "body"),
            (json!({"statusCode": 200, "body": "*", "isBase64Encoded": true}), "body"),
            (json!("error"), "statusCode"),
        ] {
            assert_eq!(response(&value).map(|_| ()), Err(MalformedResponse(member)), "{value}");
        }
    }

    #[test]
    fn a_gateway_error_is_json_with_a_message() {
        let response = GatewayError::BODY_TOO_LONG.response();
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.body(), r#"{"message":"Request Entity Too Large"}"#);
    }

    proptest! {
        #[test]
        fn any_bytes_survive_base64(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let value = json!({"statusCode": 200, "body": STANDARD.encode(&bytes), "isBase64Encoded": true});
            prop_assert_eq!(response(&value).map(|response| response.into_body().to_vec()), Ok(bytes));
        }
    }
}
