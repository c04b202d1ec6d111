//! Properties of an endpoint that follow from its method, for the router, the request handling, the permissions and the
//! OpenAPI document.

use lambda_http::http::Method;

use super::{Access, Endpoint, Handler};

impl Endpoint {
    /// Returns the methods that are routed to the endpoint: its own method, and HEAD if that is GET.
    pub fn methods_routed(&self) -> impl Iterator<Item = Method> + use<> {
        let head = (self.method == Method::GET).then_some(Method::HEAD);
        std::iter::once(self.method.clone()).chain(head)
    }

    /// Returns the name of the dialect that the endpoint follows; `None` for the conventions of `/v1`.
    #[must_use]
    pub fn dialect(&self) -> Option<&'static str> {
        match self.handler {
            Handler::Rest(_) => None,
            Handler::Other(dialect) => Some(dialect.name()),
        }
    }

    /// Returns whether a repeated request with the same `Idempotency-Key` has one effect: POST of `/v1` that writes.
    #[must_use]
    pub fn accepts_idempotency_key(&self) -> bool {
        let writes = self.store.iter().any(|grant| grant.action.writes());
        self.method == Method::POST && writes && matches!(self.access, Access::Scope(_))
    }

    /// Returns whether `If-Match` makes a change conditional on the resource's version: PATCH and DELETE of `/v1`.
    #[must_use]
    pub fn accepts_if_match(&self) -> bool {
        matches!(self.method, Method::PATCH | Method::DELETE) && matches!(self.access, Access::Scope(_))
    }

    /// Returns whether `If-None-Match` yields 304 for a version that the client has: GET of one resource of `/v1`.
    #[must_use]
    pub fn accepts_if_none_match(&self) -> bool {
        self.method == Method::GET && self.tagged && matches!(self.handler, Handler::Rest(_))
    }

    /// Returns the media types that the endpoint accepts. A merge patch (RFC 7396) has a media type of its own.
    #[must_use]
    pub fn media_types(&self) -> &'static [&'static str] {
        if self.method == Method::PATCH {
            &["application/json", "application/merge-patch+json"]
        } else {
            &["application/json"]
        }
    }
}

/// Returns the value of `Allow` for a path with these methods; `None` if there are none.
#[must_use]
pub fn allow_header(methods: impl IntoIterator<Item = Method>) -> Option<String> {
    let mut names: Vec<String> = methods.into_iter().map(|method| method.to_string()).collect();
    if names.is_empty() {
        return None;
    }
    names.push(Method::OPTIONS.to_string());
    names.sort_unstable();
    names.dedup();
    Some(names.join(", "))
}
