//! Macros that declare objects.

/// Returns the length of the camel case form of a snake case name, in bytes.
#[must_use]
pub const fn camel_length(snake: &str) -> usize {
    let bytes = snake.as_bytes();
    let (mut at, mut length) = (0, 0);
    while at < bytes.len() {
        length += (bytes[at] != b'_') as usize;
        at += 1;
    }
    length
}

/// Returns the camel case form of a snake case name: `customDomain` for `custom_domain`.
#[must_use]
pub const fn camel_bytes<const LENGTH: usize>(snake: &str) -> [u8; LENGTH] {
    let bytes = snake.as_bytes();
    let mut camel = [0; LENGTH];
    let (mut at, mut to, mut capital) = (0, 0, false);
    while at < bytes.len() {
        if bytes[at] == b'_' {
            capital = true;
        } else {
            camel[to] = if capital { bytes[at].to_ascii_uppercase() } else { bytes[at] };
            capital = false;
            to += 1;
        }
        at += 1;
    }
    camel
}

/// The name of a member in JSON: its Rust name in camel case, or the given name.
#[macro_export]
#[doc(hidden)]
macro_rules! member_name {
    ($field:ident) => {{
        const SNAKE: &str = stringify!($field);
        const BYTES: [u8; $crate::domain::object::camel_length(SNAKE)] = $crate::domain::object::camel_bytes(SNAKE);
        const NAME: &str = match std::str::from_utf8(&BYTES) {
            Ok(name) => name,
            Err(_) => panic!("a name is ASCII"),
        };
        NAME
    }};
    ($field:ident $name:literal) => {
        $name
    };
}

/// Declares an object of a request: struct, schema and parser.
///
/// `...name: Type` at the end includes the members of another object.
///
/// ```
/// use berth_shared::domain::{Name, object::{Optional, Required}};
///
/// berth_shared::object! {
///     /// Contact of a business.
///     pub struct Contact {
///         /// Display name.
///         pub name: Required<Name>,
///         /// Job title. `null` means none.
///         #[name = "title"]
///         pub job_title: Optional<Name>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! object {
    (
        $(#[doc = $about:literal])+
        $(#[derive($($derive:path),+)])?
        $(#[serde $serde:tt])?
        $vis:vis struct $object:ident {
            $(
                $(#[doc = $doc:literal])+
                $(#[name = $name:literal])?
                $field_vis:vis $field:ident: $member:ty,
            )*
            $(...$flattened:ident: $flattened_type:ty,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone $($(, $derive)+)?)]
        $(#[serde $serde])?
        $vis struct $object {
            $($(#[doc = $doc])+ $field_vis $field: <$member as $crate::domain::object::Member>::Value,)*
            $($flattened: $flattened_type,)?
        }

        impl $crate::domain::object::Object for $object {
            fn members() -> Vec<$crate::domain::object::MemberInfo> {
                use $crate::domain::object::{Member, MemberInfo, paragraph};
                let own = vec![$(MemberInfo {
                    name: $crate::member_name!($field $($name)?),
                    description: paragraph(&[$($doc),+]),
                    required: <$member as Member>::REQUIRED,
                    schema: <$member as Member>::schema,
                }),*];
                let flattened: &[fn() -> Vec<MemberInfo>] =
                    &[$(<$flattened_type as $crate::domain::object::Object>::members)?];
                own.into_iter().chain(flattened.iter().flat_map(|members| members())).collect()
            }

            fn read(fields: &mut $crate::domain::object::Fields<'_>) -> Option<Self> {
                use $crate::domain::object::Member;
                // All members are read before a missing one ends the function: all violations are reported.
                $(let $field = <$member as Member>::read(fields, $crate::member_name!($field $($name)?));)*
                $(let $flattened = <$flattened_type as $crate::domain::object::Object>::read(fields);)?
                Some(Self { $($field: $field?,)* $($flattened: $flattened?)? })
            }
        }

        impl $crate::domain::FromJson for $object {
            fn from_json(json: &$crate::json::Json) -> Result<Self, Vec<$crate::domain::Violation>> {
                $crate::domain::object::read_nested(json)
            }

            fn unknown(json: &$crate::json::Json) -> Vec<$crate::domain::Violation> {
                $crate::domain::object::unknown_members::<Self>(json)
            }
        }

        impl schemars::JsonSchema for $object {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($object).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::domain::object::object_schema::<Self>(&[$($about),+], generator)
            }
        }
    };
}

/// Declares the attributes of a resource that clients set, and the merge patch that changes them.
///
/// The members of the patch are those of the object: a required one cannot be removed, `null` removes an optional one.
#[macro_export]
macro_rules! patchable_object {
    (
        $(#[doc = $about:literal])+
        $vis:vis struct $object:ident {
            required { $($(#[doc = $doc:literal])+ $required:ident: $required_type:ty,)+ }
            optional { $($(#[doc = $optional_doc:literal])+ $optional:ident: $optional_type:ty,)+ }
        }
        $(#[doc = $patch_about:literal])+
        patch $patch:ident
    ) => {
        $crate::object! {
            $(#[doc = $about])+
            #[derive(PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[serde(rename_all = "camelCase")]
            $vis struct $object {
                $($(#[doc = $doc])+ pub $required: $crate::domain::object::Required<$required_type>,)+
                $(
                    $(#[doc = $optional_doc])+ #[doc = " `null` means none."]
                    pub $optional: $crate::domain::object::Optional<$optional_type>,
                )+
            }
        }

        $crate::object! {
            $(#[doc = $patch_about])+
            $vis struct $patch {
                $($(#[doc = $doc])+ pub $required: $crate::domain::object::NonNullable<$required_type>,)+
                $(
                    $(#[doc = $optional_doc])+ #[doc = " `null` removes it."]
                    pub $optional: $crate::domain::object::Patched<$optional_type>,
                )+
            }
        }

        impl $patch {
            /// Applies the patch to `object`.
            pub fn apply(self, object: &mut $object) {
                $(if let Some(value) = self.$required { object.$required = value; })+
                $(self.$optional.apply(&mut object.$optional);)+
            }
        }
    };
}
