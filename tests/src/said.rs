//! What a person is told.

use serde_json::Value;

/// Asserts that words stand in both languages and returns the English ones.
///
/// # Panics
/// When one language is missing, or the Chinese words are not Chinese.
pub fn in_both_languages(words: &Value) -> String {
    let (zh, en) = (words["zh"].as_str(), words["en"].as_str());
    let (Some(zh), Some(en)) = (zh, en) else { panic!("both languages: {words}") };
    assert!(zh.chars().any(|c| c > '\u{2e80}'), "Chinese words: {words}");
    let is_english = en.contains(' ') && !en.chars().any(|c| c > '\u{2e80}');
    assert!(is_english, "English words: {words}");
    en.to_owned()
}
