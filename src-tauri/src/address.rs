//! Addresses that the screens may hand to the system: a phone number, or a place on a map.

use tauri::Url;

/// Map services. The screens build the address; a host that is not listed is not opened.
const MAPS: [&str; 1] = ["uri.amap.com"];
/// The longest address a screen has a reason to open.
const LONGEST: usize = 2048;

/// An address that was found harmless.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    /// Accepts `tel:` with a number, and `https:` on a listed map.
    pub(crate) fn accept(text: &str) -> Option<Address> {
        let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
        let fine = match url.scheme() {
            "tel" => is_number(url.path()) && url.query().is_none() && url.fragment().is_none(),
            "https" => {
                url.host_str().is_some_and(|host| MAPS.contains(&host))
                    && url.port().is_none()
                    && url.username().is_empty()
                    && url.password().is_none()
            }
            _ => false,
        };
        fine.then(|| Address(url.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=24).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Option<String> {
        Address::accept(text).map(|address| address.0)
    }

    #[test]
    fn a_phone_and_a_map_are_opened() {
        for number in ["tel:119", "tel:13800138000", "tel:+86-21-5555-0100"] {
            assert_eq!(opened(number).as_deref(), Some(number));
        }
        let map = "https://uri.amap.com/search?keyword=%E6%B5%A6%E4%B8%9C";
        assert_eq!(opened(map).as_deref(), Some(map));
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "tel:",
            "tel:1",
            "tel:--help",
            "tel:138;rm",
            "tel:*%2321%23",
            "http://uri.amap.com/",
            "https://uri.amap.com.example/",
            "https://uri.amap.com:8443/",
            "https://a@uri.amap.com/",
            "https://example.org/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "sms:10086",
        ] {
            assert_eq!(opened(text), None, "{text}");
        }
        let long = format!("https://uri.amap.com/search?keyword={}", "a".repeat(LONGEST));
        assert_eq!(opened(&long), None);
    }
}
