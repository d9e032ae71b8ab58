//! `vilokanam stream list`

use super::view::{from_chain, status_name};
use crate::context::Context;
use clap::{Args, ValueEnum};
use tick_stream_primitives::limits::MAX_STREAMS_PAGE;
use vilokanam_terminal::{
    answer::{table, Answer},
    CommandError,
};
use vilokanam_viewer::amount::{PerSecond, Vlk};
use vilokanam_wire::{
    streams::{StreamStatus, StreamView},
    Account, Planck,
};

/// List streams.
#[derive(Clone, Debug, Args)]
pub struct List {
    /// Words to search for in titles, descriptions and tags
    pub query: Option<String>,
    /// Only live streams
    #[arg(long)]
    pub live: bool,
    /// Only streams of this category
    #[arg(long)]
    pub category: Option<String>,
    /// Only streams of this creator
    #[arg(long, value_name = "ACCOUNT")]
    pub creator: Option<Account>,
    /// Minimum price of a second in VLK
    #[arg(long, value_name = "VLK")]
    pub min_price: Option<Vlk>,
    /// Maximum price of a second in VLK
    #[arg(long, value_name = "VLK")]
    pub max_price: Option<Vlk>,
    /// Order
    #[arg(long, value_enum, default_value = "newest")]
    pub sort: Sort,
    /// Maximum number of streams
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Read the chain instead of asking the gateway: all streams, without the gateway's search
    #[arg(long)]
    pub chain: bool,
}

/// Order of a list of streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Sort {
    /// Newest first
    Newest,
    /// Cheapest first
    Price,
    /// Most viewers first
    Viewers,
    /// Highest earnings first
    Earned,
}

impl Sort {
    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Price => "price",
            Self::Viewers => "viewers",
            Self::Earned => "earned",
        }
    }
}

/// Lists the streams.
pub async fn run(context: &Context, args: List) -> Result<Answer, CommandError> {
    let streams = match args.chain {
        true => on_chain(context, &args).await?,
        false => context.gateway()?.list("/v1/streams", &query(&args), args.limit).await?,
    };
    let rows = streams.iter().map(|view: &StreamView| {
        [
            view.stream.to_string(),
            view.metadata.title.clone(),
            if view.is_live_here { "live here".into() } else { status_name(view.status).to_owned() },
            PerSecond(view.price_per_tick.0).to_string(),
            format!("{} s", view.preview_ticks),
            view.viewers.to_string(),
            Vlk(view.total_paid.0).to_string(),
        ]
    });
    let text = table(&["stream", "title", "status", "price", "preview", "viewers", "paid"], rows);
    Ok(Answer::new(&streams, text))
}

fn query(args: &List) -> Vec<(&'static str, String)> {
    let price = |price: Option<Vlk>| price.map(|price| Planck(price.0).to_string());
    let optional = [
        ("q", args.query.clone()),
        ("live", args.live.then(|| "true".to_owned())),
        ("category", args.category.clone()),
        ("creator", args.creator.as_ref().map(Account::to_string)),
        ("min_price", price(args.min_price)),
        ("max_price", price(args.max_price)),
        ("sort", Some(args.sort.name().to_owned())),
    ];
    optional.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

async fn on_chain(context: &Context, args: &List) -> Result<Vec<StreamView>, CommandError> {
    let chain = context.chain().await?;
    let block = chain.best().await?.hash;
    let mut found = Vec::new();
    let mut next = Some(0);
    while let Some(from) = next {
        let page = chain.at(block).streams(from, MAX_STREAMS_PAGE).await?;
        next = page.next;
        let views = page.streams.into_iter().map(|(id, stream)| from_chain(id, stream));
        found.extend(views.filter(|view| matches(view, args)));
    }
    sort(&mut found, args.sort);
    found.truncate(args.limit);
    Ok(found)
}

fn matches(view: &StreamView, args: &List) -> bool {
    let price = view.price_per_tick.0;
    let query = args.query.as_deref().unwrap_or_default().to_lowercase();
    let text = format!("{}\n{}\n{}", view.metadata.title, view.metadata.description, view.metadata.tags.join("\n"));
    let text = text.to_lowercase();
    query.split_whitespace().all(|word| text.contains(word))
        && (!args.live || view.status == StreamStatus::Live)
        && args.category.as_ref().is_none_or(|category| view.metadata.category.eq_ignore_ascii_case(category))
        && args.creator.as_ref().is_none_or(|creator| view.creator == *creator)
        && args.min_price.is_none_or(|least| price >= least.0)
        && args.max_price.is_none_or(|most| price <= most.0)
}

fn sort(streams: &mut [StreamView], by: Sort) {
    use std::cmp::Reverse;
    match by {
        Sort::Newest => streams.sort_by_key(|view| Reverse(view.stream)),
        Sort::Price => streams.sort_by_key(|view| view.price_per_tick),
        Sort::Viewers => streams.sort_by_key(|view| Reverse(view.viewers)),
        Sort::Earned => streams.sort_by_key(|view| Reverse(view.total_paid)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use tick_stream_primitives::{AccountId, Stream, Totals};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        list: List,
    }

    fn list(line: &str) -> List {
        Line::try_parse_from(["x"].into_iter().chain(line.split_whitespace())).unwrap().list
    }

    fn stream(id: u64, title: &str, price: u128) -> StreamView {
        let metadata = format!("{{\"title\":\"{title}\",\"category\":\"Music\"}}").into_bytes();
        let stream = Stream {
            creator: AccountId::from([1; 32]),
            price_per_tick: price,
            next_price: None,
            preview_ticks: 0,
            gateway_share: Default::default(),
            splits: Default::default(),
            next_splits: None,
            metadata: metadata.try_into().unwrap(),
            status: tick_stream_primitives::StreamStatus::Offline,
            open_sessions: 0,
            deposit: 0,
            totals: Totals::default(),
        };
        from_chain(id, stream)
    }

    #[test]
    fn query_has_the_filters_that_are_given() {
        let query = query(&list("chess --live --max-price 0.002 --sort price"));
        let text: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(text, ["q=chess", "live=true", "max_price=2000000000", "sort=price"]);
    }

    #[test]
    fn streams_on_chain_are_filtered() {
        let view = stream(3, "Blitz Chess", 2_000_000_000);
        for line in ["", "blitz", "--category music", "--max-price 0.002", "--min-price 0.002"] {
            assert!(matches(&view, &list(line)), "{line}");
        }
        for line in ["go", "--live", "--category art", "--max-price 0.001", "--min-price 0.003"] {
            assert!(!matches(&view, &list(line)), "{line}");
        }
    }

    #[test]
    fn streams_on_chain_are_sorted() {
        let mut streams = [stream(1, "a", 5), stream(2, "b", 9), stream(3, "c", 7)];
        sort(&mut streams, Sort::Newest);
        assert_eq!(streams.each_ref().map(|view| view.stream.0), [3, 2, 1]);
        sort(&mut streams, Sort::Price);
        assert_eq!(streams.each_ref().map(|view| view.stream.0), [1, 3, 2]);
    }
}
