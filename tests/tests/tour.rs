//! The tour of README.md, as `scripts/tour` runs it, on a chain of its own.

use anyhow::{ensure, Result};
use std::process::Command;
use vilokanam_chain::{Call, NewStream, Signer};
use vilokanam_tests::{node::Node, process::built_program};

/// Creates a stream and ends it, so that the tour's stream does not have the first number.
async fn use_up_a_stream_number(node: &Node) -> Result<()> {
    let (chain, creator) = (node.chain().await?, Signer::from_uri("//Alice")?);
    let stream = NewStream {
        price_per_tick: 1_000_000_000,
        preview_ticks: 0,
        gateway_share: Default::default(),
        splits: Default::default(),
        metadata: Vec::new(),
    };
    chain.execute(&Call::create_stream(&stream), &creator).await?;
    chain.execute(&Call::end_stream(0), &creator).await?;
    ensure!(chain.now().stream(0).await?.is_none(), "a stream that ends without sessions is removed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tour_settles_and_pays_out_every_second() -> Result<()> {
    let node = Node::dev().await?;
    use_up_a_stream_number(&node).await?;

    let mut command = Command::new(built_program("examples/tour")?);
    command.arg(node.url());
    let tour = tokio::task::spawn_blocking(move || command.output()).await??;
    let (output, complaints) = (String::from_utf8_lossy(&tour.stdout), String::from_utf8_lossy(&tour.stderr));
    ensure!(tour.status.success(), "the tour ended with {}:\n{output}\n{complaints}", tour.status);
    for text in ["Bob created stream 1 at 0.002000 VLK", "all 20 seconds are settled", "and the sums match"] {
        ensure!(output.contains(text), "the tour does not print '{text}':\n{output}\n{complaints}");
    }
    Ok(())
}
