use super::*;
use tempfile::TempDir;
use vilokanam_chain::{Order, Signer, Viewer};

const GENESIS: GenesisHash = [4; 32];

fn shelf(folder: &TempDir, stream: StreamId) -> Shelf {
    let account = Signer::from_uri("//Alice").unwrap().account();
    let folder = folder.path().join("sessions");
    Shelf { folder, genesis: GENESIS, viewer: account.clone(), gateway: account, stream }
}

fn watch(shelf: &Shelf, nonce: u64) -> Watch {
    let key = Signer::from_uri("//Alice").unwrap();
    let order = Order {
        stream: shelf.stream,
        gateway: shelf.gateway.clone(),
        price_per_tick: 5,
        max_ticks: 20,
        expires_at: 100,
    };
    Viewer::new(key.account(), key, nonce, GENESIS).ticket(&order)
}

#[test]
fn what_was_let_go_of_is_found_again() {
    let folder = TempDir::new().unwrap();
    let shelf = shelf(&folder, 3);
    assert!(shelf.kept().unwrap().is_empty(), "nothing was kept yet");
    let watch = watch(&shelf, 0);
    let keeper = shelf.keep(&watch).unwrap();
    keeper.reveal(&watch, 8).unwrap();
    assert!(shelf.kept().unwrap().is_empty(), "it is in use");
    drop(keeper);
    let mut kept = shelf.kept().unwrap();
    let (again, revealed, keeper) = kept.pop().unwrap();
    assert_eq!((again.session, revealed, kept.len()), (watch.session, 8, 0));
    keeper.forget();
    assert!(shelf.kept().unwrap().is_empty(), "it was forgotten");
}

#[test]
fn other_streams_sessions_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (shelf(&folder, 3), shelf(&folder, 4));
    drop(one.keep(&watch(&one, 0)).unwrap());
    assert!(other.kept().unwrap().is_empty());
    assert_eq!(one.kept().unwrap().len(), 1);
}

#[test]
fn damaged_files_are_named() {
    let folder = TempDir::new().unwrap();
    let shelf = shelf(&folder, 3);
    fs::create_dir_all(&shelf.folder).unwrap();
    fs::write(shelf.folder.join("00.json"), "{}").unwrap();
    let error = shelf.kept().err().unwrap().to_string();
    assert!(error.contains("00.json"), "{error}");
}
