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
fn session_keys_are_kept_by_chain_and_account() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path().join("data"));
    assert!(data.all_session_keys(&GENESIS).unwrap().is_empty());
    data.put_session_key(&GENESIS, &key(1)).unwrap();
    data.put_session_key(&GENESIS, &key(2)).unwrap();
    assert!(data.session_key(&GENESIS, &key(2).viewer.0).unwrap() == Some(key(2)));
    assert!(data.session_key(&[8; 32], &key(2).viewer.0).unwrap().is_none(), "another chain");
    assert_eq!(data.all_session_keys(&GENESIS).unwrap().len(), 2);
}

#[test]
fn publish_keys_are_kept_by_gateway_and_stream() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path().to_path_buf());
    let gateway: Url = "http://[::1]:8080".parse().unwrap();
    data.put_publish_key(&gateway, 3, &publish_key()).unwrap();
    assert!(data.publish_key(&gateway, 3).unwrap() == Some(publish_key()));
    assert!(data.publish_key(&gateway, 4).unwrap().is_none());
    data.remove_publish_key(&gateway, 3, "another").unwrap();
    assert!(data.publish_key(&gateway, 3).unwrap().is_some(), "another key was saved");
    data.remove_publish_key(&gateway, 3, "k1").unwrap();
    assert!(data.publish_key(&gateway, 3).unwrap().is_none());
}

#[test]
fn absent_publish_key_file_is_named_in_the_error() {
    let error = read_publish_key(Path::new("/nonexistent/key.json")).err().unwrap();
    assert!(error.to_string().contains("/nonexistent/key.json"), "{error}");
}
