//! Tests of the store of publish keys.

use super::{key::KEY_BYTES, *};

fn peer(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn open(directory: &tempfile::TempDir) -> PublishKeys {
    PublishKeys::open(directory.path().join("keys.json"), KeyLimits::default()).unwrap()
}

#[test]
fn created_keys_are_valid_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (id, key) = keys.create(u64::MAX).unwrap();
    assert_eq!(key.reveal().len(), 2 * KEY_BYTES);
    assert!(!format!("{key:?}").contains(key.reveal()));
    keys.record_use(u64::MAX, id);
    drop(keys);

    let keys = open(&directory);
    assert_eq!(keys.check(u64::MAX, key.reveal(), peer(1)), Ok(id));
    assert_eq!(id.to_string().parse(), Ok(id));
    let listed = keys.list(u64::MAX);
    assert_eq!((listed.len(), listed[0].id), (1, id));
    assert!(listed[0].last_used_ms >= Some(listed[0].created_at_ms));
    let text = std::fs::read_to_string(directory.path().join("keys.json")).unwrap();
    assert!(!text.contains(key.reveal()), "the disk has the hash only");
}

#[test]
fn keys_above_the_limit_of_a_stream_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let most = KeyLimits::default().max_keys_per_stream;
    for _ in 0..most {
        keys.create(7).unwrap();
    }
    assert!(matches!(keys.create(7), Err(KeyStoreError::TooMany(max)) if max == most));
    assert!(keys.create(8).is_ok());
}

#[test]
fn keys_above_the_limit_of_the_store_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let limits = KeyLimits { max_keys: 1, ..KeyLimits::default() };
    let keys = PublishKeys::open(directory.path().join("keys.json"), limits).unwrap();
    keys.create(1).unwrap();
    assert!(matches!(keys.create(2), Err(KeyStoreError::Full(1))));
}

#[test]
fn keys_above_the_limit_of_their_owner_are_refused_whatever_the_stream() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let limits = KeyLimits { max_keys_per_owner: 2, ..KeyLimits::default() };
    let keys = PublishKeys::open(&path, limits).unwrap();
    let (id, _) = keys.create_for(1, Some([1; 32])).unwrap();
    keys.create_for(2, Some([1; 32])).unwrap();
    drop(keys);

    let keys = PublishKeys::open(&path, limits).unwrap();
    assert!(matches!(keys.create_for(3, Some([1; 32])), Err(KeyStoreError::TooManyOfOwner(2))), "after a restart");
    assert!(keys.create_for(3, Some([2; 32])).is_ok());
    assert!((0..4).all(|_| keys.create(4).is_ok()), "keys without an owner count for none");
    keys.revoke(1, id).unwrap();
    assert!(keys.create_for(3, Some([1; 32])).is_ok());
}

#[test]
fn keys_of_ended_streams_and_unused_keys_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (used, used_key) = keys.create(1).unwrap();
    keys.record_use(1, used);
    keys.create(1).unwrap();
    keys.create(2).unwrap();
    assert_eq!(keys.remove_unneeded(|_| false, unix_ms()).unwrap(), 0);
    assert_eq!(keys.remove_unneeded(|stream| stream == 2, unix_ms()).unwrap(), 1);
    assert_eq!(keys.streams(), [1]);

    let limits = KeyLimits::default();
    let later_ms = unix_ms() + limits.max_unused_ms + 1;
    assert_eq!(keys.remove_unneeded(|_| false, later_ms).unwrap(), 1, "the one that was never used");
    assert_eq!(open(&directory).check(1, used_key.reveal(), peer(1)), Ok(used), "after a restart");
    assert_eq!(keys.remove_unneeded(|_| false, later_ms + limits.max_idle_ms).unwrap(), 1);
    assert!(keys.streams().is_empty() && open(&directory).streams().is_empty());
}

#[test]
fn a_revoked_key_is_refused_even_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (old, old_key) = keys.create(3).unwrap();
    let (new, new_key) = keys.create(3).unwrap();
    keys.revoke(3, old).unwrap();
    assert!(matches!(keys.revoke(3, old), Err(KeyStoreError::Missing)));
    for keys in [keys, open(&directory)] {
        assert_eq!(keys.check(3, old_key.reveal(), peer(1)), Err(KeyRefusal::Wrong));
        assert_eq!(keys.check(3, new_key.reveal(), peer(1)), Ok(new));
    }
}

#[test]
fn the_key_of_another_stream_cannot_be_revoked() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (id, key) = keys.create(3).unwrap();
    assert!(matches!(keys.revoke(4, id), Err(KeyStoreError::Missing)));
    assert_eq!(keys.check(3, key.reveal(), peer(1)), Ok(id));
}

#[test]
fn the_key_of_another_stream_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (_, key) = keys.create(1).unwrap();
    keys.create(2).unwrap();
    assert_eq!(keys.check(2, key.reveal(), peer(1)), Err(KeyRefusal::Wrong));
    assert_eq!(keys.check(9, key.reveal(), peer(1)), Err(KeyRefusal::Wrong));
    assert_eq!(keys.check(9, "", peer(1)), Err(KeyRefusal::Wrong));
    assert_eq!(keys.check(1, &"x".repeat(100_000), peer(1)), Err(KeyRefusal::Wrong));
}

#[test]
fn valid_keys_are_accepted_after_wrong_ones_from_their_address() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (id, key) = keys.create(1).unwrap();
    let (other_id, other_key) = keys.create(2).unwrap();
    for _ in 0..KeyLimits::default().max_failures {
        assert_eq!(keys.check(1, "guess", peer(1)), Err(KeyRefusal::Wrong));
    }
    assert!(matches!(keys.check(1, "guess", peer(1)), Err(KeyRefusal::TooManyFailures { .. })));
    assert_eq!(keys.check(1, "guess", peer(2)), Err(KeyRefusal::Wrong), "other addresses are not affected");
    assert_eq!(keys.check(1, key.reveal(), peer(1)), Ok(id));
    assert_eq!(keys.check(2, other_key.reveal(), peer(1)), Ok(other_id));
    assert!(keys.check(2, key.reveal(), peer(1)).is_err());
}

#[test]
fn case_and_blanks_of_a_key_do_not_matter() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&directory);
    let (id, key) = keys.create(1).unwrap();
    for form in [key.reveal().to_uppercase(), format!(" {}\r\n", key.reveal())] {
        assert_eq!(keys.check(1, &form, peer(1)), Ok(id), "{form:?}");
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    for text in [
        "",
        "{",
        "[]",
        r#"{"version":2,"keys":[]}"#,
        r#"{"version":1,"keys":[{"stream":"x","sha256":"","created_at_ms":1}]}"#,
    ] {
        std::fs::write(&path, text).unwrap();
        let opened = PublishKeys::open(&path, KeyLimits::default());
        assert!(matches!(opened, Err(KeyStoreError::Damaged { .. })), "{text:?}");
    }
}
