use super::{super::RemoteError, *};
use object_store::memory::InMemory;

const LIMITS: ImageLimits = ImageLimits { max_per_account: 2, max_total_bytes: 1 << 20 };

/// The database is deleted with the folder.
async fn images(limits: ImageLimits) -> (Images, Arc<InMemory>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(InMemory::new());
    let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
    (Images::new(store.clone(), index, Outbound::new(Vec::new()).unwrap(), limits), store, folder)
}

/// A GIF of one pixel in this grey.
fn gif(grey: u8) -> Bytes {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0".to_vec();
    bytes.extend([grey, grey, grey, 0, 0, 0]);
    bytes.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    bytes.into()
}

fn owner(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

fn count(store: &InMemory) -> usize {
    use futures::{executor::block_on, StreamExt};
    block_on(store.list(None).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn image_is_found_by_the_hash_of_its_original() {
    let (images, store, _folder) = images(LIMITS).await;
    let hash = images.keep(gif(10), &owner(1)).await.unwrap();
    assert_eq!(hash, hex::encode(blake2_256(&gif(10))));
    assert_eq!(count(&store), 6, "three widths in two formats");
    let webp = images.get(&hash, 640, PictureFormat::WebP).await.unwrap().unwrap();
    assert!(webp.starts_with(b"RIFF"));
    let jpeg = images.get(&hash, 9_999, PictureFormat::Jpeg).await.unwrap().unwrap();
    assert!(jpeg.starts_with(&[0xff, 0xd8]));
    for other in ["", "..", "../secrets", &hash.to_uppercase(), &"0".repeat(64)] {
        assert_eq!(images.get(other, 320, PictureFormat::Jpeg).await.unwrap(), None, "{other}");
    }
    assert_eq!(images.keep(gif(10), &owner(2)).await.unwrap(), hash, "the same picture again");
    assert_eq!(count(&store), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_image_leaves_nothing_behind() {
    let (images, store, _folder) = images(LIMITS).await;
    let text = images.keep(Bytes::from_static(b"a text"), &owner(1)).await;
    assert!(matches!(text, Err(ImageError::Picture(PictureError::UnknownFormat))), "{text:?}");
    let large = images.keep(vec![0; MAX_IMAGE_BYTES + 1].into(), &owner(1)).await;
    assert!(matches!(large, Err(ImageError::TooManyBytes { .. })), "{large:?}");
    assert_eq!(count(&store), 0);
    assert_eq!(images.index.count_images(None).await.unwrap().images, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn images_have_budgets() {
    let (images, _, _folder) = images(LIMITS).await;
    for grey in [1, 2] {
        images.keep(gif(grey), &owner(1)).await.unwrap();
    }
    assert!(matches!(images.keep(gif(3), &owner(1)).await, Err(ImageError::TooMany { max: 2 })));
    assert!(images.keep(gif(1), &owner(1)).await.is_ok(), "one that is known costs nothing");
    assert!(images.keep(gif(3), &owner(2)).await.is_ok(), "another account");
    assert!(images.keep_poster(gif(4), &owner(1)).await.is_ok(), "the gateway's own");
    let (full, _, _folder) = self::images(ImageLimits { max_total_bytes: 0, ..LIMITS }).await;
    assert!(matches!(full.keep(gif(1), &owner(1)).await, Err(ImageError::NoRoom)));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_without_a_stream_do_not_take_all_room() {
    let (images, _, _folder) = images(ImageLimits { max_per_account: 100, max_total_bytes: 10_000_000 }).await;
    let add = |account: u8, bytes: u64| {
        let row = ImageRow { hash: hex::encode([account; 32]), owner: owner(account), bytes, created_at: 0 };
        let index = images.index.clone();
        async move { index.add_image(&row).await.unwrap() }
    };
    add(1, 500_000).await;
    let refused = images.keep(gif(1), &owner(1)).await;
    assert!(matches!(refused, Err(ImageError::TooMuch { max: 500_000, .. })), "{refused:?}");
    assert!(images.keep(gif(1), &owner(2)).await.is_ok(), "another account");
    add(3, 2_000_000).await;
    let refused = images.keep(gif(2), &owner(4)).await;
    assert!(
        matches!(refused, Err(ImageError::NoRoom)),
        "the quarter for accounts without a stream is used: {refused:?}"
    );
    assert!(images.keep_poster(gif(2), &owner(4)).await.is_ok(), "the gateway's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_not_public_are_not_fetched() {
    let (images, _, _folder) = images(LIMITS).await;
    for url in ["http://example.org/a.png", "file:///etc/passwd", "a.png", ""] {
        assert!(matches!(images.remote(url, &owner(1)).await, Err(RemoteError::Url(_))), "{url}");
    }
    for url in ["https://127.0.0.1/a.png", "https://[::1]/a.png", "https://169.254.169.254/latest"] {
        let refused = images.remote(url, &owner(1)).await;
        assert!(matches!(refused, Err(RemoteError::Failed(_))), "{url}: {refused:?}");
        let kept = images.index.remote_image(url).await.unwrap().unwrap();
        assert!(kept.hash.is_empty() && !kept.error.is_empty(), "it is not tried again at once");
    }
}

#[test]
fn width_is_the_narrowest_that_is_enough() {
    let cases = [(0, 320), (320, 320), (321, 640), (1_280, 1_280), (5_000, 1_280)];
    assert!(cases.into_iter().all(|(asked, given)| enough(asked) == given));
}
