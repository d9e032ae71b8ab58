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

/// Command lines of every command.
const VALID_LINES: &[&str] = &[
    "wallet generate --out k --force",
    "wallet inspect",
    "recordings list chess --stream 3 --limit 5",
    "recordings list --stream 3 --all",
    "recordings show 3 2 --creator",
    "recordings update 3 2 --title T --visibility unlisted",
    "recordings delete 3 2",
    "download 3 2 -o film.mp4 --quality 720p",
    "download 3 2 --creator",
    "stream settings 3",
    "stream settings 3 dvr_hours=all keep_days=30 part_ms=",
    "watch 3 --recording 2 -o film.mp4",
    "watch 3 --from-start",
    "account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "deposit 1.5",
    "deposit 1.5 --allowance 1 --max-price 0.002 --expires-in 7d",
    "keys list",
    "keys add --daily 1 --sessions 3 --label tv --only-stream 3",
    "keys add --every 12h --budget 0.5 --session-key 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "keys update this --allowance 5 --no-renewal --any-scope",
    "keys remove tv",
    "keys remove-all",
    "gift --stream 3 --amount 1 --expires-in 2d --gateway-url https://g.example --label Mum",
    "gift --creator 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --amount 1",
    "gift list",
    "gift remove Mum",
    "chain validators",
    "chain validators set-keys --rotate",
    "chain validators join --bond 100",
    "chain validators leave",
    "chain reap 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "chain sweep 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
    "gov status",
    "gov tracks",
    "gov list --all",
    "gov submit spend 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY 10 --deposit",
    "gov submit upgrade runtime.wasm --root --delay 1h",
    "gov submit call 0x0001 --origin treasurer",
    "gov vote 3 nay 1.5 --conviction 6",
    "gov apply-upgrade runtime.wasm",
    "gov suspend 3",
    "withdraw all",
    "withdraw 0.5",
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
    "watch https://g.example/gift#v=1 -o x.mp4",
    "watch --gift - -o x.mp4",
    "watch 3 --recording 2 -o x.mp4",
    "watch 3 --serve",
    "watch 3 --serve 127.0.0.1:8090 --recording 2 --max-spend 1",
    "watch 3 --serve [::1]:8090",
    "sessions",
    "receipts 0x00112233445566778899aabbccddeeff",
    "earnings --by hour --from 2026-01-31T00:00:00Z",
    "settle --file claims.json --direct",
    "settle --from-gateway --every 60s",
    "completions zsh",
];

#[test]
fn valid_lines_are_accepted() {
    for line in VALID_LINES {
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
        "keys add --daily 1 --weekly 1",
        "keys add --every 1d",
        "keys add --allowance 1 --sessions 17",
        "keys add --allowance 1 --new-key --session-key 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "keys update",
        "keys remove",
        "gift",
        "gift --amount 1",
        "gift --stream 3",
        "gift --stream 3 --creator 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --amount 1",
        "gift --stream 3 --amount 1 --gateway-url ftp://g",
        "watch",
        "watch tv",
        "watch 3 --gift - --account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "chain reap",
        "chain sweep all",
        "chain validators set-keys",
        "chain validators set-keys --keys 0x00 --proof 0x00",
        "chain validators set-keys --rotate --unchecked",
        "gov vote 3 maybe 1",
        "gov vote 3 aye 1 --conviction 7",
        "gov submit call xyz",
        "gov submit call 0x0001 --hash 0x00",
        "gov second 0x00",
        "gov whitelist",
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
        "watch --serve 3",
        "watch 3 --serve localhost",
        "watch 3 --serve -o x.mp4",
        "watch 3 --serve --quality 720p",
        "receipts 0x00",
        "earnings --by year",
        "settle",
        "settle --file a --from-gateway",
        "account --gateway ftp://g",
        "wallet generate --phrase secret",
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
