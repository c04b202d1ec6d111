//! Unicode: normalization, folding and properties of characters. ICU4X has the data, so that all of it is of one version
//! of Unicode.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};

/// Characters without a glyph that are not default-ignorable: annotation anchors, the Braille blank, the blanks of
/// Egyptian hieroglyphs, the Khitan filler and the null notehead.
const FILLERS: &[char] =
    &['\u{fff9}', '\u{fffa}', '\u{fffb}', '\u{2800}', '\u{13441}', '\u{13442}', '\u{16fe4}', '\u{1d159}'];

/// Returns the text in Normalization Form C.
pub(super) fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// Returns the text in Normalization Form KD.
pub(super) fn nfkd(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfkd().normalize(text).into_owned()
}

/// Folds case and width, so that texts that differ in nothing else are equal: `ＡＣＭＥ` becomes `acme`, and `Straße`
/// becomes `strasse`. This is the compatibility caseless match of the Unicode Standard (section 3.13, D146), composed. In
/// addition, a dotless i equals another i, because both have the same upper case.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let cases: CaseMapperBorrowed<'static> = CaseMapper::new();
    let once = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let once = nfkd(&cases.fold_string(&once));
    let twice = cases.fold_string(&once).replace('ı', "i");
    ComposingNormalizerBorrowed::new_nfkc().normalize(&twice).into_owned()
}

/// Returns whether a name may not contain the character: a control character, a bidirectional embedding, override or
/// isolate, a line or paragraph separator, a private-use or an unassigned character.
pub(super) fn is_forbidden_in_name(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(
            category,
            GeneralCategory::Control
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
}

/// Returns whether a reader sees the character: it is not white space, default-ignorable or a filler.
pub(super) fn is_visible(c: char) -> bool {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    !c.is_whitespace() && !FILLERS.contains(&c) && !ignorable.contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_ignores_case_width_and_composition() {
        for (text, fold) in [
            ("ＡＣＭＥ", "acme"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("οδυσσευς", "οδυσσευσ"),
            ("ｶﾞｽ", "ガス"),
            ("ﬁnance №①", "finance no1"),
            ("e\u{301}", "é"),
            ("Ⅻ", "xii"),
            ("BANKASI ı", "bankasi i"),
        ] {
            assert_eq!(folded(text), fold, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(text: String, range in "[\\u{c0}-\\u{24f}\\u{300}-\\u{3ff}\\u{1e00}-\\u{1fff}\\u{ff00}-\\u{ffef}]{0,20}") {
            for text in [text, range] {
                let once = folded(&text);
                prop_assert_eq!(folded(&once), once);
            }
        }

        #[test]
        fn ascii_folds_as_everything_else(text in "[ -~]{0,40}") {
            prop_assert_eq!(folded(&format!("{text}é")), folded(&text) + "é");
        }

        #[test]
        fn composition_does_not_change_the_fold(text in "\\PC{0,40}") {
            prop_assert_eq!(folded(&nfc(&text)), folded(&text));
        }
    }
}
