//! What the generator itself costs, since without a core left it measures itself; and what the servers beside it cost.

use serde::Serialize;

/// Ticks of the kernel's clock in a second, as it tells them to programs: a constant of its interface.
const USER_HZ: f64 = 100.0;

/// Cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Processor time and memory of some processes of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Usage {
    /// Seconds on a core, of all together.
    pub cpu_s: f64,
    /// Resident memory, of all together, in MiB.
    pub resident_mib: f64,
}

impl Usage {
    /// What has been used since; the memory is that of now.
    pub fn since(self, before: Option<Self>) -> Self {
        Self { cpu_s: self.cpu_s - before.map_or(0.0, |before| before.cpu_s), ..self }
    }
}

/// Of this process; nothing where the system does not say.
pub fn own() -> Option<Usage> {
    usage("self")
}

/// Of these processes together; nothing when there are none, or one is not there.
pub fn of(pids: &[u32]) -> Option<Usage> {
    let mut sum = None;
    for pid in pids {
        let one = usage(&pid.to_string())?;
        let Usage { cpu_s, resident_mib } = sum.unwrap_or(Usage { cpu_s: 0.0, resident_mib: 0.0 });
        sum = Some(Usage { cpu_s: cpu_s + one.cpu_s, resident_mib: resident_mib + one.resident_mib });
    }
    sum
}

fn usage(process: &str) -> Option<Usage> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{process}/{name}")).ok();
    Some(Usage { cpu_s: cpu_seconds_in(&read("stat")?)?, resident_mib: resident_mib_in(&read("status")?)? })
}

/// Fields 14 and 15; the second, a name in brackets, may have blanks in it.
fn cpu_seconds_in(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((user + system) as f64 / USER_HZ)
}

fn resident_mib_in(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_works() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 100 1 1";
        assert_eq!(cpu_seconds_in(stat), Some(3.0));
        assert_eq!(resident_mib_in("Name:\tx\nVmRSS:\t    2048 kB\n"), Some(2.0));
        assert_eq!(of(&[]), None);
        assert!(cores() > 0);
    }

    #[test]
    fn usage_of_nothing_fails() {
        assert_eq!(cpu_seconds_in("7 (x) S"), None);
        assert_eq!(resident_mib_in("Name:\tx\n"), None);
        assert_eq!(of(&[u32::MAX]), None);
    }

    #[test]
    fn since_works() {
        let at = |cpu_s| Usage { cpu_s, resident_mib: 7.0 };
        assert_eq!(at(5.0).since(Some(at(2.0))), at(3.0));
        assert_eq!(at(5.0).since(None), at(5.0));
    }
}
