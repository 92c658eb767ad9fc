//! Every code an error may bear has words of its own in both languages.

use std::collections::BTreeSet;

use doorstep_app::{ApiError, ErrorCode};

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_error_code_has_chinese_and_english_words_of_its_own() {
    let (mut zh, mut en, mut names) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for code in ErrorCode::ALL {
        let words = code.words();
        assert!(words.zh.chars().filter(|c| is_han(*c)).count() >= 3, "{code:?}: {}", words.zh);
        assert!(words.en.contains(' '), "{code:?} is a sentence: {}", words.en);
        assert!(!words.en.chars().any(is_han), "{code:?}: {}", words.en);
        assert!(!words.zh.ends_with(' ') && !words.en.ends_with(' '), "{code:?}");
        assert!(zh.insert(words.zh), "{code:?} says in Chinese what another says");
        assert!(en.insert(words.en), "{code:?} says in English what another says");
        let name = serde_json::to_string(code).unwrap();
        assert!(names.insert(name.clone()), "{name} names two codes");
        let again: ErrorCode = serde_json::from_str(&name).unwrap();
        assert_eq!(again, *code, "{name} leads back to its code");
    }
    assert!(names.contains("\"disk_full\"") && names.len() > 30, "the whole catalogue: {names:?}");
}

#[test]
fn an_error_carries_the_words_of_its_code_to_the_screen() {
    for code in ErrorCode::ALL {
        let sent = serde_json::to_value(ApiError::new(*code)).unwrap();
        for language in ["zh", "en"] {
            let said = sent["words"][language].as_str().unwrap_or_default();
            assert!(!said.is_empty(), "{code:?} in {language}");
        }
    }
}
