//! The document as OpenAPI 3.0, for tools that do not read 3.1.
//!
//! The operations are the same. Schemas are rewritten in the vocabulary of 3.0. A keyword without a counterpart there is
//! left out, so that a schema accepts more than in 3.1, never less. One exception is by convention: a nullable reference
//! is `nullable` beside `allOf`, which generators read as intended, although the schema in `allOf` does not allow `null`.

use serde_json::{Map, Value, json};

/// Keywords of the Schema Object of OpenAPI 3.0.
const KEYWORDS: [&str; 35] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// Rewrites a document of OpenAPI 3.1 as 3.0.3.
pub(super) fn downgrade(document: &mut Value) {
    document["openapi"] = json!("3.0.3");
    for schema in document["components"]["schemas"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        downgrade_schema(schema);
    }
    downgrade_below(document);
}

/// Rewrites the schemas of parameters, headers and bodies below `value`.
fn downgrade_below(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "schema" => downgrade_schema(member),
                    "schemas" | "example" | "examples" => {}
                    name if name.starts_with("x-") => {}
                    _ => downgrade_below(member),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(downgrade_below),
        _ => {}
    }
}

fn downgrade_schema(schema: &mut Value) {
    if let Value::Bool(accepts) = schema {
        *schema = if *accepts { json!({}) } else { json!({ "not": {} }) };
    }
    let Some(members) = schema.as_object_mut() else { return };
    replace_constant(members);
    replace_tuple(members);
    replace_patterns_of_names(members);
    downgrade_subschemas(members);
    replace_types(members);
    replace_null_choice(members, "anyOf");
    replace_null_choice(members, "oneOf");
    replace_exclusive_limit(members, "exclusiveMinimum", "minimum", f64::gt);
    replace_exclusive_limit(members, "exclusiveMaximum", "maximum", f64::lt);
    replace_content(members);
    if let Some(Value::Array(examples)) = members.shift_remove("examples")
        && let Some(example) = examples.into_iter().next()
    {
        members.insert("example".to_owned(), example);
    }
    members.retain(|name, _| KEYWORDS.contains(&name.as_str()) || name.starts_with("x-"));
    // In 3.0, members beside a reference are ignored.
    if members.len() > 1
        && let Some(reference) = members.shift_remove("$ref")
    {
        require(members, json!({ "$ref": reference }));
    }
}

fn downgrade_subschemas(members: &mut Map<String, Value>) {
    for (name, member) in members {
        match name.as_str() {
            "properties" => member.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(downgrade_schema),
            "allOf" | "anyOf" | "oneOf" => member.as_array_mut().into_iter().flatten().for_each(downgrade_schema),
            "items" | "not" => downgrade_schema(member),
            "additionalProperties" if member.is_object() => downgrade_schema(member),
            _ => {}
        }
    }
}

/// `const` becomes an `enum` of one value.
fn replace_constant(members: &mut Map<String, Value>) {
    if let Some(constant) = members.shift_remove("const") {
        members.insert("enum".to_owned(), json!([constant]));
    }
}

/// `prefixItems` becomes an array whose elements match any of its schemas.
fn replace_tuple(members: &mut Map<String, Value>) {
    let Some(Value::Array(mut schemas)) = members.shift_remove("prefixItems") else { return };
    match members.shift_remove("items") {
        Some(Value::Bool(false)) => {
            members.insert("maxItems".to_owned(), json!(schemas.len()));
        }
        Some(rest) => schemas.push(rest),
        None => schemas.push(json!({})),
    }
    members.insert("items".to_owned(), json!({ "anyOf": schemas }));
}

/// `patternProperties` becomes `additionalProperties`, which accepts any of its schemas under any name.
fn replace_patterns_of_names(members: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = members.shift_remove("patternProperties") else { return };
    let mut schemas: Vec<_> = patterns.into_iter().map(|(_, schema)| schema).collect();
    match members.shift_remove("additionalProperties") {
        Some(Value::Bool(false)) => {}
        Some(rest) => schemas.push(rest),
        None => schemas.push(json!({})),
    }
    members.insert("additionalProperties".to_owned(), json!({ "anyOf": schemas }));
}

/// The type `null` becomes `nullable`, and a choice of several other types `anyOf`.
fn replace_types(members: &mut Map<String, Value>) {
    let types: Vec<Value> = match members.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(one) if one == "null" => vec![one.clone()],
        _ => return,
    };
    let others: Vec<_> = types.iter().filter(|kind| *kind != "null").cloned().collect();
    if others.len() < types.len() {
        members.insert("nullable".to_owned(), json!(true));
    }
    match others.as_slice() {
        [] => {
            members.shift_remove("type");
            members.insert("enum".to_owned(), json!([null]));
        }
        [one] => {
            members.insert("type".to_owned(), one.clone());
        }
        several => {
            members.shift_remove("type");
            let choice: Vec<_> = several.iter().map(|kind| json!({ "type": kind })).collect();
            require(members, json!({ "anyOf": choice }));
        }
    }
}

/// A choice of `null` or something else becomes something nullable. The choices are those of 3.0 already.
fn replace_null_choice(members: &mut Map<String, Value>, keyword: &str) {
    let Some(Value::Array(choices)) = members.get(keyword) else { return };
    let is_null = |choice: &Value| choice["enum"] == json!([null]);
    let others: Vec<_> = choices.iter().filter(|choice| !is_null(choice)).cloned().collect();
    if others.len() == choices.len() || others.is_empty() {
        return;
    }
    members.insert("nullable".to_owned(), json!(true));
    if let [one] = others.as_slice() {
        let one = one.clone();
        members.shift_remove(keyword);
        require(members, one);
    } else {
        members.insert(keyword.to_owned(), Value::Array(others));
    }
}

/// An exclusive limit is a flag of the inclusive one in 3.0.
fn replace_exclusive_limit(
    members: &mut Map<String, Value>,
    exclusive: &str,
    inclusive: &str,
    is_stricter: fn(&f64, &f64) -> bool,
) {
    let Some(limit) = members.get(exclusive).filter(|limit| limit.is_number()).cloned() else { return };
    members.shift_remove(exclusive);
    let other = members.get(inclusive).and_then(Value::as_f64);
    if other.is_some_and(|other| limit.as_f64().is_some_and(|limit| is_stricter(&other, &limit))) {
        return;
    }
    members.insert(inclusive.to_owned(), limit);
    members.insert(exclusive.to_owned(), json!(true));
}

/// Encoded or binary content is a format of strings in 3.0.
fn replace_content(members: &mut Map<String, Value>) {
    let media_type = members.shift_remove("contentMediaType");
    let encoding = members.shift_remove("contentEncoding");
    let format = match (encoding.as_ref().and_then(Value::as_str), media_type.as_ref().and_then(Value::as_str)) {
        (Some("base64"), _) => "byte",
        (None, Some("application/octet-stream")) => "binary",
        _ => return,
    };
    members.entry("format").or_insert_with(|| json!(format));
}

/// Adds a schema that has to match, too.
fn require(members: &mut Map<String, Value>, schema: Value) {
    if let Some(all) = members.entry("allOf").or_insert_with(|| json!([])).as_array_mut() {
        all.push(schema);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{document, document_3_0};

    fn downgraded(mut schema: Value) -> Value {
        downgrade_schema(&mut schema);
        schema
    }

    #[test]
    fn null_becomes_nullable() {
        for (schema, expected) in [
            (
                json!({ "type": ["string", "null"], "maxLength": 3 }),
                json!({ "type": "string", "maxLength": 3, "nullable": true }),
            ),
            (json!({ "type": "null" }), json!({ "nullable": true, "enum": [null] })),
            (json!({ "const": null }), json!({ "enum": [null] })),
            (
                json!({ "anyOf": [{ "$ref": "#/a" }, { "type": "null" }], "description": "A." }),
                json!({ "description": "A.", "nullable": true, "allOf": [{ "$ref": "#/a" }] }),
            ),
            (
                json!({ "oneOf": [{ "type": "string" }, { "type": "null" }, { "type": "integer" }] }),
                json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }], "nullable": true }),
            ),
            (
                json!({ "type": ["string", "integer", "null"] }),
                json!({ "nullable": true, "allOf": [{ "anyOf": [{ "type": "string" }, { "type": "integer" }] }] }),
            ),
        ] {
            assert_eq!(downgraded(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn members_beside_a_reference_move_out_of_it() {
        let schema = json!({ "$ref": "#/a", "description": "A." });
        assert_eq!(downgraded(schema), json!({ "description": "A.", "allOf": [{ "$ref": "#/a" }] }));
        assert_eq!(downgraded(json!({ "$ref": "#/a" })), json!({ "$ref": "#/a" }));
    }

    #[test]
    fn keywords_of_json_schema_are_those_of_3_0() {
        for (schema, expected) in [
            (json!({ "const": "a" }), json!({ "enum": ["a"] })),
            (json!({ "examples": ["a", "b"] }), json!({ "example": "a" })),
            (json!({ "exclusiveMinimum": 1 }), json!({ "minimum": 1, "exclusiveMinimum": true })),
            (json!({ "exclusiveMinimum": 1, "minimum": 2 }), json!({ "minimum": 2 })),
            (json!({ "exclusiveMaximum": 1, "maximum": 2 }), json!({ "maximum": 1, "exclusiveMaximum": true })),
            (json!({ "type": "string", "contentEncoding": "base64" }), json!({ "type": "string", "format": "byte" })),
            (json!({ "contentMediaType": "application/octet-stream" }), json!({ "format": "binary" })),
            (json!({ "contentMediaType": "application/json" }), json!({})),
            (
                json!({ "$schema": "s", "$comment": "c", "propertyNames": {}, "unevaluatedProperties": false }),
                json!({}),
            ),
            (
                json!({ "prefixItems": [true, { "const": 1 }], "items": false }),
                json!({ "maxItems": 2, "items": { "anyOf": [{}, { "enum": [1] }] } }),
            ),
            (
                json!({ "patternProperties": { "^a": { "const": 1 } }, "additionalProperties": false }),
                json!({ "additionalProperties": { "anyOf": [{ "enum": [1] }] } }),
            ),
            (json!({ "items": false, "x-order": 1 }), json!({ "items": { "not": {} }, "x-order": 1 })),
        ] {
            assert_eq!(downgraded(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn members_may_be_named_like_keywords() {
        let schema =
            json!({ "properties": { "const": { "type": "string" }, "$schema": {} }, "default": { "const": 1 } });
        assert_eq!(downgraded(schema.clone()), schema);
    }

    #[test]
    fn the_operations_are_the_same() {
        let (document, downgraded) = (document(), document_3_0());
        assert_eq!(downgraded["openapi"], "3.0.3");
        assert_eq!(downgraded["info"], document["info"]);
        assert_eq!(downgraded["components"]["securitySchemes"], document["components"]["securitySchemes"]);
        assert_eq!(names(&downgraded["components"]["schemas"]), names(&document["components"]["schemas"]));
        assert_eq!(without_schemas(&downgraded["paths"]), without_schemas(&document["paths"]));
    }

    fn names(value: &Value) -> Vec<&String> {
        value.as_object().unwrap().keys().collect()
    }

    fn without_schemas(value: &Value) -> Value {
        match value {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| *name != "schema")
                .map(|(name, member)| (name.clone(), without_schemas(member)))
                .collect(),
            Value::Array(elements) => elements.iter().map(without_schemas).collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn no_schema_has_a_construct_of_3_1() {
        let document = document_3_0();
        let mut checked = 0;
        for schema in document["components"]["schemas"].as_object().unwrap().values() {
            check_schema(schema, &mut checked);
        }
        check_below(&document["paths"], &mut checked);
        assert!(checked > 500, "{checked}");
    }

    fn check_below(value: &Value, checked: &mut usize) {
        for (name, member) in value.as_object().into_iter().flatten() {
            match name.as_str() {
                "schema" => check_schema(member, checked),
                "example" => {}
                _ => check_below(member, checked),
            }
        }
        value.as_array().into_iter().flatten().for_each(|element| check_below(element, checked));
    }

    fn check_schema(schema: &Value, checked: &mut usize) {
        *checked += 1;
        let members = schema.as_object().unwrap();
        assert!(members.len() == 1 || !members.contains_key("$ref"), "{schema}");
        for (name, member) in members {
            let is_sound = match name.as_str() {
                "type" => {
                    ["array", "boolean", "integer", "number", "object", "string"].iter().any(|kind| member == kind)
                }
                "exclusiveMinimum" | "exclusiveMaximum" | "nullable" => member.is_boolean(),
                name => KEYWORDS.contains(&name) || name.starts_with("x-"),
            };
            assert!(is_sound, "{name}: {schema}");
            match name.as_str() {
                "properties" => member.as_object().unwrap().values().for_each(|member| check_schema(member, checked)),
                "allOf" | "anyOf" | "oneOf" => {
                    member.as_array().unwrap().iter().for_each(|choice| check_schema(choice, checked));
                }
                "items" | "not" => check_schema(member, checked),
                "additionalProperties" if !member.is_boolean() => check_schema(member, checked),
                _ => {}
            }
        }
        assert!(members.get("type").is_none_or(|kind| kind != "array") || members.contains_key("items"), "{schema}");
    }
}
