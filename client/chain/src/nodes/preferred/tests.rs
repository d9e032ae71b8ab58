use super::*;
use crate::{
    testing::{free_port, FakeNode, View},
    ChainError, Head,
};
use std::sync::Arc;

/// A client of two nodes that uses the second, since the first has not been started.
struct AtSecond {
    nodes: Arc<Nodes>,
    second: FakeNode,
    first_port: u16,
}

impl AtSecond {
    async fn start() -> Self {
        let (first_port, second) = (free_port(), FakeNode::start(View::default()).await);
        let urls = [format!("ws://127.0.0.1:{first_port}"), second.url.clone()];
        let nodes = Arc::new(Nodes::connect(&urls).await.unwrap());
        assert_eq!(nodes.place(), 1);
        Self { nodes, second, first_port }
    }

    async fn start_first(&self, view: View) -> FakeNode {
        FakeNode::start_at(self.first_port, view).await
    }

    async fn url(&self) -> String {
        self.nodes.connection().await.unwrap().url
    }
}

#[tokio::test]
async fn client_returns_to_the_first_node_when_it_works() {
    let client = AtSecond::start().await;
    assert!(!client.nodes.probe_preferred().await);
    assert_eq!(client.url().await, client.second.url);
    let first = client.start_first(View::default()).await;
    assert!(client.nodes.probe_preferred().await);
    assert_eq!((client.url().await, client.nodes.place()), (first.url.clone(), 0));
    assert!(!client.nodes.probe_preferred().await, "there is no node before the first");
}

#[tokio::test]
async fn client_does_not_return_to_a_node_that_is_not_well() {
    let client = AtSecond::start().await;
    let first = client.start_first(View { is_syncing: true, ..View::default() }).await;
    assert!(!client.nodes.probe_preferred().await);
    let behind = MAX_BEHIND_BLOCKS + 1;
    let views = [
        View { peers: 0, ..View::default() },
        View { best: View::default().best - behind, ..View::default() },
        View { fork: 1, ..View::default() },
        View { genesis: 1, ..View::default() },
    ];
    for view in views {
        first.set(view);
        assert!(!client.nodes.probe_preferred().await);
        assert_eq!(client.url().await, client.second.url);
    }
    first.set(View { best: View::default().best - MAX_BEHIND_BLOCKS, ..View::default() });
    assert!(client.nodes.probe_preferred().await);
    assert_eq!(client.url().await, first.url);
}

#[tokio::test]
async fn client_returns_to_the_second_node_while_the_first_is_down() {
    let ports = [free_port(), free_port()];
    let third = FakeNode::start(View::default()).await;
    let urls = [ports.map(|port| format!("ws://127.0.0.1:{port}")).to_vec(), vec![third.url.clone()]].concat();
    let nodes = Nodes::connect(&urls).await.unwrap();
    let _second = FakeNode::start_at(ports[1], View::default()).await;
    assert!(nodes.probe_preferred().await);
    assert_eq!(nodes.place(), 1);
    let _first = FakeNode::start_at(ports[0], View::default()).await;
    assert!(nodes.probe_preferred().await);
    assert_eq!(nodes.place(), 0);
}

#[tokio::test]
async fn node_that_failed_is_not_returned_to_at_once() {
    let (first, second) = (FakeNode::start(View::default()).await, FakeNode::start(View::default()).await);
    let nodes = Nodes::connect(&[first.url.clone(), second.url.clone()]).await.unwrap();
    let connection = nodes.connection().await.unwrap();
    nodes.give_up(&connection, "a test").await;
    assert_eq!(nodes.connection().await.unwrap().url, second.url);
    assert!(!nodes.probe_preferred().await, "the first node is well, but it rests");
    assert_eq!(nodes.place(), 1);
    let until = Instant::now() + super::super::REST_FIRST;
    let is_over = nodes.current.lock().await.rests[0].is_over(until);
    assert!(is_over, "its first rest is short");
}

#[tokio::test]
async fn request_that_waits_gets_its_answer_when_the_client_returns() {
    let client = AtSecond::start().await;
    client.second.answer_storage(false);
    let hash = View::default().hash(42);
    let (asking, nodes) = (client.nodes.clone(), client.nodes.clone());
    let request = tokio::spawn(async move { asking.ask(|chain| async move { chain.head(hash).await }).await });
    // The request has reached the second node when that node has sent the head, which is before the state.
    client.second.storage_asked().await;
    let first = client.start_first(View::default()).await;
    first.answer_storage(false);
    assert!(nodes.probe_preferred().await);
    client.second.answer_storage(true);
    let head: Head = request.await.unwrap().unwrap();
    assert_eq!((head.number, head.hash), (42, hash));
    assert_eq!(client.url().await, first.url, "the connection to the first node is not given up");
}

#[tokio::test]
async fn failure_of_the_connection_before_does_not_end_the_one_to_the_preferred_node() {
    let client = AtSecond::start().await;
    let before = client.nodes.connection().await.unwrap();
    let first = client.start_first(View::default()).await;
    assert!(client.nodes.probe_preferred().await);
    client.nodes.give_up(&before, "a test").await;
    assert_eq!((client.url().await, client.nodes.trouble()), (first.url.clone(), None));
}

#[tokio::test]
async fn client_stays_while_it_cannot_tell_how_far_the_chain_is() {
    let client = AtSecond::start().await;
    let _first = client.start_first(View::default()).await;
    let AtSecond { nodes, second, .. } = client;
    second.stop().await;
    assert!(!nodes.probe_preferred().await, "how far the chain is cannot be told");
    let answer = nodes.ask(|chain| async move { chain.best().await }).await;
    assert!(answer.is_ok(), "a request finds the first node: {answer:?}");
    assert_eq!(nodes.place(), 0);
}

#[tokio::test]
async fn single_node_is_not_probed() {
    let node = FakeNode::start(View::default()).await;
    let nodes = Nodes::connect(std::slice::from_ref(&node.url)).await.unwrap();
    nodes.return_to_preferred().await;
    assert_eq!(nodes.place(), 0);
}

#[tokio::test]
async fn who_waits_for_a_block_is_woken_when_the_client_returns() {
    let client = AtSecond::start().await;
    let before = client.nodes.connection().await.unwrap();
    let mut heads = futures::stream::pending::<Result<Block, ChainError>>();
    let first = client.start_first(View::default()).await;
    let (head, has_returned) = tokio::join!(
        crate::follow::next_head(&mut heads, &client.nodes, &before, "new"),
        client.nodes.probe_preferred()
    );
    assert!(has_returned && matches!(head, Ok(None)), "{head:?}");
    assert!(client.nodes.is_replaced(&before));
    let now = client.nodes.connection().await.unwrap();
    assert!(!client.nodes.is_replaced(&now));
    assert_eq!(now.url, first.url);
}
