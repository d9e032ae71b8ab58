//! Measures searches in an index of 100,000 streams on disk. Asserts nothing.
//!
//! ```text
//! cargo run --release -p vilokanam-search --example search_bench [-- STREAMS]
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::time::{Duration, Instant};
use vilokanam_search::{Document, Filter, Key, Kind, Live, Query, SearchIndex, Sort, Withheld};

const STREAMS: u64 = 100_000;
const ROUNDS: usize = 40;
/// Syllables that words are made of, so that there are as many words as in real texts.
const SYLLABLES: [&str; 24] = [
    "ka", "mo", "ri", "ta", "lu", "shen", "ver", "bal", "dro", "pin", "gar", "zo", "mira", "tel", "ona", "quin", "sa",
    "fen", "ur", "weld", "chi", "nor", "ast", "ip",
];
const TOPICS: [&str; 12] = [
    "chess openings",
    "live cooking",
    "Orchesterprobe",
    "विज्ञान तकनीक",
    "speedrun",
    "yoga morning",
    "Rust programming",
    "football talk",
    "piano lessons",
    "news tonight",
    "language learning",
    "mountain hiking",
];
const CATEGORIES: [&str; 6] = ["Games", "Music", "Science", "Sports", "News", "Cooking"];

/// A generator of numbers that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    /// A word; short ones are frequent.
    fn word(&mut self) -> String {
        (0..=self.below(3)).map(|_| self.pick(&SYLLABLES)).collect()
    }

    fn words(&mut self, count: u64) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn document(id: u64, numbers: &mut Numbers) -> Document {
    let title = format!("{} {}", numbers.pick(&TOPICS), numbers.words(3));
    Document {
        title,
        tags: (0..3).map(|_| numbers.word()).collect(),
        names: vec![numbers.words(2), format!("creator{}", id / 4)],
        category: numbers.pick(&CATEGORIES).into(),
        language: numbers.pick(&["en", "hi", "de", ""]).into(),
        description: numbers.words(40),
        price: Some(1_000 * numbers.below(1_000)),
        at_ms: 1_700_000_000_000 + numbers.below(10_000_000_000),
        ..Document::new(Key::Stream(id), 1, [(id / 4 % 256) as u8; 32])
    }
}

fn queries(streams: u64) -> Vec<(&'static str, Query)> {
    let live = Filter { live: Some(Live::Only((0..500).map(|n| n * streams / 500).collect())), ..Filter::default() };
    let cheap = Filter {
        kind: Some(Kind::Stream),
        category: Some("games".into()),
        max_price: Some(500_000),
        ..Filter::default()
    };
    let viewers = (0..500).map(|n| (n * streams / 500, n as u32)).collect();
    let text = |text: &str| Query::new(text, 20);
    vec![
        ("one word", text("chess ")),
        ("two words", text("chess openings")),
        ("beginning of a word", text("rust pro")),
        ("two letters", text("ka")),
        ("misspelt", text("ches opnings")),
        ("misspelt, German", text("orchestrprobe ")),
        ("misspelt, Hindi", text("विज्ञन तकनीक")),
        ("nothing found", text("xylophon quartett")),
        ("everything, newest", text("")),
        ("live, most viewers", Query { filter: live, sort: Sort::Viewers, viewers, ..text("") }),
        ("filters, lowest price", Query { filter: cheap, sort: Sort::Price, ..text("openings") }),
    ]
}

fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1_000.0
}

fn main() {
    let streams = std::env::args().nth(1).map_or(STREAMS, |count| count.parse().expect("a number of streams"));
    let folder = std::env::temp_dir().join(format!("vilokanam-search-bench-{}", std::process::id()));
    let index = SearchIndex::open(&folder).expect("an index");
    let mut numbers = Numbers(7);
    let begun = Instant::now();
    for id in 0..streams {
        index.put(&document(id, &mut numbers)).expect("a document");
    }
    index.commit().expect("a commit");
    println!("indexing: {streams} streams in {:.1} s", begun.elapsed().as_secs_f64());

    println!("{:<24} {:>8} {:>10} {:>10}", "query", "results", "p50 ms", "p95 ms");
    let mut all = Vec::new();
    for (name, query) in queries(streams) {
        let mut times = Vec::with_capacity(ROUNDS);
        let mut total = 0;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            total = index.find(&query).expect("results").total;
            times.push(begun.elapsed());
        }
        println!("{name:<24} {total:>8} {:>10.2} {:>10.2}", percentile(&mut times, 50), percentile(&mut times, 95));
        all.extend(times);
    }
    println!("{:<24} {:>8} {:>10.2} {:>10.2}", "all", "", percentile(&mut all, 50), percentile(&mut all, 95));

    let mut times: Vec<Duration> = ["c", "che", "ori", "crea", "विज्"]
        .repeat(ROUNDS)
        .iter()
        .map(|text| {
            let begun = Instant::now();
            index.suggest(text, 8, &Withheld::default()).expect("suggestions");
            begun.elapsed()
        })
        .collect();
    println!(
        "{:<24} {:>8} {:>10.2} {:>10.2}",
        "suggestions",
        "",
        percentile(&mut times, 50),
        percentile(&mut times, 95)
    );
    drop(index);
    std::fs::remove_dir_all(&folder).expect("the folder of the index");
}
