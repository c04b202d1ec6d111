//! Any bytes as the event of an invocation: what the decoder takes is answered.

use crate::{answers, world::World};

/// In the event `${BERTH_KEY}`, `${ORG_ID}` and the like stand for what there is, as in `events/`.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let world = World::get();
    let mut text = text.to_owned();
    if text.contains("${") {
        for (name, value) in &world.names {
            text = text.replace(name, value);
        }
    }
    if let Some((endpoint, answer)) = world.answer(&text) {
        answers::check(endpoint, &answer);
    }
}
