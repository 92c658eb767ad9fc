use super::*;

const MIB: usize = 1 << 20;

fn key() -> BlobKey {
    BlobKey::from_bytes([7; 32])
}

fn name(byte: u8) -> BlobName {
    BlobName::from_noise([byte; 16])
}

fn folder() -> (tempfile::TempDir, BlobFolder) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = BlobFolder::open(folder.path().join("photos"), 0).unwrap();
    (folder, blobs)
}

/// Content in which no two places look alike.
fn content(bytes: usize) -> Vec<u8> {
    (0..bytes as u64)
        .flat_map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes())
        .take(bytes)
        .collect()
}

#[test]
fn every_length_and_range_comes_back() {
    let (_folder, blobs) = folder();
    for (number, bytes) in [0, 1, MIB, MIB + 1, 2 * MIB + 7].into_iter().enumerate() {
        let name = name(number as u8);
        let content = content(bytes);
        let written = blobs.write(name, &key(), &content).unwrap();
        assert_eq!(written.bytes, bytes as u64);
        assert_eq!(written.sha256, <[u8; 32]>::from(Sha256::digest(&content)));
        assert_eq!(blobs.read(name, &key()).unwrap(), content);
        assert_eq!(blobs.content_bytes(name, &key()).unwrap(), bytes as u64);
        for (offset, length) in
            [(0, 10), (MIB - 3, 6), (MIB, MIB), (5, 2 * MIB), (bytes, 1), (bytes + 9, 9), (1, 0)]
        {
            let expected: Vec<u8> = content.iter().copied().skip(offset).take(length).collect();
            let found = blobs.read_range(name, &key(), offset as u64, length as u64).unwrap();
            assert_eq!(found, expected, "{length} bytes from {offset} of {bytes}");
        }
    }
}

#[test]
fn changed_cut_swapped_and_foreign_chunks_are_noticed() {
    let (outer, blobs) = folder();
    let whole = content(2 * MIB + 500);
    blobs.write(name(1), &key(), &whole).unwrap();
    let path = outer.path().join("photos").join(name(1).to_string());
    let file = fs::read(&path).unwrap();
    let chunk = MIB + 16;
    let damaged = |bytes: Vec<u8>, what: &str| {
        fs::write(&path, bytes).unwrap();
        let error = blobs.read(name(1), &key()).unwrap_err();
        assert!(matches!(error, BlobError::Damaged { .. }), "{what}: {error}");
    };
    for at in [0, 7, 15, 16, 16 + chunk, file.len() - 1] {
        let mut changed = file.clone();
        changed[at] ^= 1;
        damaged(changed, "one bit");
    }
    damaged(file[..file.len() - 1].to_vec(), "one byte short");
    damaged(file[..16 + 2 * chunk].to_vec(), "last chunk cut off");
    damaged([&file[..], &[0]].concat(), "one byte more");
    let (first, second) = (&file[16..16 + chunk], &file[16 + chunk..16 + 2 * chunk]);
    damaged([&file[..16], second, first, &file[16 + 2 * chunk..]].concat(), "two swapped");
    // Cut at a chunk's end, with a header that agrees: the length is bound to every chunk.
    let mut shorter = file[..16 + 2 * chunk].to_vec();
    shorter[8..16].copy_from_slice(&(2 * MIB as u64).to_be_bytes());
    damaged(shorter, "header made to agree");

    fs::write(&path, &file).unwrap();
    assert_eq!(blobs.read(name(1), &key()).unwrap(), whole);
    let other = BlobKey::from_bytes([8; 32]);
    assert!(matches!(blobs.read(name(1), &other), Err(BlobError::Damaged { chunk: 0, .. })));
    assert!(matches!(blobs.read(name(9), &key()), Err(BlobError::Missing { .. })));
}

#[test]
fn no_plaintext_and_no_key_is_on_the_disk() {
    let (outer, blobs) = folder();
    let text = "EXIF 上海市浦东新区 13800138000 ".repeat(100);
    blobs.write(name(1), &key(), text.as_bytes()).unwrap();
    let file = fs::read(outer.path().join("photos").join(name(1).to_string())).unwrap();
    for secret in ["浦东".as_bytes(), b"13800138000", b"EXIF", key().expose()] {
        assert!(!file.windows(secret.len()).any(|window| window == secret));
    }
    assert_eq!(format!("{:?}", key()), "BlobKey(..)");
}

#[test]
fn a_photo_is_refused_before_the_reserve_is_touched() {
    let outer = tempfile::tempdir().unwrap();
    let free = free_bytes(outer.path()).unwrap();
    assert!(free > 0);
    let blobs = BlobFolder::open(outer.path().join("photos"), u64::MAX - MIB as u64).unwrap();
    assert_eq!(blobs.room().unwrap(), 0);
    let error = blobs.write(name(1), &key(), &content(100)).unwrap_err();
    assert!(matches!(error, BlobError::NoSpace), "{error}");
    assert_eq!(fs::read_dir(outer.path().join("photos")).unwrap().count(), 0);
}

#[test]
fn a_killed_write_leaves_nothing_that_counts() {
    let (outer, blobs) = folder();
    blobs.write(name(2), &key(), b"whole").unwrap();
    let photos = outer.path().join("photos");
    fs::write(photos.join(format!("{}.part", name(1))), b"DSPHOTO\x01half").unwrap();
    fs::write(photos.join("notes.part"), b"not ours").unwrap();
    assert!(matches!(blobs.read(name(1), &key()), Err(BlobError::Missing { .. })));
    assert_eq!(blobs.tidy().unwrap(), [name(2)]);
    assert_eq!(fs::read_dir(&photos).unwrap().count(), 2, "foreign files are left alone");
    blobs.write(name(1), &key(), b"again").unwrap();
    let twice = blobs.write(name(1), &key(), b"other").unwrap_err();
    assert!(matches!(twice, BlobError::AlreadyExists { .. }), "one key never seals two contents");
    blobs.remove(name(1)).unwrap();
    blobs.remove(name(1)).unwrap();
    assert_eq!(blobs.tidy().unwrap(), [name(2)]);
}
