use super::*;
use tick_stream_primitives::{tick_chain::leads_to, TickChain};

fn due(session: u8, stream: u64, from: u32, ticks: u32) -> Due {
    let session = SessionId([session; 16]);
    let mut chain = TickChain::new(&session, [7; 32], ticks);
    let proof = chain.proof(ticks).unwrap();
    Due { stream, gateway: AccountId::from([1; 32]), from, row: ClaimRow { session, ticks, proof } }
}

#[test]
fn short_claims_are_grouped_works() {
    let batches = batches(vec![due(1, 3, 0, 60), due(2, 4, 10, 20), due(3, 3, 5, 6)]);
    assert_eq!(batches.len(), 1);
    let size = batches[0].size();
    assert_eq!((size.groups, size.claims, size.steps), (2, 3, 60 + 10 + 1));
    assert!(size.is_within_limits());
    assert_eq!(sessions(&batches[0]).len(), 3);
}

#[test]
fn long_claim_is_split_works() {
    let (from, ticks) = (100, 50_000);
    let batches = batches(vec![due(1, 3, from, ticks)]);
    let mut settled = from;
    let mut head = TickChain::new(&SessionId([1; 16]), [7; 32], ticks).proof(from).unwrap();
    for batch in &batches {
        assert!(batch.size().steps <= u64::from(MAX_STEPS));
        for claim in batch.groups.iter().flat_map(|group| &group.claims) {
            assert_eq!(claim.from, settled, "each piece goes on where the last one ended");
            assert!(leads_to(&claim.session, &claim.proof, claim.steps(), &head));
            (settled, head) = (claim.ticks, claim.proof);
        }
    }
    assert_eq!(settled, ticks);
}

#[test]
fn many_claims_fill_several_batches_works() {
    let many: Vec<Due> = (0..200u8).flat_map(|session| [due(session, 1, 0, 1), due(session, 2, 0, 1)]).collect();
    let batches = batches(many);
    assert_eq!(batches.iter().map(|batch| batch.size().claims).sum::<u32>(), 400);
    assert!(batches.iter().all(|batch| batch.size().claims as usize <= MAX_CLAIMS));
    assert!(batches.len() > 1);
}

#[test]
fn nothing_makes_no_batch_works() {
    assert!(batches(Vec::new()).is_empty());
}
