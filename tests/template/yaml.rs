//! CloudFormation's YAML as the JSON that it is short for.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// The document; short forms written out: `!Ref A` is `{"Ref": "A"}`, `!Sub b` is `{"Fn::Sub": "b"}`.
pub fn parse(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).expect("the template is YAML");
    let [document] = documents.as_slice() else { panic!("the template is one document") };
    plain(document)
}

fn plain(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(elements) => elements.iter().map(plain).collect(),
        Yaml::Mapping(members) => {
            let member = |(name, value)| (plain(name).as_str().expect("names are texts").to_owned(), plain(value));
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, inner) => {
            let (name, inner) = (tag.suffix.as_str(), plain(inner));
            match name {
                "Ref" | "Condition" => json!({ name: inner }),
                "GetAtt" => {
                    let path = inner.as_str().expect("a name and an attribute");
                    let (name, attribute) = path.split_once('.').expect("a name and an attribute");
                    json!({ "Fn::GetAtt": [name, attribute] })
                }
                _ => json!({ format!("Fn::{name}"): inner }),
            }
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => panic!("not expected in a template: {yaml:?}"),
    }
}
