//! Finds the number that counts the segments in their names: names may also have the height of the picture, a bit rate, a
//! time or the number of a rendition.

use super::name::Name;

/// Number of steps after which the choice is not made again.
const CERTAIN_AFTER_STEPS: u32 = 2;

/// A name that does not belong to the others: another rendition, most likely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OtherNames {
    /// The names so far, with `#` for their numbers.
    pub expected: String,
}

/// What a name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub number: u64,
    /// Number of the first segment, if it is known only now which of its numbers counts.
    pub first: Option<u64>,
}

/// Names of one run of segments.
#[derive(Debug, Default)]
pub(super) struct Counter {
    names: Option<Names>,
}

#[derive(Debug)]
struct Names {
    stem: String,
    first: Vec<u64>,
    last: Vec<u64>,
    /// Which number counts, once there is a second name.
    place: Option<usize>,
    steps: u32,
}

impl Counter {
    /// The number of a segment. `None`: the name has none.
    pub fn count(&mut self, name: &Name<'_>) -> Result<Option<Counted>, OtherNames> {
        let Some(last) = name.numbers.last().copied() else { return Ok(None) };
        let Some(names) = &mut self.names else {
            let numbers = name.numbers.clone();
            self.names =
                Some(Names { stem: name.stem.clone(), first: numbers.clone(), last: numbers, place: None, steps: 0 });
            return Ok(Some(Counted { number: last, first: None }));
        };
        if names.stem != name.stem || names.last.len() != name.numbers.len() {
            return Err(OtherNames { expected: names.stem.clone() });
        }
        names.count(&name.numbers).map(Some)
    }
}

impl Names {
    fn count(&mut self, now: &[u64]) -> Result<Counted, OtherNames> {
        let known = match self.place {
            Some(place) if self.steps >= CERTAIN_AFTER_STEPS || now[place] >= self.last[place] => Some(place),
            // Perhaps the second name was that of another rendition.
            Some(place) if !self.differs_beside(place, now) => Some(place),
            _ => None,
        };
        let place = known.or_else(|| counting_place(&self.first, now)).unwrap_or(now.len() - 1);
        if known.is_some() && now[place] == self.last[place] && self.differs_beside(place, now) {
            return Err(OtherNames { expected: self.stem.clone() });
        }
        let has_found = known.is_none() && self.first != now;
        if has_found {
            self.place = Some(place);
        }
        if now[place] > self.last[place] || has_found {
            self.steps = self.steps.saturating_add(1);
            self.last = now.to_vec();
        }
        Ok(Counted { number: now[place], first: has_found.then(|| self.first[place]) })
    }

    fn differs_beside(&self, place: usize, now: &[u64]) -> bool {
        self.last.iter().zip(now).enumerate().any(|(other, (last, now))| other != place && last != now)
    }
}

/// The number that counts from the names with numbers `before` to those with numbers `now`: one that grows by one, or else
/// the first one that grows, or else the first one that differs.
fn counting_place(before: &[u64], now: &[u64]) -> Option<usize> {
    let places = || before.iter().zip(now).enumerate().map(|(place, (before, now))| (place, *before, *now));
    // Of a counter and a time in seconds, both of which may grow by one, the counter is smaller.
    let counter =
        places().filter(|(_, before, now)| *now == before.saturating_add(1)).min_by_key(|(_, before, _)| *before);
    let growing = || places().find(|(_, before, now)| now > before);
    let changing = || places().find(|(_, before, now)| now != before);
    counter.or_else(growing).or_else(changing).map(|(place, ..)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that are counted, with corrections of the first one in brackets; `x` for another rendition.
    fn counted(names: &[&str]) -> String {
        let mut counter = Counter::default();
        let all = names.iter().map(|name| match counter.count(&Name::parse(name).unwrap()) {
            Ok(Some(Counted { number, first: Some(first) })) => format!("({first}){number}"),
            Ok(Some(Counted { number, .. })) => number.to_string(),
            Ok(None) => "-".into(),
            Err(_) => "x".into(),
        });
        all.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_number_that_counts_need_not_be_the_last_one() {
        assert_eq!(counted(&["seg_00001_720p.ts", "seg_00002_720p.ts", "seg_00003_720p.ts"]), "1 (1)2 3");
        assert_eq!(counted(&["seg-8-v1-a1.ts", "seg-9-v1-a1.ts", "seg-10-v1-a1.ts"]), "1 (8)9 10");
        assert_eq!(counted(&["7_1080p60.ts", "8_1080p60.ts"]), "60 (7)8");
        assert_eq!(
            counted(&["stream-audio=128000-video=2500000-4.ts", "stream-audio=128000-video=2500000-5.ts"]),
            "4 (4)5"
        );
        assert_eq!(counted(&["a/720/1.ts", "a/720/2.ts"]), "1 (1)2");
    }

    #[test]
    fn counters_are_preferred_to_times() {
        let both = ["s_1_1700000000.ts", "s_2_1700000001.ts", "s_3_1700000003.ts", "s_4_1700000003.ts"];
        assert_eq!(counted(&both), "1700000000 (1)2 3 4");
        assert_eq!(counted(&["s_1700000000_1.ts", "s_1700000002_2.ts", "s_1700000004_3.ts"]), "1 (1)2 3");
    }

    #[test]
    fn times_count_if_nothing_else_does() {
        let times = ["20261130-235958.ts", "20261201-000000.ts", "20261201-000002.ts"];
        assert_eq!(counted(&times), "20261130235958 (20261130235958)20261201000000 20261201000002");
        assert_eq!(counted(&["23-59-58.ts", "23-59-59.ts", "24-00-01.ts"]), "235958 (235958)235959 240001");
        assert_eq!(counted(&["x-180000.m4s", "x-360000.m4s"]), "180000 (180000)360000");
    }

    #[test]
    fn names_of_another_rendition_are_found() {
        assert_eq!(counted(&["720p_1.ts", "720p_2.ts", "480p_2.ts", "720p_3.ts"]), "1 (1)2 x 3");
        assert_eq!(counted(&["v0/1.ts", "v0/2.ts", "v1/2.ts", "v0/3.ts"]), "1 (1)2 x 3");
        assert_eq!(counted(&["s_1_0.ts", "s_2_0.ts", "s_2_1.ts", "s_3_0.ts"]), "0 (1)2 x 3");
        let alternating = ["s_1_0.ts", "s_1_1.ts", "s_2_0.ts", "s_2_1.ts", "s_3_0.ts", "s_3_1.ts"];
        assert_eq!(counted(&alternating), "0 (0)1 (1)2 x 3 x");
    }

    #[test]
    fn a_counter_that_begins_again_is_still_the_counter() {
        assert_eq!(counted(&["s1.ts", "s2.ts", "s3.ts", "s0.ts", "s1.ts"]), "1 (1)2 3 0 1");
        assert_eq!(counted(&["s1.ts", "s1.ts", "s2.ts"]), "1 1 (1)2");
        assert_eq!(counted(&["s7_720.ts", "s8_720.ts", "s9_720.ts", "s0_720.ts"]), "720 (7)8 9 0");
    }
}
