//! The tour of README.md, as `scripts/tour` takes it: the program that was built beside these tests, on a chain of its own.

use anyhow::{ensure, Context, Result};
use std::{path::PathBuf, process::Command};
use vilokanam_chain::{Call, Chain, NewStream, Signer};
use vilokanam_tests::node::Node;

/// The tour's program. Not one of the binaries that `vilokanam_tests::program` finds: examples have a folder of their own.
fn tour() -> Result<PathBuf> {
    let test = std::env::current_exe().context("where does this test run from?")?;
    let found = test.ancestors().map(|folder| folder.join("examples/tour")).find(|path| path.is_file());
    found.context("no examples/tour beside this test: build the workspace with --all-targets first")
}

/// Creates a stream and removes it again, so that its number is taken without there being a stream.
async fn use_up_a_number(node: &Node) -> Result<()> {
    let (chain, creator) = (Chain::connect(&node.url()).await?, Signer::from_uri("//Alice")?);
    let stream = NewStream {
        price_per_tick: 1_000_000,
        preview_ticks: 0,
        gateway_share: Default::default(),
        splits: Default::default(),
        metadata: Vec::new(),
    };
    chain.execute(&Call::create_stream(&stream), &creator).await?;
    chain.execute(&Call::end_stream(0), &creator).await?;
    ensure!(chain.now().stream(0).await?.is_none(), "a stream without sessions is gone when it has ended");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_works() -> Result<()> {
    let node = Node::dev().await?;
    use_up_a_number(&node).await?;

    let mut command = Command::new(tour()?);
    command.arg(node.url());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let (told, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let everything = || format!("{}\n{told}\n{complained}", output.status);
    ensure!(output.status.success(), "the tour failed: {}", everything());
    for words in ["Bob created stream 1 at 0.002000 VLK", "all 20 seconds are settled", "and the books are even"] {
        ensure!(told.contains(words), "it does not say '{words}': {}", everything());
    }
    Ok(())
}
