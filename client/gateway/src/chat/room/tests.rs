//! The rules, one by one.

use super::*;
use vilokanam_wire::Account;

const NOW: Moment = 1_800_000_000_000;
const CREATOR: u8 = 1;
const MODERATOR: u8 = 2;
const STRANGER: u8 = 7;

fn account(number: u8) -> AccountId {
    AccountId::new([number; 32])
}

fn speaker(number: u8) -> Speaker {
    Speaker { account: account(number), is_wallet: true, is_guest: false, is_gateway_moderator: false }
}

fn facts(number: u8) -> Facts {
    let person = PersonRef::unnamed(Account(account(number)));
    Facts { person, is_follower: false, is_payer: false, is_tipper: false }
}

fn message(client_id: &str, text: &str) -> NewMessage {
    NewMessage { client_id: client_id.into(), text: text.into(), reply_to: None }
}

struct TestRoom {
    room: Room,
    next: u64,
    now: Moment,
}

impl TestRoom {
    fn new() -> Self {
        let beginning = Beginning { moderators: [account(MODERATOR)].into(), ..Beginning::default() };
        Self { room: Room::new(account(CREATOR), beginning), next: 1, now: NOW }
    }

    fn with_mode(mode: ChatMode) -> Self {
        let mut room = Self::new();
        room.room.set_mode(mode);
        room.room.take_news();
        room
    }

    /// Admits and says, as the gateway does it.
    fn say_with(&mut self, facts: Facts, message: NewMessage) -> Result<ChatMessage, ChatError> {
        let speaker = Speaker { account: facts.person.account.0.clone(), ..speaker(0) };
        if let Some(known) = self.room.admit(&speaker, &message, self.now)? {
            return Ok(known);
        }
        self.next += 1;
        self.room.say((&speaker, facts), message, self.next, self.now)
    }

    fn say(&mut self, number: u8, text: &str) -> Result<ChatMessage, ChatError> {
        let name = self.next.to_string();
        self.say_with(facts(number), message(&name, text))
    }

    fn texts(&mut self) -> Vec<String> {
        let news = self.room.take_news().into_iter();
        let messages = news.filter_map(|news| match news {
            ToChatter::Messages { messages } => Some(messages),
            _ => None,
        });
        messages.flatten().map(|message| message.text).collect()
    }

    fn later(&mut self, seconds: u64) {
        self.now += seconds * 1_000;
    }
}

#[test]
fn messages_are_news_once_and_are_kept() {
    let mut room = TestRoom::new();
    room.say(STRANGER, "one").unwrap();
    room.say(CREATOR, "two").unwrap();
    assert_eq!(room.texts(), ["one", "two"]);
    assert!(room.room.take_news().is_empty());
    assert_eq!(room.room.last_messages().len(), 2);
}

#[test]
fn history_is_bounded() {
    let mut room = TestRoom::new();
    for number in 0..=MAX_HISTORY {
        room.later(1);
        room.say(STRANGER, &number.to_string()).unwrap();
    }
    assert_eq!(room.room.history.len(), MAX_HISTORY);
    let last = room.room.last_messages();
    assert_eq!((last.len(), &*last[MAX_WELCOME - 1].text), (MAX_WELCOME, "200"));
}

#[test]
fn message_sent_twice_is_accepted_once() {
    let mut room = TestRoom::new();
    let first = room.say_with(facts(STRANGER), message("a", "hello")).unwrap();
    let again = room.say_with(facts(STRANGER), message("a", "hello")).unwrap();
    assert_eq!((first.id, first.client_id.as_deref()), (again.id, Some("a")));
    assert_eq!(again, first);
    let other = room.say_with(facts(8), message("a", "hello")).unwrap();
    assert_ne!(other.id, first.id, "another person's message of the same name");
    assert_eq!(room.texts(), ["hello", "hello"]);
    assert!(
        room.room.last_messages().iter().all(|message| message.client_id.is_none()),
        "only its author gets the name"
    );
}

#[test]
fn flood_of_one_person_is_refused() {
    let mut room = TestRoom::new();
    let said = (0..20).filter(|_| room.say(STRANGER, "flood").is_ok()).count();
    assert_eq!(said, 5);
    assert!(matches!(room.say(STRANGER, "more"), Err(ChatError::TooFast { retry_after_s: 1 })));
    assert!(room.say(8, "another person").is_ok());
    room.later(1);
    assert!(room.say(STRANGER, "later").is_ok());
}

#[test]
fn flood_of_many_persons_is_refused() {
    let mut room = TestRoom::new();
    let results: Vec<_> = (3..=250).map(|number| room.say(number, "flood")).collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 200);
    assert!(matches!(results.last(), Some(Err(ChatError::TooMany))));
}

#[test]
fn slow_mode_holds_back_everybody_but_moderators() {
    let mut room = TestRoom::with_mode(ChatMode { slow_s: 30, ..ChatMode::default() });
    room.say(STRANGER, "one").unwrap();
    room.later(10);
    assert!(matches!(room.say(STRANGER, "two"), Err(ChatError::Slow { slow_s: 30, retry_after_s: 20 })));
    room.later(20);
    assert!(room.say(STRANGER, "two").is_ok());
    for number in [CREATOR, MODERATOR] {
        assert!(room.say(number, "one").is_ok() && room.say(number, "two").is_ok());
    }
}

#[test]
fn followers_only_mode_refuses_others() {
    let mut room = TestRoom::with_mode(ChatMode { followers_only: true, ..ChatMode::default() });
    assert!(matches!(room.say(STRANGER, "hello"), Err(ChatError::FollowersOnly)));
    assert!(room.say_with(Facts { is_follower: true, ..facts(8) }, message("a", "hello")).is_ok());
    assert!(room.say(CREATOR, "hello").is_ok());
}

#[test]
fn payers_only_mode_refuses_others() {
    let mut room = TestRoom::with_mode(ChatMode { payers_only: true, ..ChatMode::default() });
    assert!(matches!(room.say(STRANGER, "hello"), Err(ChatError::PayersOnly)));
    let said = room.say_with(Facts { is_payer: true, ..facts(8) }, message("a", "hello")).unwrap();
    assert_eq!(said.badges, [ChatBadge::Payer]);
    assert!(room.say(MODERATOR, "hello").is_ok());
}

#[test]
fn refused_message_does_not_start_slow_mode() {
    let mode = ChatMode { slow_s: 60, followers_only: true, ..ChatMode::default() };
    let mut room = TestRoom::with_mode(mode);
    assert!(matches!(room.say(STRANGER, "hello"), Err(ChatError::FollowersOnly)));
    assert!(room.say_with(Facts { is_follower: true, ..facts(STRANGER) }, message("a", "hello")).is_ok());
}

#[test]
fn blocked_words_are_refused_from_everybody() {
    let mut room = TestRoom::new();
    room.room.set_blocked_words(vec!["badword".into()]);
    for number in [STRANGER, CREATOR] {
        assert!(matches!(room.say(number, "a B4DWORD!"), Err(ChatError::Word)));
    }
    assert!(room.say(STRANGER, "a good word").is_ok());
    assert!(!room.room.shows_memo(&account(STRANGER), "badword", NOW));
    assert!(room.room.shows_memo(&account(STRANGER), "thanks", NOW));
}

#[test]
fn banned_person_is_refused_until_the_ban_is_lifted() {
    let mut room = TestRoom::new();
    room.room.restrict(account(STRANGER), None);
    assert!(matches!(room.say(STRANGER, "hello"), Err(ChatError::Banned)));
    assert!(!room.room.shows_memo(&account(STRANGER), "hello", NOW));
    room.room.forget_old(u64::MAX);
    assert!(matches!(room.say(STRANGER, "hello"), Err(ChatError::Banned)), "a ban is never over");
    room.room.unrestrict(&account(STRANGER));
    assert!(room.say(STRANGER, "hello").is_ok());
}

#[test]
fn timed_out_person_may_write_afterwards() {
    let mut room = TestRoom::new();
    room.room.restrict(account(STRANGER), Some(NOW + 60_000));
    assert!(matches!(room.say(STRANGER, "hello"), Err(ChatError::TimedOut { retry_after_s: 60, .. })));
    room.later(60);
    assert!(room.say(STRANGER, "hello").is_ok());
    assert_eq!(room.room.restriction(&account(STRANGER), room.now), None);
}

#[test]
fn creator_and_moderators_cannot_be_restricted() {
    let room = TestRoom::new().room;
    let untouchable =
        |by: u8, whom: u8| matches!(room.check_restrict(&speaker(by), &account(whom)), Err(ChatError::Untouchable));
    assert!(untouchable(MODERATOR, CREATOR) && untouchable(MODERATOR, MODERATOR) && untouchable(CREATOR, CREATOR));
    assert!(untouchable(CREATOR, MODERATOR), "the creator takes the right to moderate first");
    assert!(room.check_restrict(&speaker(MODERATOR), &account(STRANGER)).is_ok());
}

#[test]
fn strangers_may_not_moderate() {
    let room = TestRoom::new().room;
    assert!(matches!(room.check_moderator(&speaker(STRANGER)), Err(ChatError::NotModerator)));
    assert!(matches!(room.check_restrict(&speaker(STRANGER), &account(8)), Err(ChatError::NotModerator)));
    let without_wallet = Speaker { is_wallet: false, ..speaker(CREATOR) };
    assert!(matches!(room.check_moderator(&without_wallet), Err(ChatError::WalletNeeded)));
    let guest = Speaker { is_guest: true, ..speaker(MODERATOR) };
    assert!(!room.can_moderate(&guest));
    let of_gateway = Speaker { is_gateway_moderator: true, ..speaker(STRANGER) };
    assert!(room.can_moderate(&of_gateway) && room.can_moderate(&speaker(MODERATOR)));
}

#[test]
fn badges_say_what_an_author_is() {
    let mut room = TestRoom::new();
    let badges = |said: Result<ChatMessage, ChatError>| said.unwrap().badges;
    assert_eq!(badges(room.say(STRANGER, "a")), []);
    assert_eq!(badges(room.say(CREATOR, "a")), [ChatBadge::Creator]);
    let moderator = Facts { is_payer: true, is_tipper: true, ..facts(MODERATOR) };
    let expected = [ChatBadge::Moderator, ChatBadge::Payer, ChatBadge::Tipper];
    assert_eq!(badges(room.say_with(moderator, message("a", "a"))), expected);
}

#[test]
fn reply_quotes_the_message_that_it_answers() {
    let mut room = TestRoom::new();
    let first = room.say(STRANGER, &"long ".repeat(50)).unwrap();
    let reply = NewMessage { reply_to: Some(first.id), ..message("r", "yes") };
    let reply = room.say_with(facts(8), reply).unwrap().reply_to.unwrap();
    assert_eq!((reply.id, reply.text.chars().count()), (first.id, MAX_QUOTE_CHARS));
    let odd = NewMessage { reply_to: Some(MessageId(999)), ..message("o", "yes") };
    assert!(matches!(room.say_with(facts(8), odd), Err(ChatError::NoMessage)));
}

#[test]
fn deleted_message_is_gone_with_its_quotations() {
    let mut room = TestRoom::new();
    let first = room.say(STRANGER, "regretted").unwrap();
    room.say_with(facts(8), NewMessage { reply_to: Some(first.id), ..message("r", "yes") }).unwrap();
    room.room.pin(Some(first.clone()));
    room.room.delete(&[first.id]);
    assert_eq!(room.room.pinned(), None);
    assert!(room.room.last_messages().iter().all(|message| message.id != first.id && message.reply_to.is_none()));
    let news = room.room.take_news();
    assert_eq!(news[0], ToChatter::Deleted { ids: vec![first.id] });
    let ToChatter::Messages { messages } = &news[1] else { panic!("{news:?}") };
    assert_eq!(messages.len(), 1, "a message that was deleted before it was sent is not sent");
    assert_eq!(messages[0].reply_to, None);
    assert_eq!(news[2], ToChatter::Pinned { message: None });
}

#[test]
fn mode_and_pin_are_news_when_they_change() {
    let mut room = TestRoom::new();
    room.room.set_mode(ChatMode::default());
    assert!(room.room.take_news().is_empty(), "it is the same mode");
    let mode = ChatMode { slow_s: 5, ..ChatMode::default() };
    room.room.set_mode(mode);
    assert_eq!(room.room.take_news(), [ToChatter::Mode { mode }]);
    let first = room.say(STRANGER, "pin me").unwrap();
    room.room.take_news();
    let pinned = room.room.message(first.id).cloned();
    room.room.pin(pinned.clone());
    assert_eq!(room.room.take_news(), [ToChatter::Pinned { message: pinned.map(Box::new) }]);
}

#[test]
fn tip_is_shown_once_and_goes_with_its_block() {
    let mut room = TestRoom::new();
    let tip = ShownTip {
        id: 9,
        facts: Facts { is_tipper: true, ..facts(STRANGER) },
        amount: 5,
        text: String::new(),
        made_at: NOW,
    };
    room.room.tip(tip.clone());
    room.room.tip(tip);
    let last = room.room.last_messages();
    assert_eq!(last.len(), 1);
    assert_eq!((last[0].tip, &*last[0].badges), (Some(ChatTip { amount: Planck(5) }), &[ChatBadge::Tipper][..]));
    room.room.delete(&[MessageId(9)]);
    assert!(room.room.last_messages().is_empty());
}

#[test]
fn big_batches_are_split() {
    let mut room = TestRoom::new();
    for number in 0..250_u64 {
        let tip = ShownTip { id: number, facts: facts(STRANGER), amount: 1, text: String::new(), made_at: NOW };
        room.room.tip(tip);
    }
    let sizes: Vec<usize> = room
        .room
        .take_news()
        .iter()
        .map(|news| match news {
            ToChatter::Messages { messages } => messages.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sizes, [200, 50]);
}
