//! Limits of the process, which the program inherits and cannot raise.

use crate::policy::Policy;
use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use std::io;

/// Size of the stack of each thread. The memory of stacks counts, and ffmpeg has many threads on large machines.
const STACK_BYTES: u64 = 4 << 20;

/// Sets all limits. A limit that is lower already stays.
pub(super) fn set(policy: &Policy) -> io::Result<()> {
    // A core file would hold what strangers sent, and fill the disk.
    lower(Resource::Core, 0)?;
    lower(Resource::Fsize, policy.max_file_bytes)?;
    lower(Resource::Nofile, policy.max_open_files)?;
    lower(Resource::Data, policy.max_memory_bytes)?;
    lower(Resource::Stack, STACK_BYTES)?;
    policy.max_cpu_s.map_or(Ok(()), |seconds| lower(Resource::Cpu, seconds))
}

fn lower(resource: Resource, most: u64) -> io::Result<()> {
    let known = getrlimit(resource);
    // `None` stands for no limit.
    let lowered = |known: Option<u64>| Some(known.map_or(most, |known| known.min(most)));
    setrlimit(resource, Rlimit { current: lowered(known.current), maximum: lowered(known.maximum) })?;
    Ok(())
}
