//! Signing in: with which keys, what it is good for, how it goes on and ends.

use anyhow::{ensure, Context, Result};
use codec::Encode;
use reqwest::{
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE},
    Method,
};
use sp_runtime::traits::{BlakeTwo256, Hash};
use tick_stream_primitives::KeyLimits;
use vilokanam_chain::{Call, Signer};
use vilokanam_gateway_tests::{
    api::{ApiClient, Response},
    environment::{creator_key, EnvironmentOptions, TestEnvironment, DEPOSIT, SETTINGS},
    gateway::Gateway,
    signed,
    wallet::Wallet,
};
use vilokanam_tests::{accounts::CREATOR, viewer::key_limits, wait_for};
use vilokanam_wire::{
    auth::{Challenge, Me, NewChallenge, SignInAnswer, SignInView, SignedBy, SignedChallenge, REFRESH_COOKIE},
    scalars::bytes_to_hex,
    Account,
};

const REFRESH: &str = "/v1/auth/refresh";
const SIGN_INS: &str = "/v1/auth/sign-ins";
/// Path of publish keys, which only the creator has.
const PUBLISH_KEYS: &str = "/v1/streams/0/publish-keys";
/// Maximum time for which the access token of a sign-in that has ended is accepted.
const ENDED_SECONDS: u64 = 6;
/// Longest payload of a transaction that is signed as it is.
const MAX_SIGNED_BYTES: usize = 256;

/// The key that [`Wallet::with_deposit`] adds to a deposit.
fn session_key_of(uri: &str) -> Result<Signer> {
    Ok(Signer::from_uri(&format!("{uri}//session"))?)
}

async fn message(api: &ApiClient, who: &NewChallenge) -> Result<String> {
    Ok(signed::challenge(api, who).await?.json::<Challenge>()?.message)
}

/// Signs in with a session key of the account of `wallet`, or as a guest with it.
async fn with_key(api: &ApiClient, wallet: &Signer, key: &Signer, guest: bool) -> Result<Response> {
    let session_key = Some(Account(key.account()));
    let who = NewChallenge { account: Account(wallet.account()), session_key, guest };
    let message = message(api, &who).await?;
    signed::sign_in(api, &signed::signed_by(key, &message)).await
}

async fn with_wallet(api: &ApiClient, signer: &Signer) -> Result<Response> {
    let message = message(api, &signed::of_wallet(signer)).await?;
    signed::sign_in(api, &signed::signed_by(signer, &message)).await
}

fn token_of(answer: Response) -> Result<String> {
    Ok(answer.json::<SignInAnswer>()?.access_token)
}

async fn get(api: &ApiClient, token: &str, path: &str) -> Result<Response> {
    send(api, token, (Method::GET, path)).await
}

async fn send(api: &ApiClient, token: &str, (method, path): (Method, &str)) -> Result<Response> {
    let bearer = format!("Bearer {token}");
    api.send(method, path, &[(AUTHORIZATION.as_str(), &bearer)], Vec::new()).await
}

async fn me(api: &ApiClient, token: &str) -> Result<Me> {
    get(api, token, "/v1/me").await?.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_with_the_key_that_they_have() -> Result<()> {
    let options = EnvironmentOptions { is_live: false, ..Default::default() };
    let env = TestEnvironment::start(options).await?;
    let (api, wallet) = (&env.api, &env.wallets[0].signer);
    let by_wallet = me(api, &token_of(with_wallet(api, wallet).await?)?).await?;
    ensure!(by_wallet.account.0 == wallet.account() && by_wallet.by == SignedBy::Wallet, "{by_wallet:?}");

    let session_key = session_key_of("//Charlie")?;
    let by_key = me(api, &token_of(with_key(api, wallet, &session_key, false).await?)?).await?;
    ensure!(by_key.account.0 == wallet.account() && by_key.by == SignedBy::SessionKey, "{by_key:?}");
    let unknown = Signer::from_uri("//Charlie//another")?;
    with_key(api, wallet, &unknown, false).await?.expect_refusal(403, "sign-in-refused")?;

    let seed = [43; 32];
    let limits = KeyLimits { max_sessions: 1, ..key_limits(1_000_000_000_000, 1_000_000_000_000) };
    let device = env.wallets[0].add_device(seed, &limits).await?;
    let gift = Signer::from_seed(seed)?;
    let guest = with_key(api, wallet, &gift, true).await?.success()?;
    let cookie = cookie_of(&guest)?;
    let by_gift = me(api, &token_of(guest)?).await?;
    ensure!(by_gift.account.0 == gift.account() && by_gift.is_guest && by_gift.by == SignedBy::Guest, "{by_gift:?}");
    let without_key = NewChallenge { guest: true, ..signed::of_wallet(wallet) };
    signed::challenge(api, &without_key).await?.expect_refusal(400, "bad-request")?;
    let renewed = refresh(api, &cookie).await?.success()?;
    device.remove_key().await?;
    let late = refresh(api, &cookie_of(&renewed)?).await?;
    late.expect_refusal(401, "signed-out").context("a sign-in with a key that was removed")?;

    transaction_is_a_proof_if_it_does_nothing_but_remark(&env).await?;
    signature_is_good_once_and_for_one_gateway(&env).await?;
    removed_key_ends_its_sign_in(&env).await
}

/// A wallet that signs transactions only signs one that remarks the message, and that nobody submits.
async fn transaction_is_a_proof_if_it_does_nothing_but_remark(env: &TestEnvironment) -> Result<()> {
    let (api, signer) = (&env.api, &env.wallets[0].signer);
    let payload = |call: Vec<u8>, extension_bytes: usize| [call, vec![7; extension_bytes]].concat();
    let sign = |payload: &[u8]| match payload.len() > MAX_SIGNED_BYTES {
        true => signer.sign(BlakeTwo256::hash(payload).as_bytes()),
        false => signer.sign(payload),
    };
    let answer = |message: &str, payload: &[u8]| SignedChallenge {
        message: message.to_owned(),
        signature: bytes_to_hex(sign(payload).encode()),
        transaction: Some(bytes_to_hex(payload)),
        label: None,
    };
    for extension_bytes in [10, 300] {
        let message = message(api, &signed::of_wallet(signer)).await?;
        let call = env.chain.encode_call(&Call::remark(message.as_bytes())).await?;
        let payload = payload(call, extension_bytes);
        ensure!((payload.len() > MAX_SIGNED_BYTES) == (extension_bytes > 100), "{} bytes", payload.len());
        let me = me(api, &token_of(signed::sign_in(api, &answer(&message, &payload)).await?)?).await?;
        ensure!(me.account.0 == signer.account() && me.by == SignedBy::Wallet, "{me:?}");
    }
    let message = message(api, &signed::of_wallet(signer)).await?;
    let transfer = env.chain.encode_call(&Call::transfer_keep_alive(&signer.account(), 1)).await?;
    let other = env.chain.encode_call(&Call::remark(b"something else")).await?;
    for call in [transfer, other, Vec::new()] {
        let refused = signed::sign_in(api, &answer(&message, &payload(call, 10))).await?;
        refused.expect_refusal(403, "sign-in-refused")?;
    }
    Ok(())
}

async fn signature_is_good_once_and_for_one_gateway(env: &TestEnvironment) -> Result<()> {
    let (api, signer) = (&env.api, &env.wallets[0].signer);
    let wanted = message(api, &signed::of_wallet(signer)).await?;
    let stranger = signed::signed_by(&Signer::from_uri("//Eve")?, &wanted);
    signed::sign_in(api, &stranger).await?.expect_refusal(403, "sign-in-refused")?;
    let cut_off = SignedChallenge { signature: "0x01".into(), ..stranger };
    signed::sign_in(api, &cut_off).await?.expect_refusal(400, "bad-request")?;
    let good = signed::signed_by(signer, &wanted);
    let token = token_of(signed::sign_in(api, &good).await?).context("a wrong signature leaves the challenge")?;
    signed::sign_in(api, &good).await?.expect_refusal(403, "sign-in-refused").context("a second time")?;

    let edited = message(api, &signed::of_wallet(signer)).await?.replace("gateway 5", "gateway 6");
    let edited = signed::sign_in(api, &signed::signed_by(signer, &edited)).await?;
    edited.expect_refusal(403, "sign-in-refused").context("a message that names another gateway")?;
    // It has the same key, and another origin.
    let other = Gateway::start(&[env.node.url()], &SETTINGS).await?;
    let other_api = ApiClient::new(&other.url())?;
    let foreign = message(&other_api, &signed::of_wallet(signer)).await?;
    let relayed = signed::sign_in(api, &signed::signed_by(signer, &foreign)).await?;
    relayed.expect_refusal(403, "sign-in-refused").context("a challenge of another gateway")?;
    get(&other_api, &token, "/v1/me").await?.expect_refusal(401, "signed-out").context("a token of another gateway")?;
    get(api, "no token", "/v1/me").await?.expect_refusal(401, "signed-out")?;
    api.get("/v1/me").await?.expect_refusal(401, "signed-out")?;
    Ok(())
}

/// Returns the cookie of an answer as browsers send it.
fn cookie_of(answer: &Response) -> Result<String> {
    let set = answer.header(SET_COOKIE.as_str()).context("there is no cookie")?;
    let (cookie, attributes) = set.split_once(';').context("the cookie has no attributes")?;
    ensure!(cookie.starts_with(&format!("{REFRESH_COOKIE}=")), "another cookie: {set}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/v1/auth"] {
        ensure!(attributes.split("; ").any(|found| found.trim() == attribute), "no {attribute}: {set}");
    }
    Ok(cookie.to_owned())
}

async fn refresh(api: &ApiClient, cookie: &str) -> Result<Response> {
    api.send(Method::POST, REFRESH, &[(COOKIE.as_str(), cookie)], Vec::new()).await
}

async fn ends(api: &ApiClient, token: &str) -> Result<()> {
    wait_for("the access token to be refused", ENDED_SECONDS, || async {
        get(api, token, "/v1/me").await?.expect_refusal(401, "signed-out").map(|_| Some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_go_on_with_their_cookie_and_are_ended() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let (api, signer) = (&env.api, Signer::from_uri("//Dave")?);
    let begun = with_wallet(api, &signer).await?.success()?;
    let first = cookie_of(&begun)?;
    let renewed = refresh(api, &first).await?.success()?;
    let second = cookie_of(&renewed)?;
    ensure!(first != second, "the cookie stays the same");
    let token = token_of(renewed)?;
    ensure!(me(api, &token).await?.account.0 == signer.account(), "another account");
    refresh(api, &first).await?.expect_refusal(401, "sign-in-revoked").context("a cookie that was replaced")?;
    refresh(api, &second).await?.expect_refusal(401, "signed-out").context("its successor")?;
    ends(api, &token).await.context("the access token of a revoked sign-in")?;
    api.send(Method::POST, REFRESH, &[], Vec::new()).await?.expect_refusal(401, "signed-out")?;

    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(token_of(with_wallet(api, &signer).await?)?);
    }
    let list = |token: String| async move { get(api, &token, SIGN_INS).await?.json::<Vec<SignInView>>() };
    let listed = list(tokens[0].clone()).await?;
    ensure!(listed.len() == 3 && listed.iter().all(|sign_in| sign_in.label == "a test"), "{listed:?}");
    ensure!(listed.iter().filter(|sign_in| sign_in.is_this).count() == 1, "{listed:?}");
    let second = list(tokens[1].clone()).await?;
    let second = second.iter().find(|sign_in| sign_in.is_this).context("the one that asks is not listed")?;
    let path = format!("{SIGN_INS}/{}", second.id);
    let stranger = token_of(with_wallet(api, &Signer::from_uri("//Eve")?).await?)?;
    send(api, &stranger, (Method::DELETE, &path)).await?.expect_refusal(404, "not-found")?;
    send(api, &tokens[0], (Method::DELETE, &path)).await?.success()?;
    ends(api, &tokens[1]).await?;
    send(api, &tokens[0], (Method::DELETE, SIGN_INS)).await?.success()?;
    ends(api, &tokens[2]).await?;
    ensure!(list(tokens[0].clone()).await?.len() == 1, "the others have not ended");
    send(api, &tokens[0], (Method::POST, "/v1/auth/sign-out")).await?.success()?;
    ends(api, &tokens[0]).await?;
    ensure!(me(api, &stranger).await?.by == SignedBy::Wallet, "another person is signed out");
    Ok(())
}

type Headers = &'static [(&'static str, &'static str)];

const NONE: Headers = &[];
const JSON: Headers = &[("content-type", "application/json")];
const VTT: Headers = &[("content-type", "text/vtt")];
const UPLOAD: Headers =
    &[("tus-resumable", "1.0.0"), ("upload-metadata", "stream MA==,title RmlsbQ=="), ("upload-length", "9")];

/// A device that its owner has removed does not stay signed in.
async fn removed_key_ends_its_sign_in(env: &TestEnvironment) -> Result<()> {
    let (api, wallet) = (&env.api, &env.wallets[0]);
    let begun = with_key(api, &wallet.signer, &session_key_of("//Charlie")?, false).await?.success()?;
    let renewed = refresh(api, &cookie_of(&begun)?).await?.success().context("the key is listed")?;
    wallet.remove_key().await?;
    refresh(api, &cookie_of(&renewed)?).await?.expect_refusal(401, "signed-out")?;
    ends(api, &token_of(renewed)?).await
}

/// A request that only the creator of the stream may send.
struct Request {
    method: Method,
    path: &'static str,
    headers: Headers,
    body: &'static str,
}

fn creators_requests() -> Vec<Request> {
    let source = r#"{"url":"https://example.org/live.m3u8"}"#;
    let captions = "WEBVTT\n";
    let all = [
        (Method::POST, PUBLISH_KEYS, NONE, ""),
        (Method::GET, PUBLISH_KEYS, NONE, ""),
        (Method::DELETE, "/v1/streams/0/publish-keys/000000000000", NONE, ""),
        (Method::GET, "/v1/streams/0/health", NONE, ""),
        (Method::GET, "/v1/streams/0/quality", NONE, ""),
        (Method::GET, "/v1/streams/0/settings", NONE, ""),
        (Method::PATCH, "/v1/streams/0/settings", JSON, "{}"),
        (Method::PUT, "/v1/streams/0/source", JSON, source),
        (Method::GET, "/v1/streams/0/source", NONE, ""),
        (Method::DELETE, "/v1/streams/0/source", NONE, ""),
        (Method::GET, "/v1/jobs?stream=0", NONE, ""),
        (Method::POST, "/v1/uploads", UPLOAD, ""),
        (Method::PATCH, "/v1/streams/0/recordings/1", JSON, r#"{"title":"x"}"#),
        (Method::DELETE, "/v1/streams/0/recordings/1", NONE, ""),
        (Method::PUT, "/v1/streams/0/captions/en", VTT, captions),
        (Method::DELETE, "/v1/streams/0/captions/en", NONE, ""),
        (Method::PUT, "/v1/streams/0/recordings/1/captions/en", VTT, captions),
        (Method::DELETE, "/v1/streams/0/recordings/1/captions/en", NONE, ""),
    ];
    all.into_iter().map(|(method, path, headers, body)| Request { method, path, headers, body }).collect()
}

impl Request {
    async fn send(&self, api: &ApiClient, token: Option<&str>) -> Result<Response> {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers: Vec<(&str, &str)> = self.headers.to_vec();
        headers.extend(bearer.iter().map(|bearer| (AUTHORIZATION.as_str(), bearer.as_str())));
        api.send(self.method.clone(), self.path, &headers, self.body.into()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_creators_needs_the_creators_own_key() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let (api, creator) = (&env.api, creator_key()?);
    Wallet::with_deposit(&env.chain, CREATOR, DEPOSIT).await?;
    let by_key = token_of(with_key(api, &creator, &session_key_of(CREATOR)?, false).await?)?;
    let stranger = token_of(with_wallet(api, &Signer::from_uri("//Dave")?).await?)?;
    for request in creators_requests() {
        let what = || format!("{} {}", request.method, request.path);
        request.send(api, None).await?.expect_refusal(401, "signed-out").with_context(what)?;
        request.send(api, Some(&stranger)).await?.expect_refusal(403, "forbidden").with_context(what)?;
        request.send(api, Some(&by_key)).await?.expect_refusal(403, "wallet-needed").with_context(what)?;
    }
    let creator = token_of(with_wallet(api, &creator).await?)?;
    send(api, &creator, (Method::POST, PUBLISH_KEYS)).await?.success()?;
    let bearer = format!("Bearer {creator}");
    let settings = [(AUTHORIZATION.as_str(), bearer.as_str()), (CONTENT_TYPE.as_str(), "application/json")];
    api.send(Method::PATCH, "/v1/streams/0/settings", &settings, b"{}".to_vec()).await?.success()?;
    Ok(())
}
