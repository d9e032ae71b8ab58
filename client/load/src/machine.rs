//! Processor time and memory: of the generator, which measures itself when no core is left, and of servers on the same
//! machine.

use serde::Serialize;
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System};

const MILLIS_PER_SECOND: f64 = 1e3;
const BYTES_PER_MIB: f64 = 1_048_576.0;

/// Returns the number of cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Processor time and memory of processes on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Usage {
    /// Processor time of all processes together, in seconds on one core.
    pub cpu_s: f64,
    /// Resident memory of all processes together, in MiB.
    pub resident_mib: f64,
}

impl Usage {
    /// Returns the processor time since `before`, and the current memory.
    pub fn since(self, before: Option<Self>) -> Self {
        Self { cpu_s: self.cpu_s - before.map_or(0.0, |before| before.cpu_s), ..self }
    }
}

/// Returns the usage of this process; `None` where the system does not report it.
pub fn own() -> Option<Usage> {
    of(&[std::process::id()])
}

/// Returns the usage of these processes together; `None` when there are none, or one does not exist.
pub fn of(pids: &[u32]) -> Option<Usage> {
    if pids.is_empty() {
        return None;
    }
    let pids: Vec<Pid> = pids.iter().copied().map(Pid::from_u32).collect();
    let figures = ProcessRefreshKind::nothing().with_cpu().with_memory();
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, figures);
    let processes: Vec<&Process> = pids.iter().map(|pid| system.process(*pid)).collect::<Option<_>>()?;
    let sum = |value: fn(&Process) -> u64| processes.iter().map(|process| value(process)).sum::<u64>() as f64;
    let (cpu_ms, bytes) = (sum(Process::accumulated_cpu_time), sum(Process::memory));
    Some(Usage { cpu_s: cpu_ms / MILLIS_PER_SECOND, resident_mib: bytes / BYTES_PER_MIB })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_of_several_processes_is_their_sum() {
        let one = own().unwrap();
        let twice = of(&[std::process::id(), std::process::id()]).unwrap();
        assert!(one.resident_mib > 0.0 && twice.resident_mib > one.resident_mib, "{one:?}, {twice:?}");
        assert!(twice.cpu_s >= one.cpu_s);
        assert!(cores() > 0);
    }

    #[test]
    fn usage_of_unknown_processes_is_none() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[u32::MAX]), None);
        assert_eq!(of(&[std::process::id(), u32::MAX]), None);
    }

    #[test]
    fn processor_time_is_a_difference() {
        let at = |cpu_s| Usage { cpu_s, resident_mib: 7.0 };
        assert_eq!(at(5.0).since(Some(at(2.0))), at(3.0));
        assert_eq!(at(5.0).since(None), at(5.0));
    }
}
