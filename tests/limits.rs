//! Every limit of a value, at the limit and one above.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::harness::{Berth, Caller, tests};

pub fn tests() -> Vec<Trial> {
    tests![
        names_have_up_to_200_code_points_after_trimming,
        names_are_kept_in_nfc,
        names_need_content_and_take_no_control_characters,
        metadata_is_measured_in_bytes_of_compact_json,
        metadata_has_up_to_50_keys_and_8_levels,
        a_merge_may_not_lead_beyond_the_limits,
        a_patch_may_be_larger_than_what_it_leaves,
        numbers_in_metadata_keep_their_digits,
        emails_have_up_to_254_characters,
        emails_have_a_syntax_and_are_kept_as_sent,
        external_references_have_up_to_256_characters,
        slugs_have_up_to_63_characters,
        texts_of_a_dock_have_limits,
        domains_and_colours_of_a_dock_have_a_form,
        up_to_100_roles_are_checked_at_once,
        expiry_lies_in_the_future,
    ]
}

struct Tenant {
    berth: Berth,
    platform: Caller,
    organization: String,
}

impl Tenant {
    async fn new() -> Self {
        let berth = Berth::start().await;
        let platform = berth.platform();
        let organization = platform.create_organization("Acme").await.id();
        Self { berth, platform, organization }
    }

    fn parties(&self) -> String {
        format!("/v1/organizations/{}/parties", self.organization)
    }

    /// Every body with a name that makes something, but for the name.
    fn named(&self) -> [(String, Value); 4] {
        [
            ("/v1/organizations".to_owned(), json!({})),
            ("/v1/docks".to_owned(), json!({ "organizationId": self.organization })),
            (self.parties(), json!({ "type": "INDIVIDUAL" })),
            ("/v1/api-keys".to_owned(), json!({ "scopes": ["docks:read"] })),
        ]
    }

    fn dock(&self, member: &str, value: &Value) -> Value {
        json!({ "organizationId": self.organization, "name": "Desk", member: value })
    }

    /// That `value` is taken as `member` of a party, and `above` is not.
    async fn party_takes(&self, member: &str, value: Value, above: Value) {
        let made = self.platform.post(&self.parties(), &party(member, &value)).await.expect(201);
        assert_eq!(made.json()[member], value);
        let refused = self.platform.post(&self.parties(), &party(member, &above)).await;
        assert_eq!(refused.failures(), [format!("/{member}")]);
    }
}

/// A party with this value as `member`.
fn party(member: &str, value: &Value) -> Value {
    let mut body = json!({ "type": "INDIVIDUAL", "name": "Ann" });
    body[member] = value.clone();
    body
}

async fn names_have_up_to_200_code_points_after_trimming() {
    let tenant = Tenant::new().await;
    for (target, mut body) in tenant.named() {
        // Four bytes each: it is code points that count. The white space around them does not.
        body["name"] = json!(format!("\u{3000}\t {}\u{2003}\r\n", "𝄞".repeat(200)));
        let made = tenant.platform.post(&target, &body).await.expect(201);
        assert_eq!(made.text("name"), "𝄞".repeat(200), "{target}");
        body["name"] = json!("𝄞".repeat(201));
        assert_eq!(tenant.platform.post(&target, &body).await.failures(), ["/name"], "{target}");
    }
}

async fn names_are_kept_in_nfc() {
    let tenant = Tenant::new().await;
    for (target, mut body) in tenant.named() {
        // 400 code points as sent, 200 once they are composed.
        body["name"] = json!("e\u{301}".repeat(200));
        let made = tenant.platform.post(&target, &body).await.expect(201);
        assert_eq!(made.text("name"), "\u{e9}".repeat(200), "{target}");
        // The other way round: one code point that NFC takes apart.
        body["name"] = json!(format!("{}\u{958}", "a".repeat(199)));
        assert_eq!(tenant.platform.post(&target, &body).await.failures(), ["/name"], "{target}");
    }
}

async fn names_need_content_and_take_no_control_characters() {
    let tenant = Tenant::new().await;
    for (target, mut body) in tenant.named() {
        assert_eq!(tenant.platform.post(&target, &body).await.failures(), ["/name"], "{target}");
        for wrong in [
            json!(""),
            json!(" \t\u{2003}"),
            json!("a\u{0}b"),
            json!("a\nb"),
            json!("a\u{7f}b"),
            json!("a\u{85}b"),
            json!(null),
            json!(7),
            json!(["Ann"]),
        ] {
            body["name"] = wrong.clone();
            assert_eq!(tenant.platform.post(&target, &body).await.failures(), ["/name"], "{target} {wrong}");
        }
    }
}

async fn metadata_is_measured_in_bytes_of_compact_json() {
    let tenant = Tenant::new().await;
    // Eight bytes are around the text.
    let of = |bytes: usize| json!({ "k": "x".repeat(bytes - 8) });
    tenant.party_takes("metadata", of(16_384), of(16_385)).await;
    let accents = |more: &str| json!({ "k": format!("{}{more}", "é".repeat(8_188)) });
    tenant.party_takes("metadata", accents(""), accents("x")).await;
    for target in ["/v1/organizations".to_owned(), tenant.parties()] {
        let body = |metadata: &str| format!(r#"{{"type":"INDIVIDUAL","name":"Ann","metadata":{metadata}}}"#);
        let spaced = format!("{{ {}\"k\" : \"{}\" }}", "\n".repeat(500), "\\u0078".repeat(16_376));
        let call = tenant.platform.call(reqwest::Method::POST, &target).body("application/json", body(&spaced));
        call.send().await.expect(201);
        let above = format!("{{\"k\":\"{}\"}}", "x".repeat(16_377));
        let call = tenant.platform.call(reqwest::Method::POST, &target).body("application/json", body(&above));
        assert_eq!(call.send().await.failures(), ["/metadata"]);
    }
}

/// `value` within this many arrays.
fn within(arrays: usize, value: Value) -> Value {
    (0..arrays).fold(value, |inner, _| json!([inner]))
}

fn keys(count: usize) -> Value {
    (0..count).map(|at| (format!("k{at}"), json!(at))).collect::<serde_json::Map<_, _>>().into()
}

async fn metadata_has_up_to_50_keys_and_8_levels() {
    let tenant = Tenant::new().await;
    tenant.party_takes("metadata", keys(50), keys(51)).await;
    // Keys within are not counted.
    tenant.party_takes("metadata", json!({ "k": keys(60) }), json!([])).await;
    let body = party("metadata", &json!({ "a": within(7, json!(1)), "b": within(6, json!({})) }));
    tenant.platform.post(&tenant.parties(), &body).await.expect(201);
    let above = json!({ "ok": 1, "a/b": within(8, json!(1)), "~": within(7, json!({})) });
    let refused = tenant.platform.post(&tenant.parties(), &party("metadata", &above)).await;
    assert_eq!(refused.failures(), ["/metadata/a~1b", "/metadata/~0"]);
}

async fn a_merge_may_not_lead_beyond_the_limits() {
    let tenant = Tenant::new().await;
    let half = json!({ "a": "x".repeat(9_000), "n": 1 });
    let made = tenant.platform.post(&tenant.parties(), &party("metadata", &half)).await.expect(201);
    let organization = format!("/v1/organizations/{}", tenant.organization);
    tenant.platform.patch(&organization, &json!({ "metadata": half })).await.expect(200);
    let party = format!("{}/{}", tenant.parties(), made.id());
    for target in [organization, party] {
        for above in [json!({ "b": "x".repeat(9_000) }), keys(49)] {
            let refused = tenant.platform.patch(&target, &json!({ "metadata": above })).await;
            assert_eq!(refused.failures(), ["/metadata"]);
        }
        let refused = tenant.platform.patch(&target, &json!({ "metadata": { "b": within(8, json!(1)) } })).await;
        assert_eq!(refused.failures(), ["/metadata/b"]);
        assert_eq!(tenant.platform.get(&target).await.json()["metadata"], half, "nothing of it was written");
    }
}

async fn a_patch_may_be_larger_than_what_it_leaves() {
    let tenant = Tenant::new().await;
    let made = tenant.platform.post(&tenant.parties(), &party("metadata", &keys(50))).await.expect(201);
    let mut patch = json!({});
    for at in 0..50 {
        patch[format!("k{at}")] = Value::Null;
        patch[format!("new{at}")] = json!(at);
    }
    let target = format!("{}/{}", tenant.parties(), made.id());
    let after = tenant.platform.patch(&target, &json!({ "metadata": patch })).await.expect(200);
    assert_eq!(after.json()["metadata"].as_object().map(serde_json::Map::len), Some(50));
    assert_eq!(after.json()["metadata"]["new49"], 49);
}

async fn numbers_in_metadata_keep_their_digits() {
    // Without the harness: numbers that no machine number holds are numbers for Berth, not for its JSON reader.
    let tenant = Tenant::new().await;
    let numbers = r#"{"n":[1.0,1e400,12345678901234567890123,-0,0.10,1E+2,-1.5e-7],"big":9007199254740993}"#;
    let (url, key) = (tenant.berth.running().url(), tenant.platform.credential().expect("a key"));
    let call = |method: reqwest::Method, target: &str| {
        reqwest::Client::new().request(method, format!("{url}{target}")).bearer_auth(key)
    };
    for target in ["/v1/organizations".to_owned(), tenant.parties()] {
        let body = format!(r#"{{"name": "N", "type": "INDIVIDUAL", "metadata": {numbers} }}"#);
        let made = call(reqwest::Method::POST, &target).body(body).send().await.expect("an answer");
        assert_eq!(made.status(), 201);
        let location = made.headers()["location"].to_str().expect("ASCII").to_owned();
        let wanted = format!(r#""metadata":{numbers}"#);
        assert!(made.text().await.expect("text").contains(&wanted), "{target}");
        let merged = call(reqwest::Method::PATCH, &location).body(r#"{"metadata":{"more":2.50}}"#).send().await;
        assert_eq!(merged.expect("an answer").status(), 200);
        let wanted = wanted.replace("93}", r#"93,"more":2.50}"#);
        for read in [&location, &target] {
            let shown = call(reqwest::Method::GET, read).send().await.expect("an answer").text().await;
            assert!(shown.expect("text").contains(&wanted), "{read}");
        }
    }
}

async fn emails_have_up_to_254_characters() {
    let tenant = Tenant::new().await;
    let of = |length: usize| {
        let domain = format!("{}.{}.{}", "b".repeat(63), "c".repeat(63), "d".repeat(length - 64 - 1 - 63 - 1 - 63 - 1));
        let email = format!("{}@{domain}", "a".repeat(64));
        assert_eq!(email.len(), length);
        json!(email)
    };
    tenant.party_takes("email", of(254), of(255)).await;
    for (length, status) in [(254, 201), (255, 400)] {
        let body = tenant.dock("businessEmail", &of(length));
        tenant.platform.post("/v1/docks", &body).await.expect(status);
    }
}

async fn emails_have_a_syntax_and_are_kept_as_sent() {
    let tenant = Tenant::new().await;
    for wrong in [
        "",
        "plain",
        "a@",
        "@b.com",
        "a@b",
        "a b@c.com",
        "a@b..com",
        "a@-b.com",
        "a@b.com\n",
        " a@b.com",
        "Ann <a@b.com>",
        "a@[127.0.0.1]",
        "a@b@c.com",
    ] {
        tenant.party_takes("email", json!("Closing+X@Example.COM"), json!(wrong)).await;
    }
    tenant.party_takes("email", json!(null), json!(5)).await;
}

async fn external_references_have_up_to_256_characters() {
    let tenant = Tenant::new().await;
    let of = |count: usize| "𝄞".repeat(count);
    tenant.party_takes("externalRef", json!(of(256)), json!(of(257))).await;
    for wrong in [json!(""), json!("  "), json!("a\tb"), json!(1)] {
        tenant.party_takes("externalRef", json!(" EIN 94-1 "), wrong).await;
    }
    let search = |count: usize| format!("{}?externalRef={}", tenant.parties(), "%F0%9D%84%9E".repeat(count));
    assert_eq!(tenant.platform.get(&search(256)).await.expect(200).json()["meta"]["total"], 1);
    assert_eq!(tenant.platform.get(&search(257)).await.failures(), ["externalRef"]);
}

async fn slugs_have_up_to_63_characters() {
    let tenant = Tenant::new().await;
    let made = |slug: Value| json!({ "name": "Acme", "slug": slug });
    let longest = "a-1".repeat(21);
    assert_eq!(tenant.platform.post("/v1/organizations", &made(json!(longest))).await.text("slug"), longest);
    assert_eq!(tenant.platform.post("/v1/organizations", &made(json!("a"))).await.text("slug"), "a");
    let target = format!("/v1/organizations/{}", tenant.organization);
    for wrong in ["a".repeat(64).as_str(), "", "-a", "a-", "A", "a_b", "a b", "é", "-"].map(Value::from) {
        let refused = tenant.platform.post("/v1/organizations", &made(wrong.clone())).await;
        assert_eq!(refused.failures(), ["/slug"], "{wrong}");
        let refused = tenant.platform.patch(&target, &json!({ "slug": wrong })).await;
        assert_eq!(refused.failures(), ["/slug"], "{wrong}");
    }
    assert_eq!(tenant.platform.get("/v1/organizations?slug=A").await.failures(), ["slug"]);
    assert_eq!(tenant.platform.patch(&target, &json!({ "slug": null })).await.failures(), ["/slug"]);
}

async fn texts_of_a_dock_have_limits() {
    let tenant = Tenant::new().await;
    let dock = format!("/v1/docks/{}", tenant.platform.create_dock(&tenant.organization, "Desk").await.id());
    let limits = [
        ("legalName", 200),
        ("businessType", 64),
        ("taxId", 64),
        ("registrationNumber", 64),
        ("businessPhone", 32),
        ("customCss", 16_384),
    ];
    for (member, most) in limits {
        let (longest, above) = (json!("é".repeat(most)), json!("é".repeat(most + 1)));
        let made = tenant.platform.post("/v1/docks", &tenant.dock(member, &longest)).await.expect(201);
        assert_eq!(made.json()[member], longest);
        let pointer = format!("/{member}");
        let refused = tenant.platform.post("/v1/docks", &tenant.dock(member, &above)).await;
        assert_eq!(refused.failures(), [pointer.as_str()]);
        tenant.platform.patch(&dock, &json!({ member: longest })).await.expect(200);
        assert_eq!(tenant.platform.patch(&dock, &json!({ member: above })).await.failures(), [pointer]);
    }
    let address = |more: usize| {
        let line = |most: usize| "x".repeat(most + more);
        json!({ "street": line(200), "city": line(200), "state": line(200), "postalCode": line(32), "country": line(100) })
    };
    let made = tenant.platform.post("/v1/docks", &tenant.dock("businessAddress", &address(0))).await.expect(201);
    assert_eq!(made.json()["businessAddress"], address(0));
    let refused = tenant.platform.post("/v1/docks", &tenant.dock("businessAddress", &address(1))).await;
    let lines = ["street", "city", "state", "postalCode", "country"].map(|line| format!("/businessAddress/{line}"));
    assert_eq!(refused.failures(), lines);
}

async fn domains_and_colours_of_a_dock_have_a_form() {
    let tenant = Tenant::new().await;
    let domain = |last: usize| format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(last));
    let made = tenant.platform.post("/v1/docks", &tenant.dock("domain", &json!(domain(61)))).await.expect(201);
    assert_eq!(made.text("domain").len(), 253);
    let long_label = format!("{}.com", "a".repeat(64));
    let domains = [domain(62), long_label, String::new()].into_iter();
    let wrong = ["localhost", "a..b", "-a.com", "a-.com", "a_b.com", ".com", "a.com.", "é.com", "a.com/x"];
    for wrong in domains.chain(wrong.map(ToOwned::to_owned)) {
        for member in ["domain", "customDomain"] {
            let refused = tenant.platform.post("/v1/docks", &tenant.dock(member, &json!(wrong))).await;
            assert_eq!(refused.failures(), [format!("/{member}")], "{wrong}");
        }
    }
    for member in ["primaryColor", "secondaryColor"] {
        for colour in ["#fff", "#00Ff9a"] {
            let made = tenant.platform.post("/v1/docks", &tenant.dock(member, &json!(colour))).await.expect(201);
            assert_eq!(made.text(member), colour);
        }
        for wrong in ["", "#", "fff", "#ff", "#ffff", "#00ff9", "#00ff9a0", "#ggg", "red", "#é1"] {
            let refused = tenant.platform.post("/v1/docks", &tenant.dock(member, &json!(wrong))).await;
            assert_eq!(refused.failures(), [format!("/{member}")], "{wrong}");
        }
    }
}

async fn up_to_100_roles_are_checked_at_once() {
    let tenant = Tenant::new().await;
    let target = format!("/v1/organizations/{}/roles/check", tenant.organization);
    let (dock, party) = ("dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS");
    let checks = |count: usize| {
        let check = json!({ "dockId": dock, "partyId": party, "role": "DISTRIBUTOR" });
        json!({ "checks": vec![check; count] })
    };
    for count in [1, 100] {
        let answer = tenant.platform.post(&target, &checks(count)).await.expect(200);
        assert_eq!(answer.json()["results"].as_array().map(Vec::len), Some(count));
    }
    for count in [0, 101] {
        assert_eq!(tenant.platform.post(&target, &checks(count)).await.failures(), ["/checks"], "{count}");
    }
    let mut wrong = checks(4);
    wrong["checks"][1]["role"] = json!("OWNER");
    wrong["checks"][2] = json!("DISTRIBUTOR");
    wrong["checks"][3] = json!({ "dockId": party, "role": null });
    let places = ["/checks/1/role", "/checks/2", "/checks/3/dockId", "/checks/3/partyId", "/checks/3/role"];
    assert_eq!(tenant.platform.post(&target, &wrong).await.failures(), places);
}

async fn expiry_lies_in_the_future() {
    let tenant = Tenant::new().await;
    let body = |end: &str| json!({ "name": "K", "scopes": ["docks:read"], "expiresAt": end });
    let made = tenant.platform.post("/v1/api-keys", &body("2999-01-01T02:00:00+02:00")).await.expect(201);
    assert_eq!(made.text("expiresAt"), "2999-01-01T00:00:00.000Z");
    for wrong in ["2020-01-01T00:00:00Z", "2999-01-01", "tomorrow", ""] {
        assert_eq!(tenant.platform.post("/v1/api-keys", &body(wrong)).await.failures(), ["/expiresAt"], "{wrong}");
    }
}
