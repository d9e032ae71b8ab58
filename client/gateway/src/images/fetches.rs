//! Which addresses are being fetched.

use parking_lot::Mutex;
use std::collections::HashSet;

/// Addresses that are fetched at the same time.
const MAX_FETCHES: usize = 4;

/// Addresses that are being fetched.
#[derive(Default)]
pub struct Fetches(Mutex<HashSet<String>>);

/// The right to fetch an address, until it is dropped.
pub struct Turn<'a> {
    fetches: &'a Fetches,
    url: String,
}

impl Fetches {
    /// Begins to fetch an address. `None` if it is being fetched, or as many others are as may be.
    pub fn begin(&self, url: &str) -> Option<Turn<'_>> {
        let mut running = self.0.lock();
        let begins = running.len() < MAX_FETCHES && running.insert(url.to_owned());
        begins.then(|| Turn { fetches: self, url: url.to_owned() })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.fetches.0.lock().remove(&self.url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_fetched_once_at_a_time_and_few_are() {
        let fetches = Fetches::default();
        let first = fetches.begin("0").unwrap();
        assert!(fetches.begin("0").is_none(), "it is being fetched");
        let others: Vec<_> = (1..MAX_FETCHES).map(|number| fetches.begin(&number.to_string()).unwrap()).collect();
        assert!(fetches.begin("x").is_none(), "too many");
        drop(first);
        assert!(fetches.begin("x").is_some());
        drop(others);
    }
}
