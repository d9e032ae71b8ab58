//! People who write, each with a socket that is signed in.

use super::fanout::{self, Socket, MARK};
use codec::Encode;
use futures::{SinkExt, StreamExt};
use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use vilokanam_chain::Signer;
use vilokanam_terminal::{CommandError, StatusLine};
use vilokanam_viewer::gateway::GatewayClient;
use vilokanam_wire::{
    auth::{Challenge, NewChallenge, SignInAnswer, SignedChallenge},
    chat::{ChatAction, ChatSignIn, ToChatter},
    scalars::bytes_to_hex,
    Account, StreamRef,
};

/// Time for the last answers of the gateway.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// What became of the messages.
#[derive(Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
}

/// People who write.
pub struct Speakers(Vec<Socket>);

impl Speakers {
    /// Signs people in, with keys of their own, and connects them.
    ///
    /// # Errors
    ///
    /// When the gateway cannot be reached or refuses.
    pub async fn sign_in(
        gateway: &GatewayClient,
        stream: StreamRef,
        people: u32,
        line: &StatusLine,
    ) -> Result<Self, CommandError> {
        let mut sockets = Vec::new();
        for number in 0..people {
            line.set(format!("signing in: {number} of {people} people"));
            let token = sign_in(gateway, number).await?;
            sockets.push(fanout::connect(gateway, stream, ChatSignIn::Hello { token: Some(token) }).await?);
        }
        Ok(Self(sockets))
    }

    /// Writes messages in turn for a time. Returns how many were accepted and refused.
    pub async fn write(self, began: Instant, rate: u32, length: Duration, stop: &watch::Receiver<bool>) -> (u64, u64) {
        let counts = Arc::new(Counts::default());
        let mut people = Vec::new();
        for socket in self.0 {
            let (sender, receiver) = socket.split();
            tokio::spawn(count_answers(receiver, counts.clone()));
            people.push(sender);
        }
        let until = Instant::now() + length;
        let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
        for number in 0_usize.. {
            tick.tick().await;
            if Instant::now() >= until || *stop.borrow() {
                break;
            }
            let text = format!("{MARK}{} of message {number}", began.elapsed().as_micros());
            let say = ChatAction::Say { client_id: number.to_string(), text, reply_to: None };
            let place = number % people.len();
            let json = serde_json::to_string(&say).unwrap_or_default();
            // A person whose socket is closed writes no more; what was not accepted is not expected to arrive.
            if let Some(sender) = people.get_mut(place) {
                let _ = sender.send(Message::text(json)).await;
            }
        }
        tokio::time::sleep(LAST_ANSWERS).await;
        (counts.accepted.load(Ordering::Relaxed), counts.refused.load(Ordering::Relaxed))
    }
}

/// Counts what the gateway answers to one person: its own message with its name, or a refusal.
async fn count_answers(mut receiver: futures::stream::SplitStream<Socket>, counts: Arc<Counts>) {
    while let Some(Ok(message)) = receiver.next().await {
        let Message::Text(text) = message else { continue };
        // Most are messages of others, which are not worth parsing.
        if !text.contains("\"client_id\"") {
            continue;
        }
        match serde_json::from_str(&text) {
            Ok(ToChatter::Messages { messages }) => {
                let own = messages.iter().filter(|message| message.client_id.is_some()).count();
                counts.accepted.fetch_add(own as u64, Ordering::Relaxed);
            }
            Ok(ToChatter::Refused { .. }) => {
                counts.refused.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}

/// Signs in with a key that nobody else has. Returns the access token.
async fn sign_in(gateway: &GatewayClient, number: u32) -> Result<String, CommandError> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = sp_crypto_hashing::blake2_256(&(now.as_nanos(), std::process::id(), number).encode());
    let signer = Signer::from_seed(seed)?;
    let account = Account(signer.account());
    let challenge: Challenge =
        gateway.post("/v1/auth/challenge", &NewChallenge { account, session_key: None, guest: false }).await?;
    let signature = bytes_to_hex(signer.sign(challenge.message.as_bytes()).encode());
    let label = Some("vilokanam-load".to_owned());
    let signed = SignedChallenge { message: challenge.message, signature, transaction: None, label };
    let answer: SignInAnswer = gateway.post("/v1/auth/sign-in", &signed).await?;
    Ok(answer.access_token)
}
