//! `vilokanam gov status`, `tracks`, `list` and `show`.

use super::checks::ending_name;
use crate::context::Context;
use serde_json::{json, Value};
use tick_stream_primitives::{AccountId, BlockNumber};
use vilokanam_chain::{
    governance::{treasury_account, Committee, Ongoing, Proposal, Referendum, ReferendumIndex, ReferendumState, Track},
    Chain,
};
use vilokanam_terminal::{
    answer::{facts, table, Answer},
    duration::in_words,
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{scalars::bytes_to_hex, Account, Planck};

/// Maximum length of a call in a table, in characters.
const MAX_CALL_CHARS: usize = 60;

/// Lists the tracks.
pub async fn tracks(context: &Context) -> Result<Answer, CommandError> {
    let tracks = context.chain().await?.now().tracks().await?;
    let rows = tracks.iter().map(|track| {
        [
            track.id.to_string(),
            track.name.clone(),
            Vlk(track.decision_deposit).to_string(),
            in_words(track.prepare.into()),
            in_words(track.decision.into()),
            in_words(track.confirm.into()),
            in_words(track.enactment.into()),
        ]
    });
    let text = table(&["track", "name", "deposit", "prepare", "decide", "confirm", "enact"], rows);
    let json = |track: &Track| {
        json!({
            "track": track.id,
            "name": track.name,
            "decision_deposit": Planck(track.decision_deposit),
            "prepare_blocks": track.prepare,
            "decision_blocks": track.decision,
            "confirm_blocks": track.confirm,
            "enactment_blocks": track.enactment,
        })
    };
    Ok(Answer::new(tracks.iter().map(json).collect::<Vec<_>>(), text))
}

/// Lists the referenda.
pub async fn list(context: &Context, all: bool) -> Result<Answer, CommandError> {
    let chain = context.chain().await?;
    let found = referenda(&chain, all).await?;
    let text = referenda_table(&found);
    Ok(Answer::new(found.iter().map(Described::to_json).collect::<Vec<_>>(), text))
}

/// Shows a referendum.
pub async fn one(context: &Context, index: ReferendumIndex) -> Result<Answer, CommandError> {
    let chain = context.chain().await?;
    let tracks = chain.now().tracks().await?;
    let referendum = chain.now().referendum(index).await?.ok_or_else(|| {
        CommandError::failed(format!("there is no referendum {index}"), "`vilokanam gov list --all` shows all of them.")
    })?;
    let described = describe(&chain, &tracks, referendum).await?;
    let text = facts(&described.lines(&tracks, chain.best().await?.number));
    Ok(Answer::new(described.to_json(), text))
}

/// Shows everything that is going on.
pub async fn status(context: &Context) -> Result<Answer, CommandError> {
    let chain = context.chain().await?;
    let state = chain.now();
    let found = referenda(&chain, false).await?;
    let committee = state.committee().await?;
    let moderators = state.moderators().await?;
    let upgrade = state.authorized_upgrade().await?.map(|upgrade| bytes_to_hex(upgrade.code_hash));
    let treasury = state.account(&treasury_account()).await?.free;
    let spending = state.approved_spending().await?;
    let version = chain.runtime_version().await?;
    let approved: u128 = spending.approved.iter().map(|(_, amount)| amount).sum();
    let mut lines = vec![
        ("runtime", format!("{} {}", version.spec_name, version.spec_version)),
        ("authorised upgrade", upgrade.clone().unwrap_or_else(|| "none".into())),
        ("treasury", Vlk(treasury).to_string()),
        ("approved spending", format!("{}, paid every {}", Vlk(approved), in_words(spending.period.into()))),
        ("moderators", names(&moderators)),
        ("technical committee", names(&committee.members)),
    ];
    lines.extend(committee.votes.iter().map(|vote| {
        let votes = format!("{} of {} votes", vote.ayes.len(), vote.threshold);
        ("committee votes on", format!("{} {} ({votes})", bytes_to_hex(vote.hash), vote.call))
    }));
    let json = json!({
        "runtime": { "spec_name": version.spec_name, "spec_version": version.spec_version },
        "authorized_upgrade": upgrade,
        "treasury": Planck(treasury),
        "approved_spending": Planck(approved),
        "moderators": accounts(&moderators),
        "committee": committee_json(&committee),
        "referenda": found.iter().map(Described::to_json).collect::<Vec<_>>(),
    });
    let referenda = if found.is_empty() { "There is no open referendum.".into() } else { referenda_table(&found) };
    Ok(Answer::new(json, format!("{}\n{referenda}", facts(&lines))))
}

fn committee_json(committee: &Committee) -> Value {
    let votes: Vec<Value> = committee
        .votes
        .iter()
        .map(|vote| {
            json!({
                "proposal": bytes_to_hex(vote.hash),
                "call": vote.call,
                "threshold": vote.threshold,
                "ayes": accounts(&vote.ayes),
                "nays": accounts(&vote.nays),
                "ends_at": vote.end,
            })
        })
        .collect();
    json!({ "members": accounts(&committee.members), "votes": votes })
}

fn accounts(accounts: &[AccountId]) -> Vec<Account> {
    accounts.iter().cloned().map(Account).collect()
}

fn names(list: &[AccountId]) -> String {
    if list.is_empty() {
        return "none".into();
    }
    accounts(list).iter().map(Account::to_string).collect::<Vec<_>>().join(", ")
}

/// Referendum with the names that the chain has for its parts.
struct Described {
    referendum: Referendum,
    track: String,
    call: String,
}

async fn referenda(chain: &Chain, all: bool) -> Result<Vec<Described>, CommandError> {
    let tracks = chain.now().tracks().await?;
    let mut found = Vec::new();
    for referendum in chain.now().referenda().await? {
        if all || matches!(referendum.state, ReferendumState::Ongoing(_)) {
            found.push(describe(chain, &tracks, referendum).await?);
        }
    }
    Ok(found)
}

async fn describe(chain: &Chain, tracks: &[Track], referendum: Referendum) -> Result<Described, CommandError> {
    let ReferendumState::Ongoing(ongoing) = &referendum.state else {
        return Ok(Described { referendum, track: String::new(), call: String::new() });
    };
    let track = tracks.iter().find(|track| track.id == ongoing.track).map(|track| track.name.clone());
    let call = match chain.now().proposed_call(&ongoing.proposal).await? {
        Some(bytes) => chain.describe_call(&bytes).await.unwrap_or_else(|_| "not a call of this runtime".into()),
        None => "its preimage is not stored".into(),
    };
    Ok(Described { track: track.unwrap_or_else(|| ongoing.track.to_string()), call, referendum })
}

fn referenda_table(found: &[Described]) -> String {
    let rows = found.iter().map(|described| {
        let (votes, state) = match &described.referendum.state {
            ReferendumState::Ongoing(ongoing) => {
                (format!("{} : {}", Vlk(ongoing.ayes), Vlk(ongoing.nays)), state_text(ongoing))
            }
            ReferendumState::Ended(ending, block) => {
                (String::new(), format!("{} in block {block}", ending_name(*ending)))
            }
        };
        let call: String = described.call.chars().take(MAX_CALL_CHARS).collect();
        [described.referendum.index.to_string(), described.track.clone(), state, votes, call]
    });
    table(&["referendum", "track", "state", "aye : nay", "call"], rows)
}

fn state_text(ongoing: &Ongoing) -> String {
    match &ongoing.deciding {
        Some(deciding) => match deciding.confirming {
            Some(block) => format!("passes, confirmed in block {block}"),
            None => format!("being decided since block {}", deciding.since),
        },
        None if !ongoing.has_decision_deposit => "waits for its decision deposit".into(),
        None if ongoing.is_queued => "waits for other referenda of its track".into(),
        None => "being prepared".into(),
    }
}

impl Described {
    fn to_json(&self) -> Value {
        let Self { referendum, track, call } = self;
        match &referendum.state {
            ReferendumState::Ended(ending, block) => json!({
                "referendum": referendum.index,
                "state": ending_name(*ending),
                "ended_at": block,
            }),
            ReferendumState::Ongoing(ongoing) => json!({
                "referendum": referendum.index,
                "state": state_text(ongoing),
                "track": track,
                "origin": ongoing.origin,
                "call": call,
                "proposal": proposal_json(&ongoing.proposal),
                "submitted_at": ongoing.submitted,
                "submitter": Account(ongoing.submitter.clone()),
                "has_decision_deposit": ongoing.has_decision_deposit,
                "deciding_since": ongoing.deciding.as_ref().map(|deciding| deciding.since),
                "confirmed_at": ongoing.deciding.as_ref().and_then(|deciding| deciding.confirming),
                "ayes": Planck(ongoing.ayes),
                "nays": Planck(ongoing.nays),
                "support": Planck(ongoing.support),
            }),
        }
    }

    fn lines(&self, tracks: &[Track], now: BlockNumber) -> Vec<(&'static str, String)> {
        let mut lines = vec![("referendum", self.referendum.index.to_string())];
        let ongoing = match &self.referendum.state {
            ReferendumState::Ongoing(ongoing) => ongoing,
            ReferendumState::Ended(ending, block) => {
                lines.push(("state", format!("{} in block {block}", ending_name(*ending))));
                return lines;
            }
        };
        lines.extend([
            ("track", self.track.clone()),
            ("call", self.call.clone()),
            ("submitted by", Account(ongoing.submitter.clone()).to_string()),
            ("state", state_text(ongoing)),
            ("for", format!("{}, with {} of support", Vlk(ongoing.ayes), Vlk(ongoing.support))),
            ("against", Vlk(ongoing.nays).to_string()),
        ]);
        let track = tracks.iter().find(|track| track.id == ongoing.track);
        if let Some((deciding, track)) = ongoing.deciding.as_ref().zip(track) {
            let end = deciding.since.saturating_add(track.decision);
            lines.push(("decided in", in_words(end.saturating_sub(now).into())));
        }
        lines
    }
}

fn proposal_json(proposal: &Proposal) -> Value {
    match proposal {
        Proposal::Inline(bytes) => json!({ "inline": bytes_to_hex(bytes) }),
        Proposal::Preimage { hash, length } => json!({ "preimage": bytes_to_hex(hash), "length": length }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_chain::governance::{Deciding, Ending};

    fn ongoing() -> Ongoing {
        Ongoing {
            track: 2,
            origin: "Origins(Treasurer())".into(),
            proposal: Proposal::Inline(vec![1, 2]),
            submitted: 10,
            submitter: [1; 32].into(),
            has_decision_deposit: false,
            deciding: None,
            ayes: 3,
            nays: 2,
            support: 1,
            is_queued: false,
        }
    }

    #[test]
    fn state_says_what_a_referendum_waits_for() {
        let text = |ongoing: Ongoing| state_text(&ongoing);
        assert_eq!(text(ongoing()), "waits for its decision deposit");
        assert_eq!(text(Ongoing { has_decision_deposit: true, ..ongoing() }), "being prepared");
        let queued = Ongoing { has_decision_deposit: true, is_queued: true, ..ongoing() };
        assert_eq!(text(queued), "waits for other referenda of its track");
        let deciding = |confirming| Some(Deciding { since: 20, confirming });
        assert_eq!(text(Ongoing { deciding: deciding(None), ..ongoing() }), "being decided since block 20");
        assert_eq!(text(Ongoing { deciding: deciding(Some(30)), ..ongoing() }), "passes, confirmed in block 30");
    }

    #[test]
    fn referendum_is_described_in_json_and_text() {
        let referendum = Referendum { index: 4, state: ReferendumState::Ongoing(Box::new(ongoing())) };
        let described = Described { referendum, track: "treasurer".into(), call: "Treasury.spend_local".into() };
        assert_eq!(described.to_json()["proposal"]["inline"], "0x0102");
        assert!(referenda_table(&[described]).contains("Treasury.spend_local"));
        let ended = Referendum { index: 5, state: ReferendumState::Ended(Ending::Rejected, 99) };
        let ended = Described { referendum: ended, track: String::new(), call: String::new() };
        assert!(facts(&ended.lines(&[], 100)).contains("rejected in block 99"));
    }
}
