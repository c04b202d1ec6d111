//! Identity of the operator, for the audit trail.

#[cfg(unix)]
use std::fs;

/// Name of a user whom the system does not name.
const UNKNOWN: &str = "unknown";

/// Returns the name of the user that runs this process, or `uid <number>` if the system has no name for it.
///
/// The user comes from the kernel, because anyone can set the variable `USER`.
#[cfg(unix)]
pub(crate) fn os_user() -> String {
    // Both ends of a pair belong to this process.
    let uid = tokio::net::UnixStream::pair().and_then(|(one, _)| one.peer_cred()).map(|peer| peer.uid());
    let Ok(uid) = uid else { return UNKNOWN.to_owned() };
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(uid, &users).map_or_else(|| format!("uid {uid}"), ToOwned::to_owned)
}

/// Returns the name of the user that runs this process, as the system set it.
#[cfg(not(unix))]
pub(crate) fn os_user() -> String {
    std::env::var("USERNAME").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| UNKNOWN.to_owned())
}

/// Returns the name of the user `uid` in a file in the format of `/etc/passwd`.
#[cfg(unix)]
fn name_of(uid: u32, users: &str) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id.parse() == Ok(uid) && !name.is_empty()).then_some(name)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_name_of_its_uid() {
        let users =
            "# comment\nroot:x:0:0:root:/root:/bin/sh\n\nada:x:1000:1000::/home/ada:/bin/sh\n:x:7:7::/:\nbroken";
        assert_eq!(name_of(0, users), Some("root"));
        assert_eq!(name_of(1000, users), Some("ada"));
        assert_eq!((name_of(7, users), name_of(100, users), name_of(1, "")), (None, None, None));
    }

    #[tokio::test]
    async fn this_process_has_a_user() {
        let user = os_user();
        assert!(!user.is_empty() && user != UNKNOWN, "{user}");
    }
}
