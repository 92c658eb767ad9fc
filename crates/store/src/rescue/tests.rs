use super::*;

const NOISE: RescueNoise =
    RescueNoise { content_key: [1; 32], ephemeral: [2; 32], wrap: [3; 24], content: [4; 24] };

fn key() -> RawKey {
    RawKey::from_bytes([42; 32])
}

fn hq() -> crypto_box::SecretKey {
    crypto_box::SecretKey::from_bytes([5; 32])
}

fn sealed(content: &[u8]) -> Vec<u8> {
    seal(content, hq().public_key().as_bytes(), &key(), &NOISE).unwrap()
}

#[test]
fn both_keys_open_it_and_no_other_does() {
    let content = "张伟明 13800138000 未上传 ".repeat(5000).into_bytes();
    let file = sealed(&content);
    assert!(file.len() < content.len() / 10, "compressed");
    assert_eq!(*open_with_key(&file, &key()).unwrap(), content);
    assert_eq!(*open_with_hq_secret(&file, &hq().to_bytes()).unwrap(), content);
    let other = RawKey::from_bytes([43; 32]);
    assert!(matches!(open_with_key(&file, &other), Err(RescueError::NotForThisKey)));
    assert!(matches!(open_with_hq_secret(&file, &[6; 32]), Err(RescueError::NotForThisKey)));
    assert!(open_with_key(&sealed(b""), &key()).unwrap().is_empty());
}

#[test]
fn nothing_secret_is_in_the_file() {
    let file = sealed("张伟明 13800138000".as_bytes());
    for secret in [
        "伟明".as_bytes(),
        b"13800138000",
        key().expose(),
        &NOISE.content_key,
        &NOISE.ephemeral,
        key().derive(PURPOSE).as_slice(),
    ] {
        assert!(!file.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let file = sealed(b"one unsent quote");
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x80;
        assert!(
            open_with_key(&changed, &key()).is_err(),
            "byte {at}: the header is bound to the content"
        );
        assert!(open_with_hq_secret(&changed, &hq().to_bytes()).is_err(), "byte {at}");
        assert!(open_with_key(&file[..at], &key()).is_err(), "cut at {at}");
    }
    let mut newer = file;
    newer[7] = 2;
    assert!(matches!(open_with_key(&newer, &key()), Err(RescueError::Newer { found: 2 })));
}

#[test]
fn the_file_on_disk_is_the_old_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unsent.rescue");
    store(&path, &sealed(b"first")).unwrap();
    std::fs::write(folder.path().join("unsent.rescue.part"), b"DSRES").unwrap();
    let found = std::fs::read(&path).unwrap();
    assert_eq!(*open_with_key(&found, &key()).unwrap(), b"first");
    store(&path, &sealed(b"second")).unwrap();
    let found = std::fs::read(&path).unwrap();
    assert_eq!(*open_with_key(&found, &key()).unwrap(), b"second");
}
