use super::*;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(["vilokanam"].into_iter().chain(line.split_whitespace()))
}

#[test]
fn command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn global_options_are_accepted_anywhere() {
    let cli = parse("--json stream show 3 --node ws://a:1 --node ws://b:2 --gateway https://g/video -q").unwrap();
    assert_eq!(cli.options.nodes, ["ws://a:1", "ws://b:2"]);
    assert_eq!(cli.options.gateway.as_str(), "https://g/video");
    assert!(cli.options.json && cli.options.quiet);
}

#[test]
fn global_options_have_defaults() {
    let cli = parse("account").unwrap();
    assert_eq!(cli.options.nodes, ["ws://127.0.0.1:9944"]);
    assert_eq!(cli.options.gateway.as_str(), "http://127.0.0.1:8080/");
    assert!(!cli.options.json && !cli.finalized);
}

#[test]
fn valid_lines_are_accepted() {
    for line in [
        "keys generate --out k --force",
        "keys inspect",
        "account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "deposit 1.5",
        "deposit 1.5 --session-key-allowance 1 --max-price 0.002 --key-lifetime 7d",
        "delegate 5 --new-key",
        "withdraw all",
        "withdraw 0.5",
        "revoke",
        "payout",
        "tip 3 1 --memo thanks",
        "stream create --price 0.002 --title Chess --preview 30 --tag a --tag b",
        "stream update 3 --price 0.003",
        "stream status 3 live",
        "stream end 3",
        "stream key create 3 --save",
        "stream key revoke 3 k1",
        "stream list chess --live --sort viewers",
        "stream list --chain",
        "stream show 3 --chain",
        "gateway register https://g.example --operator 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "gateway update --endpoint https://g.example",
        "gateway deregister",
        "publish film.mp4 --stream 3 --loop",
        "watch 3 -o - --for 30s --max-spend 0.1 --quality 720p --no-preview",
        "sessions",
        "receipts 0x00112233445566778899aabbccddeeff",
        "earnings --by hour --from 2026-01-31T00:00:00Z",
        "settle --file claims.json --direct",
        "settle --from-gateway --every 60s",
        "completions zsh",
    ] {
        let parsed = parse(line);
        assert!(parsed.is_ok(), "{line}: {}", parsed.err().map(|error| error.to_string()).unwrap_or_default());
    }
}

#[test]
fn invalid_lines_are_refused() {
    for line in [
        "",
        "fly",
        "deposit",
        "deposit -1",
        "deposit 1.0000000000001",
        "deposit 1 --session-key-allowance 1 --no-session-key",
        "withdraw everything",
        "stream create",
        "stream show -3",
        "stream show 18446744073709551616",
        "stream status 3 ended",
        "stream update 3 --split x=1",
        "gateway register ftp://g",
        "gateway update",
        "publish film.mp4",
        "publish film.mp4 --stream 3 --srt --put",
        "watch 3 --for 0s",
        "receipts 0x00",
        "earnings --by year",
        "settle",
        "settle --file a --from-gateway",
        "account --gateway ftp://g",
        "keys generate --phrase secret",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn memo_above_128_bytes_is_refused() {
    let memo = "x".repeat(129);
    assert!(parse(&format!("tip 3 1 --memo {memo}")).is_err());
    assert!(parse(&format!("tip 3 1 --memo {}", &memo[1..])).is_ok());
}
