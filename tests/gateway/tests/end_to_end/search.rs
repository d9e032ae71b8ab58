//! Search: misspelt titles, filters and facets, and what is not to be found.

use anyhow::{ensure, Result};
use serde_json::json;
use sp_runtime::Permill;
use vilokanam_chain::{Call, NewStream, StreamUpdate};
use vilokanam_gateway_tests::{
    environment::{creator_key, EnvironmentOptions, TestEnvironment, STREAM},
    wallet::send_final,
};
use vilokanam_tests::{
    accounts::{GATEWAY_SHARE_PPM, PRICE},
    wait_for,
};
use vilokanam_wire::search::{SearchAnswer, SearchItem, SearchSuggestions};

/// Maximum time until something that is final is found.
const INDEX_SECONDS: u64 = 60;

async fn find(env: &TestEnvironment, query: &str) -> Result<SearchAnswer> {
    env.api.get(&format!("/v1/search?{query}")).await?.json()
}

fn streams(answer: &SearchAnswer) -> Vec<u64> {
    let stream = |item: &SearchItem| match item {
        SearchItem::Stream { stream } => Some(stream.stream.0),
        _ => None,
    };
    answer.items.iter().filter_map(stream).collect()
}

/// Waits until a search finds these streams, in any order.
async fn wait_for_streams(env: &TestEnvironment, query: &str, expected: &[u64]) -> Result<SearchAnswer> {
    wait_for(&format!("'{query}' to find {expected:?}"), INDEX_SECONDS, || async {
        let answer = find(env, query).await?;
        let mut found = streams(&answer);
        found.sort_unstable();
        ensure!(found == expected, "found {found:?}");
        Ok(Some(answer))
    })
    .await
}

async fn describe(env: &TestEnvironment, metadata: serde_json::Value) -> Result<()> {
    let update = StreamUpdate { metadata: Some(serde_json::to_vec(&metadata)?), ..StreamUpdate::default() };
    send_final(&env.chain, &Call::update_stream(STREAM, &update), &creator_key()?).await
}

async fn create(env: &TestEnvironment, metadata: serde_json::Value) -> Result<()> {
    let stream = NewStream {
        price_per_tick: 2 * PRICE,
        preview_ticks: 0,
        gateway_share: Permill::from_parts(GATEWAY_SHARE_PPM),
        splits: Default::default(),
        metadata: serde_json::to_vec(&metadata)?,
    };
    send_final(&env.chain, &Call::create_stream(&stream), &creator_key()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_found_by_misspelt_titles_filters_and_facets() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let tags = ["opening"];
    describe(&env, json!({"title": "Schacheröffnungen", "category": "Games", "language": "de", "tags": tags})).await?;
    create(&env, json!({"title": "विज्ञान और तकनीक", "category": "Science", "language": "hi"})).await?;
    wait_for_streams(&env, "kind=stream", &[0, 1]).await?;

    let misspelt = wait_for_streams(&env, "q=schachroffnugen%20", &[0]).await?;
    ensure!(misspelt.corrected.as_deref() == Some("schacheroffnungen"), "{misspelt:?}");
    let hindi =
        wait_for_streams(&env, "q=%E0%A4%B5%E0%A4%BF%E0%A4%9C%E0%A5%8D%E0%A4%9E%E0%A4%BE%E0%A4%A8", &[1]).await?;
    ensure!(hindi.corrected.is_none() && hindi.total == 1, "{hindi:?}");
    wait_for_streams(&env, "q=open", &[0]).await?;

    for (query, expected) in [
        ("category=games", vec![0]),
        ("language=hi", vec![1]),
        ("min_price=2000000004", vec![1]),
        ("max_price=2000000004", vec![0]),
        ("live=true", vec![]),
        ("live=false&kind=stream", vec![0, 1]),
        ("kind=recording", vec![]),
        ("sort=price&kind=stream", vec![0, 1]),
    ] {
        wait_for_streams(&env, query, &expected).await?;
    }
    let all = find(&env, "kind=stream&limit=1").await?;
    ensure!(all.total == 2 && all.items.len() == 1 && all.facets.category.len() == 2, "{all:?}");
    ensure!(all.facets.kind.iter().all(|kind| kind.value == "stream" && kind.count == 2), "{all:?}");
    let (first, cursor) = (streams(&all), all.next_cursor.unwrap_or_default());
    let rest = find(&env, &format!("kind=stream&limit=1&cursor={cursor}")).await?;
    ensure!(rest.next_cursor.is_none() && streams(&rest) != first, "{rest:?}");
    env.api.get(&format!("/v1/search?q=x&cursor={cursor}")).await?.expect_refusal(400, "bad-request")?;
    env.api.get(&format!("/v1/search?q={}", "x".repeat(201))).await?.expect_refusal(400, "bad-request")?;
    let suggested: SearchSuggestions = env.api.get("/v1/search/suggest?q=schach").await?.json()?;
    ensure!(suggested.suggestions == ["Schacheröffnungen"], "{suggested:?}");

    env.suspend_stream().await?;
    wait_for_streams(&env, "kind=stream", &[1]).await?;
    let suggested: SearchSuggestions = env.api.get("/v1/search/suggest?q=schach").await?.json()?;
    ensure!(suggested.suggestions.is_empty(), "a suspended stream is suggested");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_is_found_by_the_title_of_its_stream_and_by_its_length() -> Result<()> {
    let settings = [("INGEST__RECONNECT_WINDOW_S", "1")];
    let options = EnvironmentOptions { settings: &settings, ..EnvironmentOptions::offline() };
    let mut env = TestEnvironment::start(options).await?;
    env.record(10).await?;
    let found = wait_for("the recording to be found", INDEX_SECONDS, || async {
        let answer = find(&env, "kind=recording&q=end&min_s=1").await?;
        Ok((!answer.items.is_empty()).then_some(answer))
    })
    .await?;
    let [SearchItem::Recording { recording }] = &found.items[..] else { anyhow::bail!("{found:?}") };
    ensure!((recording.stream.0, recording.number) == (STREAM, 1), "{recording:?}");
    ensure!(find(&env, "kind=recording&max_s=1").await?.total == 0, "it is longer");
    Ok(())
}
