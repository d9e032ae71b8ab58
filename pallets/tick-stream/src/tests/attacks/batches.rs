//! Attacks of a submitter of batches at their limits, or with faulty rows.

mod crowd;
mod faulty_rows;

use super::*;
use crate::{Error, Event};
use crowd::{Crowd, SESSIONS};
use frame_support::weights::constants::RocksDbWeight;
use sp_runtime::DispatchError;
use tick_stream_primitives::{limits, BatchSize, Claim, ClaimGroup};

/// Measured effects of a batch.
struct Measured {
    /// Number of entries of the pallet's storage that were read and written, each counted once.
    reads: u64,
    writes: u64,
    declared: Weight,
    actual: Weight,
    /// Number of opens, claims and closes carried out, and of ticks settled.
    done: (u32, u32, u32, u64),
}

/// Runs the batch on a committed state and counts the storage entries it accesses.
fn measure(ext: &mut sp_io::TestExternalities, batch: Batch) -> Measured {
    ext.execute_with(System::reset_events);
    ext.commit_all().expect("no transaction is open");
    let declared = TickStream::batch_weight(&batch.size());
    let recorder = Default::default();
    let actual = ext.execute_with_recorder(Clone::clone(&recorder), || weight_of("stranger", batch));
    let prefix = sp_io::hashing::twox_128(b"TickStream");
    let recorded = recorder.recorded_keys();
    let reads = recorded.values().flat_map(|keys| keys.keys()).filter(|key| key.starts_with(&prefix)).count() as u64;
    let writes = ext.overlayed_changes().changes().filter(|(key, _)| key.starts_with(&prefix)).count() as u64;
    let done = ext.execute_with(|| {
        assert_ok!(TickStream::do_try_state());
        match events().pop() {
            Some(Event::BatchProcessed { opened, settled, closed, ticks, .. }) => (opened, settled, closed, ticks),
            other => panic!("the last event must be that of the batch, not {other:?}"),
        }
    });
    Measured { reads, writes, declared, actual, done }
}

impl Measured {
    /// Checks that the database accesses alone cost no more than the whole batch was charged for.
    fn assert_paid_for(&self) {
        let database = RocksDbWeight::get().reads_writes(self.reads, self.writes);
        let Self { reads, writes, declared, actual, .. } = self;
        assert!(actual.all_lte(*declared), "{actual} of {declared}");
        assert!(database.ref_time() <= actual.ref_time(), "{reads} reads and {writes} writes for {actual}");
    }
}

#[test]
fn batch_at_all_its_limits_stays_within_its_weight() {
    let mut crowd = Crowd::new();
    let batch = crowd.full_batch();
    let size = batch.size();
    let limits = BatchSize {
        opens: limits::MAX_BATCH_OPENS,
        groups: limits::MAX_BATCH_GROUPS,
        claims: limits::MAX_BATCH_CLAIMS,
        steps: u64::from(limits::MAX_BATCH_STEPS),
        closes: limits::MAX_BATCH_CLOSES,
    };
    assert_eq!(size, limits, "the batch is at every limit");
    let measured = measure(&mut crowd.ext, batch);
    assert_eq!(measured.done, (64, 2_048, 256, 131_072), "every row succeeds and every step is taken");
    let full = weight_with_splits(&size, size.groups * limits::MAX_SPLITS);
    assert_eq!(measured.actual, full, "only the write of a reward is refunded, because no row has earned one");
    measured.assert_paid_for();
}

#[test]
fn claims_shorter_than_declared_give_weight_back() {
    let mut crowd = Crowd::new();
    // A front-runner settles half of every session before the batch arrives.
    let (batch, half) = (crowd.claims(64), crowd.claims(32));
    let first = measure(&mut crowd.ext, half);
    assert_eq!(first.actual, first.declared);
    let second = measure(&mut crowd.ext, batch);
    assert_eq!(second.done, (0, SESSIONS, 0, 65_536));
    let steps = |steps| TickStream::batch_weight(&BatchSize { steps, ..Default::default() });
    let unused = steps(131_072).saturating_sub(steps(65_536));
    assert_eq!(second.declared.saturating_sub(second.actual), unused);
    second.assert_paid_for();
}

#[test]
fn refused_batch_at_its_limits_takes_no_more_than_declared() {
    let mut crowd = Crowd::new();
    let mut batch = crowd.full_batch();
    batch.opens.iter_mut().for_each(|row| row.ticket.anchor = [1; 32]);
    batch.groups.iter_mut().flat_map(|group| group.claims.iter_mut()).for_each(|claim| claim.proof = [1; 32]);
    let (other, size) = (crowd.sessions()[1], batch.size());
    batch.closes.iter_mut().for_each(|row| row.session = other);
    let measured = measure(&mut crowd.ext, batch);
    assert_eq!(measured.done, (0, 0, 0, 0));
    let hashed = BatchSize { groups: 0, ..size };
    let expected = weight_with_splits(&hashed, 0);
    assert_eq!(measured.actual, expected, "signatures and steps are charged for, streams were not read");
    assert_eq!(measured.writes, 0, "refused rows write nothing");
    measured.assert_paid_for();
}

#[test]
fn most_expensive_row_of_each_kind_stays_within_its_weight() {
    let mut crowd = Crowd::new();
    let full = crowd.full_batch();
    let open = Batch { opens: vec![full.opens[0].clone()].try_into().expect("within the bound"), ..Default::default() };
    let mut group = full.groups[0].clone();
    group.claims.truncate(1);
    let claim = Batch { groups: vec![group].try_into().expect("within the bound"), ..Default::default() };
    let close =
        Batch { closes: vec![full.closes[0].clone()].try_into().expect("within the bound"), ..Default::default() };
    for batch in [open, claim, close] {
        let measured = measure(&mut crowd.ext, batch);
        assert_eq!(measured.done.0 + measured.done.1 + measured.done.2, 1);
        measured.assert_paid_for();
    }
}

#[test]
fn last_close_of_a_leaving_gateway_stays_within_its_weight() {
    let mut ext = chain_with_stream();
    let batch = ext.execute_with(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 10);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        batch_of_closes(vec![watch.close(Closer::Operator, "operator")])
    });
    let measured = measure(&mut ext, batch);
    assert_eq!(
        (measured.reads, measured.writes),
        (7, 6),
        "bond and fee are added to the earnings, and the protocol fee is read"
    );
    measured.assert_paid_for();
}

#[test]
fn most_expensive_record_tick_stays_within_its_weight() {
    let mut crowd = Crowd::new();
    let claim = crowd.claims(64).groups[0].claims[0].clone();
    crowd.ext.commit_all().expect("no transaction is open");
    let recorder = Default::default();
    let post = crowd.ext.execute_with_recorder(Clone::clone(&recorder), || {
        TickStream::record_tick(signed("stranger"), claim.session, 0, 64, claim.proof).expect("the call succeeds")
    });
    let prefix = sp_io::hashing::twox_128(b"TickStream");
    let recorded = recorder.recorded_keys();
    let reads = recorded.values().flat_map(|keys| keys.keys()).filter(|key| key.starts_with(&prefix)).count() as u64;
    let changes = crowd.ext.overlayed_changes().changes();
    let writes = changes.filter(|(key, _)| key.starts_with(&prefix)).count() as u64;
    let database = RocksDbWeight::get().reads_writes(reads, writes);
    let actual = post.actual_weight.expect("the weight is returned");
    assert!(database.ref_time() <= actual.ref_time(), "{reads} reads and {writes} writes for {actual}");
}

#[test]
fn batch_above_its_limits_is_refused_and_changes_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let before = faulty_rows::state();
        let claim = Claim { session: watch.id, from: 0, ticks: 1, proof: [0; 32] };
        let group = |count| ClaimGroup {
            stream: 0,
            gateway: account("gateway"),
            claims: vec![claim.clone(); count].try_into().expect("within the bound"),
        };
        let too_many =
            Batch { groups: vec![group(2_048), group(1)].try_into().expect("within the bound"), ..Default::default() };
        let at_limit =
            Batch { groups: vec![group(2_047), group(1)].try_into().expect("within the bound"), ..Default::default() };
        let error = |batch| dispatch("stranger", batch).map_err(|error| error.error).map(|_| ());
        assert_eq!(error(too_many), Err(Error::<Test>::BatchTooLarge.into()));
        assert_eq!(error(Batch::default()), Err(Error::<Test>::BatchEmpty.into()));
        assert_eq!(error(at_limit), Ok(()));
        assert_eq!(faulty_rows::state(), before);
        let batch = batch_of_closes(vec![watch.unsigned_close()]);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let refused = TickStream::process_batch(origin, batch.clone()).map_err(|error| error.error);
            assert_eq!(refused.map(|_| ()), Err(DispatchError::BadOrigin));
        }
    });
}

#[test]
fn list_above_its_bound_is_not_decoded() {
    use codec::{Decode, Encode};
    build_and_execute(|| {
        fund("viewer");
        let row = Watch::new("viewer", 1).signed_by("viewer-session");
        let bytes = |count: usize| (vec![row.clone(); count], [0u8, 0]).encode();
        assert!(Batch::decode(&mut &bytes(64)[..]).is_ok());
        assert!(Batch::decode(&mut &bytes(65)[..]).is_err());
    });
}

#[test]
fn empty_groups_write_nothing() {
    build_and_execute(|| {
        let empty = ClaimGroup { stream: 0, gateway: account("gateway"), claims: Default::default() };
        let unknown = ClaimGroup { stream: 99, ..empty.clone() };
        let before = faulty_rows::state();
        let groups = [vec![empty; 32], vec![unknown; 32]].concat().try_into().expect("within the bound");
        assert!(submit("stranger", Batch { groups, ..Default::default() }).is_empty());
        assert_eq!(faulty_rows::state(), before);
    });
}
