//! Rewrites schemas for client generators, without a change of meaning.

use serde_json::{Map, Value, json};

/// Rewrites `value` and every value in it:
///
/// - a choice of constants (`oneOf` of `const`) becomes an `enum`, whose description lists those of the constants;
/// - a constant becomes an `enum` of one value;
/// - an enumeration marked with `x-extensible-enum` stays open for clients: any string, the known values in
///   `x-extensible-enum`;
/// - a choice of different types (`anyOf`) becomes `oneOf`, which means the same and is what generators have types for;
/// - `default: null` is left out: an absent member has no other default.
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
            exclude_choices(members);
            open_enumeration(members);
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

/// Writes a choice of schemas of different types as `oneOf`: no value matches two of them.
fn exclude_choices(members: &mut Map<String, Value>) {
    let Some(choices) = members.get("anyOf").and_then(Value::as_array) else { return };
    let types: Vec<_> = choices.iter().filter_map(|choice| choice["type"].as_str()).collect();
    let are_different = types.iter().enumerate().all(|(at, kind)| !types[..at].contains(kind) && *kind != "null");
    // An integer is a number, too.
    if types.len() == choices.len() && are_different && !types.contains(&"number") {
        let choices = members.shift_remove("anyOf");
        members.shift_insert(0, "oneOf".to_owned(), choices.unwrap_or_default());
    }
}

/// Keeps generated clients from rejecting a value that is newer than they are.
fn open_enumeration(members: &mut Map<String, Value>) {
    if !members.contains_key("x-extensible-enum") {
        return;
    }
    if let Some(values) = members.shift_remove("enum") {
        members.insert("x-extensible-enum".to_owned(), values);
    }
    let about = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{about}\n\nMore values may be added. Clients must accept unknown values.");
    members.insert("description".to_owned(), json!(description));
}

/// Replaces enumerations within the schemas of bodies by references to components with the same values.
///
/// A client then has one type for them, which it can read from a response and send in a request.
pub(super) fn share_enumerations(schemas: &mut Map<String, Value>) {
    let shared: Vec<_> = schemas
        .iter()
        .filter(|(_, schema)| schema["enum"].is_array())
        .map(|(name, schema)| (format!("#/components/schemas/{name}"), schema["enum"].clone()))
        .collect();
    for schema in schemas.values_mut().flat_map(|schema| schema.as_object_mut().into_iter().flat_map(Map::values_mut)) {
        share_below(schema, &shared);
    }
}

fn share_below(value: &mut Value, shared: &[(String, Value)]) {
    match value {
        Value::Object(members) => {
            let same = members.get("enum").and_then(|values| shared.iter().find(|(_, known)| known == values));
            if let Some((reference, _)) = same {
                members.retain(|name, _| name == "description");
                members.shift_insert(0, "$ref".to_owned(), json!(reference));
            }
            members.values_mut().for_each(|member| share_below(member, shared));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| share_below(element, shared)),
        _ => {}
    }
}

/// The endpoint's name in camel case: the operation's id.
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
    fn an_open_enumeration_accepts_values_that_are_not_known_yet() {
        let mut schema = json!({ "description": "Scope.", "x-extensible-enum": true, "type": "string", "enum": ["A"] });
        portable(&mut schema);
        let description = "Scope.\n\nMore values may be added. Clients must accept unknown values.";
        assert_eq!(schema, json!({ "description": description, "x-extensible-enum": ["A"], "type": "string" }));
    }

    #[test]
    fn enumerations_with_the_same_values_are_one_type() {
        let role = json!({ "type": "string", "enum": ["A", "B"] });
        let body =
            |role: Value| json!({ "type": "object", "properties": { "role": role, "other": { "enum": ["A"] } } });
        let mut schemas = Map::from_iter([("Role".to_owned(), role.clone()), ("Body".to_owned(), body(role.clone()))]);
        share_enumerations(&mut schemas);
        assert_eq!(schemas["Role"], role);
        assert_eq!(schemas["Body"], body(json!({ "$ref": "#/components/schemas/Role" })));
    }

    #[test]
    fn a_choice_of_types_stays() {
        let choice = json!({ "oneOf": [{ "type": "string" }, { "type": "array" }], "default": 1 });
        let mut schema = choice.clone();
        portable(&mut schema);
        assert_eq!(schema, choice);
    }

    #[test]
    fn a_choice_of_different_types_is_exclusive() {
        let different = json!([{ "type": "string" }, { "type": "array" }]);
        let mut schema = json!({ "anyOf": different, "description": "A." });
        portable(&mut schema);
        assert_eq!(schema, json!({ "oneOf": different, "description": "A." }));
        for types in [["integer", "number"], ["string", "string"], ["string", "null"]] {
            let choice = json!({ "anyOf": types.map(|kind| json!({ "type": kind })) });
            let mut schema = choice.clone();
            portable(&mut schema);
            assert_eq!(schema, choice);
        }
    }

    #[test]
    fn an_absent_member_has_no_default() {
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
