//! The template of the deployment at AWS, from the endpoint list and the hand-written parts in `local/template/`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use berth_functions::ENDPOINTS;
use berth_shared::{
    http::{Endpoint, StoreAction},
    store::Family,
};

/// What is there once: parameters, API, table, alarms, outputs.
const BASE: &str = include_str!("../template/base.yaml");
/// Where in [`BASE`] the functions come.
const FUNCTIONS: &str = "# {functions}\n";
/// What each endpoint has: function, role, log group, alarm.
const FUNCTION: &str = include_str!("../template/function.yaml");

/// The template, in the order of the endpoint list.
#[must_use]
pub fn template() -> String {
    let functions: String = ENDPOINTS.iter().map(function).collect();
    BASE.replacen(FUNCTIONS, &functions, 1)
}

/// The resources' name of an endpoint: `create-party` is `CreateParty`.
#[must_use]
pub fn logical_id(endpoint: &Endpoint) -> String {
    let word = |word: &str| word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1)).collect();
    endpoint.name.split('-').map(word).collect::<Vec<String>>().concat()
}

fn function(endpoint: &Endpoint) -> String {
    let (events, managed, statements) = (events(endpoint), managed_policies(endpoint), statements(endpoint));
    let method = if is_default(endpoint) { "" } else { endpoint.method.as_str() };
    let parts = [
        // A line that stands for many comes with its end.
        ("{events}\n", events.as_str()),
        ("{managed}\n", managed),
        ("{statements}\n", statements.as_str()),
        ("{Name}", &logical_id(endpoint)),
        ("{name}", endpoint.name),
        ("{method} ", if method.is_empty() { "" } else { method }),
        ("{path}", endpoint.path),
        ("{summary}", endpoint.summary),
    ];
    parts.iter().fold(FUNCTION.to_owned(), |text, (part, value)| {
        let value = if *part == "{method} " && !value.is_empty() { format!("{value} ") } else { (*value).to_owned() };
        text.replace(part, &value)
    })
}

/// Whether the endpoint gets what no route takes.
fn is_default(endpoint: &Endpoint) -> bool {
    endpoint.path == "$default"
}

fn events(endpoint: &Endpoint) -> String {
    if is_default(endpoint) {
        return "        Default: { Type: HttpApi, Properties: { ApiId: !Ref Api } }\n".to_owned();
    }
    endpoint.methods_routed().fold(String::new(), |mut text, method| {
        let name = format!("{}{}", &method.as_str()[..1], method.as_str()[1..].to_ascii_lowercase());
        let route = format!("ApiId: !Ref Api, Method: {method}, Path: \"{}\"", endpoint.path);
        // Writing to a text does not fail.
        let _ = writeln!(text, "        {name}: {{ Type: HttpApi, Properties: {{ {route} }} }}");
        text
    })
}

/// What a role has beyond its own statements, where the deployment asks for it.
fn managed_policies(endpoint: &Endpoint) -> &'static str {
    if endpoint.permissions().is_empty() {
        "        - !If [IsTraced, !Ref TracingPolicy, !Ref AWS::NoValue]\n"
    } else {
        "        - !If [IsTraced, !Ref TracingPolicy, !Ref AWS::NoValue]\n        \
         - !If [HasTableKey, !Ref TableKeyPolicy, !Ref AWS::NoValue]\n"
    }
}

/// The endpoint's permissions: families for which the same actions are allowed share a statement.
fn statements(endpoint: &Endpoint) -> String {
    let mut by_family: BTreeMap<Family, BTreeSet<StoreAction>> = BTreeMap::new();
    for (action, family) in endpoint.permissions() {
        by_family.entry(family).or_default().insert(action);
    }
    let mut by_actions: BTreeMap<BTreeSet<StoreAction>, Vec<Family>> = BTreeMap::new();
    for (family, actions) in by_family {
        by_actions.entry(actions).or_default().push(family);
    }
    let mut text = String::new();
    for (actions, families) in by_actions {
        let actions: Vec<_> = actions.into_iter().map(StoreAction::iam).collect();
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "              - Effect: Allow\n                \
             Action: [{}]\n                \
             Resource: !Sub arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/${{TableName}}\n                \
             Condition:\n                  \
             ForAllValues:StringLike:\n                    \
             dynamodb:LeadingKeys:\n",
            actions.join(", "),
        );
        for pattern in families.into_iter().flat_map(Family::patterns) {
            let _ = writeln!(text, "                      - \"{pattern}\"");
        }
    }
    text
}
