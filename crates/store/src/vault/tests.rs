use super::*;
use std::{cell::RefCell, fs};

/// Argon2id's smallest memory, so that a test waits for nothing.
const CHEAP: KdfCost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };
const NOON: UtcMs = UtcMs(1_790_000_000_000);
const PIN: &str = "839201";

fn noise(byte: u8) -> WrapNoise {
    WrapNoise { salt: [byte; 16], nonce: [byte; 24] }
}

fn key() -> RawKey {
    RawKey::from_bytes(*b"0123456789abcdef0123456789ABCDEF")
}

fn new_vault() -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path());
    vault.create(&key(), &Pin::accept(PIN).unwrap(), None, CHEAP, &noise(1)).unwrap();
    (folder, vault)
}

#[derive(Default)]
struct Shelf {
    secret: RefCell<Option<Vec<u8>>>,
}

impl Keystore for Shelf {
    fn name(&self) -> &str {
        "shelf"
    }
    fn load(&self) -> Result<Option<Vec<u8>>, KeystoreError> {
        Ok(self.secret.borrow().clone())
    }
    fn save(&self, secret: &[u8]) -> Result<(), KeystoreError> {
        *self.secret.borrow_mut() = Some(secret.to_vec());
        Ok(())
    }
}

fn binding(shelf: &Shelf) -> Option<Binding<'_>> {
    Some(Binding { keystore: shelf, new_secret: Zeroizing::new([9; 32]) })
}

#[test]
fn the_recommended_cost_wraps_and_unwraps() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path());
    let pin = Pin::accept(PIN).unwrap();
    vault.create(&key(), &pin, None, KdfCost::RECOMMENDED, &noise(1)).unwrap();
    assert_eq!(vault.unlock("８３９２０１", None, NOON).unwrap().expose(), key().expose());
}

#[test]
fn neither_file_holds_the_key_or_the_pin() {
    let (folder, vault) = new_vault();
    vault.unlock("000001", None, NOON).unwrap_err();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains(&hex::encode(key().expose())));
        assert!(!text.contains("0123456789abcdef0123456789abcdef"));
        assert!(!text.contains(PIN));
    }
}

#[test]
fn a_wrong_pin_and_a_damaged_vault_are_told_apart() {
    let (folder, vault) = new_vault();
    let wrong = vault.unlock("839202", None, NOON).unwrap_err();
    assert!(matches!(wrong, VaultError::WrongPin { attempts_left: 4, wait_ms: 0 }), "{wrong}");

    let path = folder.path().join(VAULT_FILE);
    let whole = fs::read(&path).unwrap();
    // Every single byte changed: never a wrong PIN, never the wrong key, never a try counted.
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        fs::write(&path, &broken).unwrap();
        match vault.unlock(PIN, None, NOON) {
            Err(
                VaultError::Damaged { .. }
                | VaultError::Newer { .. }
                | VaultError::KeystoreMissing { .. },
            ) => {}
            Ok(key) if broken[at].is_ascii_whitespace() && whole[at].is_ascii_whitespace() => {
                assert_eq!(key.expose(), self::key().expose());
            }
            other => panic!("byte {at}: {other:?}"),
        }
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(vault.unlock(PIN, None, NOON), Err(VaultError::Damaged { .. })));
    fs::write(&path, &whole).unwrap();
    assert_eq!(vault.state(NOON).unwrap().failures, 1, "damage counts no try");
    assert_eq!(vault.unlock(PIN, None, NOON).unwrap().expose(), key().expose());
}

#[test]
fn delays_grow_survive_a_restart_and_do_not_shrink_when_the_clock_goes_back() {
    let (folder, vault) = new_vault();
    for left in (1..FREE_ATTEMPTS).rev() {
        let error = vault.unlock("111222", None, NOON).unwrap_err();
        assert!(
            matches!(error, VaultError::WrongPin { attempts_left, wait_ms: 0 } if attempts_left == left)
        );
    }
    let mut now = NOON;
    for delay in DELAYS_MS.into_iter().chain([DELAYS_MS[4]]) {
        let error = vault.unlock("111222", None, now).unwrap_err();
        assert!(
            matches!(error, VaultError::WrongPin { attempts_left: 0, wait_ms } if wait_ms == delay),
            "{error}"
        );
        // The right PIN has to wait too, and a new process knows it.
        let restarted = Vault::in_folder(folder.path());
        let error = restarted.unlock(PIN, None, now.plus_ms(delay - 1)).unwrap_err();
        assert!(matches!(error, VaultError::Wait { ms: 1 }), "{error}");
        let error = restarted.unlock(PIN, None, now.plus_ms(-UtcMs::DAY)).unwrap_err();
        assert!(matches!(error, VaultError::Wait { ms } if ms == delay), "{error}");
        now = now.plus_ms(delay);
    }
    assert_eq!(vault.state(now).unwrap().wait_ms, 0);
    vault.unlock(PIN, None, now).unwrap();
    assert_eq!(vault.state(now).unwrap().attempts_left, FREE_ATTEMPTS, "a right PIN forgets them");
}

#[test]
fn a_try_is_counted_before_it_is_made_and_damage_to_the_count_delays() {
    let (folder, vault) = new_vault();
    vault.unlock("111222", None, NOON).unwrap_err();
    // A killed run leaves the half-written neighbour of the count; the count itself is whole.
    fs::write(folder.path().join("vault-attempts.json.part"), b"{\"fail").unwrap();
    assert_eq!(vault.state(NOON).unwrap().failures, 1);
    fs::write(folder.path().join(ATTEMPTS_FILE), b"{\"fail").unwrap();
    let error = vault.unlock(PIN, None, NOON).unwrap_err();
    assert!(matches!(error, VaultError::Wait { ms } if ms == DELAYS_MS[0]), "{error}");
    vault.unlock(PIN, None, NOON.plus_ms(DELAYS_MS[0])).unwrap();
}

#[test]
fn a_changed_pin_opens_the_same_key_and_the_old_one_no_longer_does() {
    let (folder, vault) = new_vault();
    let new = Pin::accept("470938").unwrap();
    let refused = vault.change_pin("111222", &new, None, CHEAP, &noise(2), NOON).unwrap_err();
    assert!(matches!(refused, VaultError::WrongPin { .. }));
    vault.change_pin(PIN, &new, None, CHEAP, &noise(2), NOON).unwrap();
    // A run killed while writing the next change leaves this one in force.
    fs::write(folder.path().join("vault.json.part"), b"{").unwrap();
    assert!(matches!(vault.unlock(PIN, None, NOON), Err(VaultError::WrongPin { .. })));
    assert_eq!(vault.unlock("470938", None, NOON).unwrap().expose(), key().expose());
    let again = vault.create(&key(), &new, None, CHEAP, &noise(3)).unwrap_err();
    assert!(matches!(again, VaultError::AlreadyExists));
}

#[test]
fn a_bound_vault_needs_its_keystore_and_says_so_before_counting() {
    let (_folder, vault) = new_vault();
    let shelf = Shelf::default();
    vault.rebind(PIN, None, binding(&shelf), CHEAP, &noise(2), NOON).unwrap();
    assert_eq!(vault.state(NOON).unwrap().keystore.as_deref(), Some("shelf"));
    assert_eq!(vault.unlock(PIN, Some(&shelf), NOON).unwrap().expose(), key().expose());

    assert!(matches!(vault.unlock(PIN, None, NOON), Err(VaultError::KeystoreMissing { .. })));
    let empty = Shelf::default();
    assert!(matches!(
        vault.unlock(PIN, Some(&empty), NOON),
        Err(VaultError::KeystoreMissing { .. })
    ));
    empty.save(&[8; 32]).unwrap();
    assert!(matches!(
        vault.unlock(PIN, Some(&empty), NOON),
        Err(VaultError::KeystoreChanged { .. })
    ));
    assert_eq!(vault.state(NOON).unwrap().failures, 0);

    // The secret takes part in the key, not only in the check.
    let wrong = vault.unlock("111222", Some(&shelf), NOON).unwrap_err();
    assert!(matches!(wrong, VaultError::WrongPin { .. }));
    let pin = Pin::accept("470938").unwrap();
    vault.change_pin(PIN, &pin, Some(&shelf), CHEAP, &noise(3), NOON).unwrap();
    assert!(vault.unlock("470938", None, NOON).is_err(), "the binding outlives a new PIN");
    vault.rebind("470938", Some(&shelf), None, CHEAP, &noise(4), NOON).unwrap();
    assert_eq!(vault.unlock("470938", None, NOON).unwrap().expose(), key().expose());
}

#[test]
fn binding_again_keeps_the_secret_that_is_there() {
    let (_folder, vault) = new_vault();
    let shelf = Shelf::default();
    shelf.save(&[3; 32]).unwrap();
    vault.rebind(PIN, None, binding(&shelf), CHEAP, &noise(2), NOON).unwrap();
    assert_eq!(shelf.load().unwrap(), Some(vec![3; 32]));
    vault.unlock(PIN, Some(&shelf), NOON).unwrap();
}
