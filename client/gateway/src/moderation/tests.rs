//! Decisions, appeals and lists on a database of their own.

use super::*;
use crate::{notices::Happening, secrets::Secrets, test_stream::stream_of};
use object_store::memory::InMemory;
use sp_runtime::Permill;
use tick_stream_primitives::{clock::now_ms, StreamId, StreamStatus, TickEvent};
use tokio::sync::mpsc;
use vilokanam_indexer::{people::ReportRow, BlockFacts, BlockHash, ChainIdentity, PageRequest};
use vilokanam_ingest::StreamClosed;
use vilokanam_wire::{
    admin::{BlockKind, GrantedRole},
    moderation::DecisionAction,
    Account, Planck,
};

const STREAM: StreamId = 0;
const TERMS: PublishingTerms = PublishingTerms { min_price: Planck(1_000), min_share_ppm: 50_000 };

fn account(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

fn creator() -> AccountId {
    account(1)
}

fn moderator() -> AccountId {
    account(8)
}

fn params() -> Params {
    Params {
        min_price: 500,
        min_deposit: 1,
        stream_deposit: 1,
        gateway_bond: 1,
        open_fee: 1,
        storage_bond: 1,
        protocol_fee: Permill::zero(),
        submitter_share: Permill::zero(),
        max_prepaid_ticks: 60,
        close_period: 600,
        gateway_silence: 300,
        notice: 60,
        ticket_lifetime: 3_600,
    }
}

struct Test {
    moderation: Moderation,
    rules: Arc<StreamRules>,
    paywall: Arc<Paywall>,
    happenings: mpsc::Receiver<Happening>,
    _folder: tempfile::TempDir,
}

impl Test {
    /// A gateway whose index has [`STREAM`] of the creator.
    async fn new(policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let rate = Permill::from_percent(1);
        let chain = ChainIdentity { genesis: BlockHash::zero(), protocol_fee: rate, submitter_share: rate };
        index.bind_chain(&chain).await.unwrap();
        let value = Box::new(stream_of(creator(), StreamStatus::Offline));
        let block = BlockFacts {
            number: 1,
            hash: BlockHash::from_low_u64_be(1),
            parent_hash: BlockHash::zero(),
            time_ms: 0,
            events: vec![TickEvent::StreamUpdated { stream: STREAM, value }],
        };
        index.apply(&block).await.unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let recordings = Recordings::new(Arc::new(InMemory::new()), index.clone(), secrets, Arc::default());
        let config = vilokanam_paywall::Config::new([7; 32], account(9), folder.path().join("journal"));
        let (paywall, _) = Paywall::open(config, now_ms()).unwrap();
        let (notices, happenings) = Notices::new();
        let (rules, paywall) = (Arc::new(StreamRules::default()), Arc::new(paywall));
        let moderation = Moderation::new(ModerationParts {
            index,
            lists: Arc::default(),
            rules: rules.clone(),
            recordings: Arc::new(recordings),
            paywall: paywall.clone(),
            notices,
            gateway: account(9),
            params: watch::channel(params()).1,
            policy,
            terms: TERMS,
        });
        Self { moderation, rules, paywall, happenings, _folder: folder }
    }

    async fn report(&self, subject: &str) {
        let row = ReportRow {
            id: 0,
            subject: subject.into(),
            reporter: account(2),
            reason: "spam".into(),
            body: String::new(),
            made_at: 1,
            decision: None,
        };
        self.moderation.index().add_report(&row, 10).await.unwrap();
    }

    async fn decide(&self, subject: &str, action: DecisionAction) -> Result<u64, DecideError> {
        let subject = subject.parse().unwrap();
        Ok(self.moderation.decide(&moderator(), &subject, action, "because").await?.row.id)
    }

    async fn actions(&self) -> Vec<String> {
        let page = self.moderation.index().audit(&PageRequest::first(100)).await.unwrap();
        page.items.into_iter().rev().map(|entry| entry.action).collect()
    }
}

#[tokio::test]
async fn stream_that_is_cut_off_is_given_out_again_after_an_appeal() {
    let mut test = Test::new(Policy::Open).await;
    test.report("stream:0").await;
    let decision = test.decide("stream:0", DecisionAction::CutOff).await.unwrap();
    assert!(test.rules.check_served(STREAM).is_err());
    assert_eq!(test.rules.check_published(STREAM), Err(StreamClosed::CutOff));
    let open = test.moderation.index().reports(true, &PageRequest::first(10)).await.unwrap();
    assert!(open.items.is_empty(), "the report is closed");
    let told = Happening::Moderated { account: creator(), decision };
    assert_eq!(test.happenings.try_recv().unwrap(), told);

    let stranger = test.moderation.appeal(&account(3), decision, "mine").await;
    assert!(matches!(stranger, Err(DecideError::NoDecision(_))), "it concerns the creator alone");
    test.moderation.appeal(&creator(), decision, "it was art").await.unwrap();
    let again = test.moderation.appeal(&creator(), decision, "really").await;
    assert!(matches!(again, Err(DecideError::AppealKnown(_))));
    test.moderation.answer(&moderator(), decision, false, "you are right").await.unwrap();
    assert!(test.rules.check_served(STREAM).is_ok() && test.rules.check_published(STREAM).is_ok());
    assert_eq!(test.happenings.try_recv().unwrap(), told);
    let twice = test.moderation.answer(&moderator(), decision, true, "no").await;
    assert!(matches!(twice, Err(DecideError::NoAppeal(_))));
    assert_eq!(test.actions().await, ["decide.cut_off", "appeal.lift"]);
}

#[tokio::test]
async fn decision_that_is_upheld_stays_until_the_stream_is_restored() {
    let test = Test::new(Policy::Open).await;
    let decision = test.decide("stream:0", DecisionAction::CutOff).await.unwrap();
    test.moderation.appeal(&creator(), decision, "please").await.unwrap();
    test.moderation.answer(&moderator(), decision, true, "no").await.unwrap();
    assert!(test.rules.check_served(STREAM).is_err());
    assert!(test.moderation.restore(&moderator(), STREAM).await.unwrap());
    assert!(test.rules.check_served(STREAM).is_ok());
    assert!(!test.moderation.restore(&moderator(), STREAM).await.unwrap(), "it is not cut off any more");
}

#[tokio::test]
async fn decision_needs_a_note_and_a_subject_that_it_is_for() {
    let mut test = Test::new(Policy::Open).await;
    let subject = "stream:0".parse().unwrap();
    let silent = test.moderation.decide(&moderator(), &subject, DecisionAction::Hide, " ").await;
    assert!(matches!(silent, Err(DecideError::NoteMissing)));
    let wrong = test.decide("comment:1", DecisionAction::CutOff).await;
    assert!(matches!(wrong, Err(DecideError::NotFor { .. })));
    let own = test.decide(&format!("person:{}", Account(account(9))), DecisionAction::CutOff).await;
    assert!(matches!(own, Err(DecideError::OwnAccount)));
    test.moderation.decide(&moderator(), &subject, DecisionAction::Dismiss, "").await.unwrap();
    assert!(test.happenings.try_recv().is_err(), "nothing was decided about the creator");
    let asked = test.moderation.decide(&moderator(), &subject, DecisionAction::AskChain, "see").await.unwrap();
    assert!(asked.next_step.unwrap().contains("gov suspend 0"));
}

#[tokio::test]
async fn blocked_account_neither_speaks_nor_publishes_until_it_is_unblocked() {
    let test = Test::new(Policy::Open).await;
    let blocked = Account(creator()).to_string();
    assert!(test.moderation.block(&moderator(), BlockKind::Account, &blocked, "spam").await.unwrap());
    assert_eq!(test.moderation.check_may_speak(&creator()), Err(ModerationError::Blocked));
    let publishing = test.moderation.check_may_publish(&creator()).await;
    assert!(matches!(publishing, Err(PublishError::Refused(ModerationError::Blocked))));
    assert_eq!(test.rules.check_published(STREAM), Err(StreamClosed::CutOff), "with a key that it has");
    assert!(test.rules.check_served(STREAM).is_ok(), "what it has published stays");
    let own = test.moderation.block(&moderator(), BlockKind::Account, &Account(account(9)).to_string(), "").await;
    assert!(matches!(own, Err(ListError::Refused(BlockError::OwnAccount))));

    assert!(test.moderation.unblock(&moderator(), BlockKind::Account, &blocked).await.unwrap());
    assert!(test.moderation.check_may_publish(&creator()).await.is_ok());
    assert!(test.rules.check_published(STREAM).is_ok());
    assert_eq!(test.actions().await, ["block.account.add", "block.account.remove"]);
}

#[tokio::test]
async fn invitation_makes_one_creator() {
    let test = Test::new(Policy::Invited([account(5)].into())).await;
    assert!(test.moderation.check_may_publish(&account(5)).await.is_ok(), "the settings name it");
    let refused = test.moderation.check_may_publish(&creator()).await;
    assert!(matches!(refused, Err(PublishError::Refused(ModerationError::NotInvited))));
    let invitation = test.moderation.invite(&moderator(), 1_000).await.unwrap().unwrap();
    assert!(!test.moderation.redeem(&creator(), "0123", 2_000).await.unwrap());
    assert!(test.moderation.redeem(&creator(), &invitation.code, 2_000).await.unwrap());
    assert!(test.moderation.check_may_publish(&creator()).await.is_ok());
    assert!(!test.moderation.redeem(&account(3), &invitation.code, 3_000).await.unwrap(), "it was used");
    let late = test.moderation.invite(&moderator(), 1_000).await.unwrap().unwrap();
    assert!(!test.moderation.redeem(&account(3), &late.code, u64::MAX / 4).await.unwrap(), "it has expired");
}

#[tokio::test]
async fn listed_policy_accepts_the_accounts_that_an_administrator_has_chosen() {
    let test = Test::new(Policy::Listed([].into())).await;
    let refused = test.moderation.check_may_publish(&creator()).await;
    assert!(matches!(refused, Err(PublishError::Refused(ModerationError::NotListed))));
    let account = Account(creator());
    test.moderation.grant_role(&moderator(), &account, GrantedRole::Creator).await.unwrap();
    assert!(test.moderation.check_may_publish(&creator()).await.is_ok());
    assert!(test.moderation.revoke_role(&moderator(), &account, GrantedRole::Creator).await.unwrap());
    assert!(test.moderation.check_may_publish(&creator()).await.is_err());
}

#[tokio::test]
async fn terms_take_effect_at_once_and_are_not_below_those_of_the_chain() {
    let test = Test::new(Policy::Open).await;
    let accepts = |price| test.paywall.check_income(price, Permill::from_percent(5)).is_ok();
    test.moderation.refresh().await.unwrap();
    assert_eq!(test.moderation.terms(), TERMS, "those of the settings file");
    assert!(accepts(1_000) && !accepts(999));
    let lower = PublishingTerms { min_price: Planck(10), ..TERMS };
    test.moderation.set_terms(&moderator(), lower, 1).await.unwrap();
    assert!(accepts(500) && !accepts(499), "the chain's lowest price holds");
    let greedy = PublishingTerms { min_share_ppm: 60_000, ..lower };
    test.moderation.set_terms(&moderator(), greedy, 2).await.unwrap();
    assert!(!accepts(500));
    test.moderation.refresh().await.unwrap();
    assert_eq!(test.moderation.terms(), greedy, "they outlive a restart");
}
