//! Texts of the files of a new endpoint. They compile; the handler returns an error until it is written.

use crate::new_endpoint::NewEndpoint;

/// Returns the source file of the endpoint.
pub(crate) fn endpoint(endpoint: &NewEndpoint) -> String {
    let NewEndpoint { name, path, scope, .. } = endpoint;
    let constructor = endpoint.constructor();
    let method = constructor.to_ascii_uppercase();
    format!(
        r#"//! `{method} {path}`

use berth_shared::{{
    Error, Result,
    credentials::Scope,
    http::{{Endpoint, Request, Response}},
}};

/// The endpoint {name}.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::{constructor}("{name}", "{path}", Scope::{scope}, |request| Box::pin(handle(request)))
        // One line in the imperative, as a heading: "Get a dock".
        .summary("")
        // The effect and the limits, in the present tense.
        .description("")
        // The DynamoDB actions of the handler, each with the families of keys:
        // StoreAction::GetItem.on(&[Family::Tenant]).
        .store(&[])
        // The response: returns_resource::<View>(), returns_page_of::<View>() or returns::<Type>(); a body:
        // body::<Type>(). Error codes of this endpoint only: errors(&[Code::…]); examples: request_example("…"),
        // response_example("…").
        ;

async fn handle(request: &Request) -> Result<Response> {{
    Err(Error::internal(format!("{{}} is not implemented", request.endpoint().name)))
}}
"#
    )
}

/// Returns the test file of the endpoint.
pub(crate) fn test(endpoint: &NewEndpoint) -> String {
    let NewEndpoint { name, path, .. } = endpoint;
    let method = endpoint.constructor().to_ascii_uppercase();
    format!(
        r#"//! `{method} {path}`.

use macro_rules_attribute::apply;

use crate::harness::{{
    TestServer, api_test,
    samples::{{SampleRequest, Tenant}},
}};

#[apply(api_test)]
async fn the_sample_request_succeeds() {{
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Example").await;
    let endpoint = berth_functions::find("{name}").expect("a listed endpoint");
    SampleRequest::of(endpoint, &tenant).send(&tenant.client).await.expect(endpoint.success);
}}
"#
    )
}
