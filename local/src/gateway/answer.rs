//! From what a function answers to the response the caller gets.

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::body::Bytes;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use super::CONNECTION_HEADERS;

/// What the function answered is not a response: the caller gets a 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the function's answer has no usable {0}")]
pub struct MalformedAnswer(&'static str);

/// The response that a function's answer (payload format 2.0) stands for.
///
/// `multiValueHeaders` belongs to format 1.0 and is ignored, as AWS does: an answer that relied on it would work here
/// and not there.
///
/// # Errors
///
/// The answer has no final status, or a header or body that cannot be sent.
pub fn answer(answer: &Value) -> Result<Response<Bytes>, MalformedAnswer> {
    let status = answer.get("statusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (200..600).contains(status)).ok_or(MalformedAnswer("statusCode"))?;
    let mut response = Response::new(body(answer)?);
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| MalformedAnswer("statusCode"))?;
    *response.headers_mut() = headers(answer)?;
    Ok(response)
}

/// The gateway's own answer where no function has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientError {
    /// Its status.
    pub status: StatusCode,
    /// What it says.
    pub message: &'static str,
}

impl ClientError {
    /// The request is none: it breaks off, or names a host that cannot be.
    pub const BAD_REQUEST: Self = Self::new(StatusCode::BAD_REQUEST, "Bad Request");
    /// The body takes too long.
    pub const TIMEOUT: Self = Self::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout");
    /// The body is too long.
    pub const BODY_TOO_LONG: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    /// Request line and headers are too long.
    pub const HEAD_TOO_LONG: Self =
        Self::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large");
    /// The function panicked, ran out of time, or gave no usable answer.
    pub const FAILED: Self = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");

    const fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message }
    }

    /// The response: `{"message": "…"}`.
    #[must_use]
    pub fn response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(json!({ "message": self.message }).to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

fn headers(answer: &Value) -> Result<HeaderMap, MalformedAnswer> {
    let mut headers = HeaderMap::new();
    for (name, value) in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name: HeaderName = name.parse().map_err(|_| MalformedAnswer("headers"))?;
        // The length is counted anew, from the body that is sent.
        if name != header::CONTENT_LENGTH && !CONNECTION_HEADERS.contains(&name) {
            headers.append(name, header_value(value, "headers")?);
        }
    }
    for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(header::SET_COOKIE, header_value(cookie, "cookies")?);
    }
    Ok(headers)
}

fn header_value(value: &Value, place: &'static str) -> Result<HeaderValue, MalformedAnswer> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return Err(MalformedAnswer(place)),
    };
    HeaderValue::try_from(text).map_err(|_| MalformedAnswer(place))
}

fn body(answer: &Value) -> Result<Bytes, MalformedAnswer> {
    let text = match answer.get("body") {
        None | Some(Value::Null) => return Ok(Bytes::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err(MalformedAnswer("body")),
    };
    if answer.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default() {
        STANDARD.decode(text).map(Bytes::from).map_err(|_| MalformedAnswer("body"))
    } else {
        Ok(Bytes::from(text.clone()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_becomes_a_response() {
        let response = answer(&json!({
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
    fn base64_is_decoded_and_nothing_is_empty() {
        let response = answer(&json!({"statusCode": 200, "body": "/w==", "isBase64Encoded": true})).unwrap();
        assert_eq!(response.body().as_ref(), b"\xff");
        let response = answer(&json!({"statusCode": 304, "headers": {}, "body": null})).unwrap();
        assert!(response.body().is_empty());
    }

    #[test]
    fn what_is_not_an_answer_is_refused() {
        for (value, place) in [
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
            assert_eq!(answer(&value).map(|_| ()), Err(MalformedAnswer(place)), "{value}");
        }
    }

    #[test]
    fn a_refusal_is_the_gateways_json() {
        let response = ClientError::BODY_TOO_LONG.response();
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.body(), r#"{"message":"Request Entity Too Large"}"#);
    }

    proptest! {
        #[test]
        fn any_bytes_survive_base64(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let value = json!({"statusCode": 200, "body": STANDARD.encode(&bytes), "isBase64Encoded": true});
            prop_assert_eq!(answer(&value).map(|response| response.into_body().to_vec()), Ok(bytes));
        }
    }
}
