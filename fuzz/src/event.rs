//! Target `event`: any bytes as the event of an invocation. Every decoded event gets a response.

use crate::{deployment::Deployment, responses};

/// Checks an event. Placeholders such as `${BERTH_KEY}` and `${ORG_ID}` are replaced with values of the deployment, as in
/// `events/`.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let deployment = Deployment::get();
    let mut text = text.to_owned();
    if text.contains("${") {
        for (placeholder, value) in &deployment.placeholders {
            text = text.replace(placeholder, value);
        }
    }
    if let Some((endpoint, response)) = deployment.handle(&text) {
        responses::check(endpoint, &response);
    }
}
