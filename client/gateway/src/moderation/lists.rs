//! What requests are checked with: blocked accounts, networks and words, and what is withheld. A copy of the database in memory.

use super::error::{BlockError, ModerationError, MIN_PREFIX_V4, MIN_PREFIX_V6};
use crate::stream_rules::Withheld;
use ipnet::IpNet;
use parking_lot::RwLock;
use std::{
    collections::HashSet,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_indexer::{
    people::{blocked_account, BlockRow, DecisionRow},
    GatewayStateError, Store,
};
use vilokanam_people::words::{clean_list, BlockedWords};
use vilokanam_wire::{
    admin::{BlockKind, MAX_WORD_CHARS},
    moderation::{DecisionAction, ReportSubject},
    Account,
};

/// Maximum number of entries of one kind: accounts, networks, words.
pub const MAX_BLOCKS: [(BlockKind, u32); 3] =
    [(BlockKind::Account, 10_000), (BlockKind::Network, 1_000), (BlockKind::Word, 1_000)];
/// Maximum number of entries of all kinds.
pub const MAX_ALL_BLOCKS: u32 = 12_000;
/// Numbers of what is blocked and withheld.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Watched {
    pub accounts: u64,
    pub networks: u64,
    pub words: u64,
    /// Subjects that are withheld.
    pub hidden: u64,
}

/// The lists, as they were read last.
#[derive(Default)]
pub struct Lists(RwLock<Arc<Snapshot>>);

#[derive(Default)]
struct Snapshot {
    accounts: HashSet<AccountId>,
    networks: Vec<IpNet>,
    words: BlockedWords,
    word_count: u64,
    hidden: HashSet<ReportSubject>,
    withheld: Withheld,
}

impl Lists {
    /// Reads everything again.
    ///
    /// # Errors
    ///
    /// The records cannot be read; then nothing changes.
    pub async fn load(&self, index: &Store) -> Result<(), GatewayStateError> {
        let blocks = index.blocks(MAX_ALL_BLOCKS).await?;
        let decisions = index.withholding_decisions().await?;
        let blocked_streams = index.streams_of_blocked().await?;
        *self.0.write() = Arc::new(Snapshot::new(&blocks, &decisions, blocked_streams));
        Ok(())
    }

    /// Checks that an account is not blocked.
    pub fn check_account(&self, account: &AccountId) -> Result<(), ModerationError> {
        match self.0.read().accounts.contains(account) {
            true => Err(ModerationError::Blocked),
            false => Ok(()),
        }
    }

    /// Checks that a text has no blocked word.
    pub fn check_text(&self, text: &str) -> Result<(), ModerationError> {
        let snapshot = self.0.read().clone();
        match snapshot.words.is_in(text) {
            true => Err(ModerationError::Word),
            false => Ok(()),
        }
    }

    /// Checks that an address is in no blocked network.
    pub fn check_network(&self, address: IpAddr) -> Result<(), ModerationError> {
        let (snapshot, address) = (self.0.read().clone(), address.to_canonical());
        match snapshot.networks.iter().any(|network| network.contains(&address)) {
            true => Err(ModerationError::Network),
            false => Ok(()),
        }
    }

    /// Returns whether something is withheld. A recording is withheld with its stream.
    pub fn is_hidden(&self, subject: &ReportSubject) -> bool {
        let snapshot = self.0.read();
        let of_stream = match subject {
            ReportSubject::Stream(stream) | ReportSubject::Recording(stream, _) => Some(stream),
            _ => None,
        };
        of_stream.is_some_and(|stream| snapshot.withheld.hidden.contains(stream)) || snapshot.hidden.contains(subject)
    }

    /// Returns the streams that are withheld.
    pub fn withheld(&self) -> Withheld {
        self.0.read().withheld.clone()
    }

    /// Returns the recordings that are withheld for themselves.
    pub fn withheld_recordings(&self) -> HashSet<(StreamId, u64)> {
        let place = |subject: &ReportSubject| match subject {
            ReportSubject::Recording(stream, number) => Some((*stream, *number)),
            _ => None,
        };
        self.0.read().hidden.iter().filter_map(place).collect()
    }

    /// Returns the numbers of the lists.
    pub fn watched(&self) -> Watched {
        let snapshot = self.0.read();
        Watched {
            accounts: snapshot.accounts.len() as u64,
            networks: snapshot.networks.len() as u64,
            words: snapshot.word_count,
            hidden: snapshot.hidden.len() as u64,
        }
    }
}

impl Snapshot {
    /// Builds the lists from rows. A row that cannot be read is left out and logged: another version has written it.
    fn new(blocks: &[BlockRow], decisions: &[DecisionRow], blocked_streams: Vec<StreamId>) -> Self {
        let mut snapshot = Self::default();
        let mut words = Vec::new();
        for block in blocks {
            match block.kind.parse() {
                Ok(BlockKind::Account) => snapshot.accounts.extend(account_of(&block.value)),
                Ok(BlockKind::Network) => snapshot.networks.extend(block.value.parse::<IpNet>()),
                Ok(BlockKind::Word) => words.push(block.value.clone()),
                Err(_) => tracing::warn!(kind = block.kind, "a block of an unknown kind has no effect"),
            }
        }
        snapshot.word_count = words.len() as u64;
        snapshot.words = BlockedWords::new(&words);
        snapshot.withheld.not_published = blocked_streams.into_iter().collect();
        for decision in decisions {
            let (subject, action) = (decision.subject.parse(), decision.action.parse());
            let (Ok(subject), Ok(action)) = (subject, action) else {
                tracing::warn!(decision = decision.id, "a decision that cannot be read has no effect");
                continue;
            };
            snapshot.withhold(subject, action);
        }
        snapshot
    }

    fn withhold(&mut self, subject: ReportSubject, action: DecisionAction) {
        match &subject {
            ReportSubject::Stream(stream) => {
                self.withheld.hidden.insert(*stream);
                if action == DecisionAction::CutOff {
                    self.withheld.not_published.insert(*stream);
                }
            }
            ReportSubject::Person(person) if action == DecisionAction::CutOff => {
                self.accounts.insert(person.0.clone());
            }
            _ => {}
        }
        self.hidden.insert(subject);
    }
}

fn account_of(value: &str) -> Option<AccountId> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(value, &mut bytes).ok()?;
    Some(AccountId::new(bytes))
}

/// Returns what is to be blocked as it is stored.
///
/// # Errors
///
/// [`BlockError`] if it is nothing of this kind, or must not be blocked.
pub fn stored_value(kind: BlockKind, value: &str) -> Result<String, BlockError> {
    match kind {
        BlockKind::Account => Ok(blocked_account(&value.trim().parse::<Account>()?.0)),
        BlockKind::Network => network(value.trim()).map(|network| network.to_string()),
        BlockKind::Word => word(value),
    }
}

/// Returns what is blocked as it is shown.
pub fn shown_value(kind: BlockKind, stored: &str) -> String {
    match kind {
        BlockKind::Account => account_of(stored).map_or_else(|| stored.into(), |who| Account(who).to_string()),
        BlockKind::Network | BlockKind::Word => stored.into(),
    }
}

fn network(text: &str) -> Result<IpNet, BlockError> {
    let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network =
        address.or_else(|_| text.parse()).map_err(|_| BlockError::Network(text.chars().take(64).collect()))?;
    let network = network.trunc();
    let min_prefix = match network {
        IpNet::V4(_) => MIN_PREFIX_V4,
        IpNet::V6(_) => MIN_PREFIX_V6,
    };
    if network.prefix_len() < min_prefix {
        return Err(BlockError::TooLarge(network));
    }
    let own = [IpNet::from(IpAddr::from([127, 0, 0, 1])), IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST))];
    let is_own = |address: IpAddr| address.is_loopback();
    if is_own(network.addr()) || own.iter().any(|own| network.contains(own)) {
        return Err(BlockError::Loopback(network));
    }
    Ok(network)
}

fn word(text: &str) -> Result<String, BlockError> {
    let cleaned = clean_list(&[text.to_lowercase()], 1, MAX_WORD_CHARS).map_err(|_| BlockError::Word)?;
    let word = cleaned.concat();
    let is_right = (2..=MAX_WORD_CHARS).contains(&word.chars().count()) && !word.chars().any(char::is_control);
    is_right.then_some(word).ok_or(BlockError::Word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: BlockKind, value: &str) -> BlockRow {
        let value = stored_value(kind, value).unwrap();
        BlockRow { kind: kind.to_string(), value, note: String::new(), author: AccountId::new([9; 32]), made_at: 1 }
    }

    fn decision(subject: &str, action: &str) -> DecisionRow {
        DecisionRow {
            id: 1,
            subject: subject.into(),
            person: None,
            action: action.into(),
            note: String::new(),
            author: AccountId::new([9; 32]),
            made_at: 1,
            lifted_at: None,
        }
    }

    fn lists(blocks: &[BlockRow], decisions: &[DecisionRow], streams: &[StreamId]) -> Lists {
        Lists(RwLock::new(Arc::new(Snapshot::new(blocks, decisions, streams.to_vec()))))
    }

    #[test]
    fn blocked_account_network_and_word_are_refused_and_others_are_not() {
        let account = Account(AccountId::new([1; 32]));
        let blocks = [
            block(BlockKind::Account, &account.to_string()),
            block(BlockKind::Network, "203.0.113.9/24"),
            block(BlockKind::Network, "2001:db8::/32"),
            block(BlockKind::Word, " Swindle "),
        ];
        let lists = lists(&blocks, &[], &[]);
        assert_eq!(lists.check_account(&account.0), Err(ModerationError::Blocked));
        assert_eq!(lists.check_account(&AccountId::new([2; 32])), Ok(()));
        let check = |text: &str| lists.check_network(text.parse().unwrap());
        for blocked in ["203.0.113.1", "::ffff:203.0.113.1", "2001:db8:7::1"] {
            assert_eq!(check(blocked), Err(ModerationError::Network), "{blocked}");
        }
        for other in ["203.0.114.1", "2001:db9::1", "127.0.0.1"] {
            assert_eq!(check(other), Ok(()), "{other}");
        }
        assert_eq!(lists.check_text("this is a SWINDLE!"), Err(ModerationError::Word));
        assert_eq!(lists.check_text("this is none"), Ok(()));
        assert_eq!(lists.watched(), Watched { accounts: 1, networks: 2, words: 1, hidden: 0 });
    }

    #[test]
    fn recording_is_hidden_for_itself_and_with_its_stream() {
        let decisions =
            [decision("recording:7:3", "hide"), decision("stream:8", "hide"), decision("stream:9", "cut_off")];
        let lists = lists(&[], &decisions, &[4]);
        let is_hidden = |text: &str| lists.is_hidden(&text.parse().unwrap());
        assert!(is_hidden("recording:7:3") && is_hidden("recording:8:1") && is_hidden("stream:9"));
        assert!(!is_hidden("recording:7:4") && !is_hidden("stream:7") && !is_hidden("stream:4"));
        assert_eq!(lists.withheld(), Withheld { hidden: [8, 9].into(), not_published: [4, 9].into() });
        assert_eq!(lists.withheld_recordings(), [(7, 3)].into());
    }

    #[test]
    fn person_who_is_cut_off_is_blocked_and_one_who_is_warned_is_not() {
        let person = |byte| Account(AccountId::new([byte; 32]));
        let lists = lists(&[], &[decision(&format!("person:{}", person(1)), "cut_off")], &[]);
        assert_eq!(lists.check_account(&person(1).0), Err(ModerationError::Blocked));
        assert_eq!(lists.check_account(&person(2).0), Ok(()));
    }

    #[test]
    fn what_must_not_be_blocked_is_refused() {
        for own in ["127.0.0.1", "127.0.0.0/8", "::1"] {
            assert!(matches!(stored_value(BlockKind::Network, own), Err(BlockError::Loopback(_))), "{own}");
        }
        for large in ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/15"] {
            assert!(matches!(stored_value(BlockKind::Network, large), Err(BlockError::TooLarge(_))), "{large}");
        }
        assert!(matches!(stored_value(BlockKind::Network, "example.org"), Err(BlockError::Network(_))));
        assert!(matches!(stored_value(BlockKind::Account, "Alice"), Err(BlockError::Account(_))));
        for word in ["", " a ", "a\u{7}b", "!!", &"w".repeat(65)] {
            assert_eq!(stored_value(BlockKind::Word, word), Err(BlockError::Word), "{word:?}");
        }
    }

    #[test]
    fn stored_values_are_shown_as_people_write_them() {
        let account = Account(AccountId::new([1; 32])).to_string();
        let stored = stored_value(BlockKind::Account, &account).unwrap();
        assert_eq!(shown_value(BlockKind::Account, &stored), account);
        let stored = stored_value(BlockKind::Network, "203.0.113.9/24").unwrap();
        assert_eq!(shown_value(BlockKind::Network, &stored), "203.0.113.0/24");
        assert_eq!(stored_value(BlockKind::Word, "Two  Words").as_deref(), Ok("two words"));
    }
}
