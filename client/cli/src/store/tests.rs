use super::*;

const GENESIS: GenesisHash = [7; 32];

fn key(byte: u8) -> StoredSessionKey {
    let account = Account(AccountId::from([byte; 32]));
    StoredSessionKey { viewer: account.clone(), session_key: account, seed: "0x00".into() }
}

fn publish_key() -> NewPublishKey {
    NewPublishKey {
        id: "k1".into(),
        key: "secret".into(),
        rtmp_url: "rtmp://g/live".into(),
        rtmp_stream_key: "3?key=secret".into(),
        put_url: Some("http://g/put".into()),
    }
}

#[test]
fn session_keys_works() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir(folder.path().join("data"));
    assert!(data.all_session_keys(&GENESIS).unwrap().is_empty());
    data.put_session_key(&GENESIS, &key(1)).unwrap();
    data.put_session_key(&GENESIS, &key(2)).unwrap();
    assert!(data.session_key(&GENESIS, &key(2).viewer.0).unwrap() == Some(key(2)));
    assert!(data.session_key(&[8; 32], &key(2).viewer.0).unwrap().is_none(), "another chain");
    assert_eq!(data.all_session_keys(&GENESIS).unwrap().len(), 2);
}

#[cfg(unix)]
#[test]
fn files_are_private_works() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir(folder.path().join("data"));
    let path = data.put_session_key(&GENESIS, &key(1)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn publish_keys_works() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir(folder.path().to_path_buf());
    let gateway: Url = "http://[::1]:8080".parse().unwrap();
    data.put_publish_key(&gateway, 3, &publish_key()).unwrap();
    assert!(data.publish_key(&gateway, 3).unwrap() == Some(publish_key()));
    assert!(data.publish_key(&gateway, 4).unwrap().is_none());
    data.forget_publish_key(&gateway, 3, "another").unwrap();
    assert!(data.publish_key(&gateway, 3).unwrap().is_some(), "another key is not what is kept");
    data.forget_publish_key(&gateway, 3, "k1").unwrap();
    assert!(data.publish_key(&gateway, 3).unwrap().is_none());
}

#[test]
fn read_json_damaged_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    fs::write(&path, "{").unwrap();
    assert!(read_json::<StoredSessionKey>(&path).is_err());
}
