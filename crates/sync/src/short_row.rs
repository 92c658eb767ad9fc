//! A row without its identity inside: it stands beside the row already, as 16 bytes that do not
//! compress, and a first sync carries thousands.
//!
//! Rows of ours begin with their identity, `{"id":"…"`. Short, a row begins with what follows, a
//! comma or a closing brace, which no JSON text does; so a row says by itself whether it is short.
//! HQ shortens rows for devices that say they understand it.

use uuid::Uuid;

fn beginning(id: Uuid) -> String {
    format!("{{\"id\":\"{id}\"")
}

/// The row without its identity, if it begins with this one.
pub fn shorten(id: Uuid, body: String) -> String {
    match body.strip_prefix(&beginning(id)) {
        Some(rest) if rest.starts_with([',', '}']) => rest.to_owned(),
        _ => body,
    }
}

/// The row as HQ holds it, character for character.
pub(crate) fn lengthen(id: Uuid, body: String) -> String {
    if body.starts_with([',', '}']) { beginning(id) + &body } else { body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was_and_only_its_own_identity_is_left_out() {
        let (own, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let named = format!("{{\"id\":\"{own}\",\"name\":\"王\"}}");
        assert_eq!(shorten(own, named.clone()), ",\"name\":\"王\"}");
        let alone = format!("{{\"id\":\"{own}\"}}");
        let later = format!("{{\"name\":1,\"id\":\"{own}\"}}");
        for body in [named, alone, later, "{}".to_owned(), "[1]".to_owned(), String::new()] {
            assert_eq!(lengthen(own, shorten(own, body.clone())), body);
            assert_eq!(shorten(other, body.clone()), body);
        }
    }
}
