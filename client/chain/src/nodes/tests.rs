use super::*;

/// Listens like a node that hangs: connections are accepted and get no answer. Returns the address and the task that holds it.
async fn silent_node() -> (String, tokio::task::JoinHandle<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    // Connections wait in the listener's queue until the listener is dropped.
    let holding = tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(listener);
    });
    (url, holding)
}

#[tokio::test]
async fn connect_without_a_listening_node_names_each_address() {
    // No program listens on the discard port.
    let urls = ["ws://127.0.0.1:9".to_owned(), "ws://127.0.0.1:9/other".to_owned()];
    let error = Nodes::connect(&urls).await.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains("ws://127.0.0.1:9:") && error.contains("/other:"), "{error}");
}

#[tokio::test]
async fn connect_without_an_address_is_refused() {
    let error = Nodes::connect(&[]).await.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains("no node is configured"), "{error}");
}

#[tokio::test]
async fn connect_to_a_node_that_hangs_ends_after_the_limit() {
    let (url, holding) = silent_node().await;
    let error = Nodes::connect(std::slice::from_ref(&url)).await.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains(&no_answer(CONNECT_LIMIT)), "{error}");
    holding.abort();
}
