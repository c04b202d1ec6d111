//! Rewrites schemas for client generators, without a change of meaning.

use serde_json::{Map, Value, json};

/// Rewrites `value` and every value in it:
///
/// - a choice of constants (`oneOf` of `const`) becomes an `enum`, whose description lists those of the constants;
/// - a constant becomes an `enum` of one value;
/// - `default: null` is removed, because it only repeats that the member can be absent.
pub(super) fn portable(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(portable);
            if members.get("default").is_some_and(Value::is_null) {
                members.remove("default");
            }
            // A `const` whose value is no string or boolean may be a member of an example.
            if let Some(constant) =
                members.get("const").filter(|constant| constant.is_string() || constant.is_boolean())
            {
                let constant = json!([constant]);
                members.remove("const");
                members.insert("enum".to_owned(), constant);
            }
            merge_choice(members);
        }
        Value::Array(elements) => elements.iter_mut().for_each(portable),
        _ => {}
    }
}

/// Merges `oneOf` of single-valued string enumerations into one.
fn merge_choice(members: &mut Map<String, Value>) {
    let Some(choices) = members.get("oneOf").and_then(Value::as_array) else { return };
    let constant = |choice: &Value| match choice["enum"].as_array().map(Vec::as_slice) {
        Some([constant]) if constant.is_string() => Some(constant.clone()),
        _ => None,
    };
    let Some(constants) = choices.iter().map(constant).collect::<Option<Vec<_>>>() else { return };
    let lines = choices.iter().zip(&constants).filter_map(|(choice, constant)| {
        Some(format!("- `{}`: {}", constant.as_str()?, choice["description"].as_str()?))
    });
    let list = lines.collect::<Vec<_>>().join("\n");
    let about = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{about}\n\n{list}").trim().to_owned();
    members.shift_remove("oneOf");
    members.insert("type".to_owned(), json!("string"));
    members.insert("enum".to_owned(), Value::Array(constants));
    members.insert("description".to_owned(), json!(description));
}

/// Returns the operation id of an endpoint: its name in camel case.
pub(super) fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    first + &words.map(capitalized).collect::<String>()
}

/// Returns the name of the schema of an endpoint's request body.
pub(super) fn request_schema(name: &str) -> String {
    name.split('-').map(capitalized).collect::<String>() + "Request"
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_ascii_uppercase().to_string() + characters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_constants_becomes_an_enumeration_with_its_descriptions() {
        let mut schema = json!({
            "description": "Role.",
            "oneOf": [
                { "type": "string", "const": "A", "description": "First." },
                { "type": "string", "const": "B" },
            ],
        });
        portable(&mut schema);
        assert_eq!(schema, json!({ "description": "Role.\n\n- `A`: First.", "type": "string", "enum": ["A", "B"] }));
    }

    #[test]
    fn a_choice_of_types_is_unchanged() {
        let choice = json!({ "oneOf": [{ "type": "string" }, { "type": "array" }], "default": 1 });
        let mut schema = choice.clone();
        portable(&mut schema);
        assert_eq!(schema, choice);
    }

    #[test]
    fn a_null_default_is_removed() {
        let mut schema = json!({ "type": "string", "default": null });
        portable(&mut schema);
        assert_eq!(schema, json!({ "type": "string" }));
    }

    #[test]
    fn names_are_derived_from_the_endpoint() {
        assert_eq!(camel_case("create-api-key"), "createApiKey");
        assert_eq!(request_schema("create-api-key"), "CreateApiKeyRequest");
    }
}
