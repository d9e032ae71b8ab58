use super::*;

/// Takes connections and never says a word, as a node does that hangs.
async fn mute() -> (String, tokio::task::JoinHandle<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    // Connections wait in the listener's queue for as long as it lives.
    let holding = tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(listener);
    });
    (url, holding)
}

#[tokio::test]
async fn connect_to_nobody_fails() {
    // Nobody listens on the discard port.
    let urls = ["ws://127.0.0.1:9".to_owned(), "ws://127.0.0.1:9/other".to_owned()];
    let error = Nodes::connect(&urls).await.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains("ws://127.0.0.1:9:") && error.contains("/other:"), "each is named: {error}");
}

#[tokio::test]
async fn connect_without_a_name_fails() {
    let error = Nodes::connect(&[]).await.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains("none is named"), "{error}");
}

#[tokio::test]
async fn connect_to_a_node_that_hangs_fails() {
    let (url, holding) = mute().await;
    let error = Nodes::connect(std::slice::from_ref(&url)).await.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains(&no_answer(CONNECT_LIMIT)), "{error}");
    holding.abort();
}
