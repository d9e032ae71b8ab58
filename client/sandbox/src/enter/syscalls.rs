//! seccomp: only the system calls that decoding and encoding need. All others fail as if the kernel did not have them, so
//! that libraries fall back to others.

use crate::policy::Policy;
use libc::{c_long, *};
use seccompiler::{
    apply_filter, BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Compare, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// Calls that are allowed with any argument. None of them reaches another process, the network, or a file that Landlock
/// does not allow. `execve` is how the program itself begins.
const ALLOWED: &[c_long] = &[
    // Memory.
    SYS_brk,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_mlock,
    SYS_munlock,
    SYS_mincore,
    SYS_membarrier,
    SYS_get_mempolicy,
    SYS_set_mempolicy,
    SYS_mbind,
    // Files and pipes that are open, or that Landlock allows to be opened.
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_lseek,
    SYS_close,
    SYS_close_range,
    SYS_openat,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_statfs,
    SYS_fstatfs,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    SYS_fcntl,
    SYS_dup,
    SYS_dup3,
    SYS_pipe2,
    SYS_ftruncate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_fadvise64,
    SYS_fallocate,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_umask,
    // Waiting.
    SYS_ppoll,
    SYS_pselect6,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_eventfd2,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_futex,
    SYS_restart_syscall,
    // Threads and signals of its own.
    SYS_set_tid_address,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_rseq,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_sched_setaffinity,
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_sched_get_priority_max,
    SYS_sched_get_priority_min,
    SYS_getpriority,
    SYS_setpriority,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigtimedwait,
    SYS_sigaltstack,
    SYS_execve,
    SYS_exit,
    SYS_exit_group,
    // What it reads about itself and the machine.
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrusage,
    SYS_times,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrandom,
    SYS_prctl,
    SYS_getcpu,
];

/// The same, of an architecture that kept older forms.
#[cfg(target_arch = "x86_64")]
const ALLOWED_OLD: &[c_long] = &[
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_poll,
    SYS_select,
    SYS_epoll_create,
    SYS_epoll_wait,
    SYS_eventfd,
    SYS_pipe,
    SYS_dup2,
    SYS_unlink,
    SYS_rename,
    SYS_time,
    SYS_getrlimit,
    SYS_arch_prctl,
    SYS_alarm,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_OLD: &[c_long] = &[];

/// What drivers of graphics cards need in addition.
const ALLOWED_DEVICES: &[c_long] = &[
    SYS_ioctl,
    SYS_memfd_create,
    SYS_mlock2,
    SYS_inotify_init1,
    SYS_inotify_add_watch,
    SYS_inotify_rm_watch,
    SYS_mkdirat,
    SYS_sched_setscheduler,
    SYS_sched_setparam,
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_signalfd4,
    // Sockets of this machine, by which some drivers reach their service.
    SYS_connect,
    SYS_sendto,
    SYS_sendmsg,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_shutdown,
    SYS_getsockname,
    SYS_getpeername,
];

/// Requests to terminals and pipes: whether it is one, how wide it is, and how many bytes wait.
const IOCTLS: [u64; 4] = [TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO];
const TCGETS: u64 = 0x5401;
const TIOCGWINSZ: u64 = 0x5413;
const FIONREAD: u64 = 0x541b;
const FIONBIO: u64 = 0x5421;

/// Gives up all other system calls. Returns false on an architecture for which that is not known.
pub(super) fn restrict(policy: &Policy) -> Result<bool, seccompiler::Error> {
    let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) else { return Ok(false) };
    let refused = SeccompAction::Errno(u32::try_from(ENOSYS).unwrap_or_default());
    let filter = SeccompFilter::new(rules(policy)?, refused, SeccompAction::Allow, arch)?;
    let program: BpfProgram = filter.try_into()?;
    apply_filter(&program)?;
    Ok(true)
}

fn rules(policy: &Policy) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let own = u64::from(std::process::id());
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    // A call without rules is allowed with any argument.
    let mut allow = |calls: &[c_long]| rules.extend(calls.iter().map(|call| (*call, Vec::new())));
    allow(ALLOWED);
    allow(ALLOWED_OLD);
    if policy.allows_devices {
        allow(ALLOWED_DEVICES);
        let local = u64::try_from(AF_UNIX).unwrap_or_default();
        rules.insert(SYS_socket, vec![when(0, Compare::Eq, local)?]);
        rules.insert(SYS_socketpair, vec![when(0, Compare::Eq, local)?]);
    } else {
        let ioctls: Result<Vec<_>, _> = IOCTLS.into_iter().map(|request| when(1, Compare::Eq, request)).collect();
        rules.insert(SYS_ioctl, ioctls?);
    }
    // Threads, but no processes. The newer form of the call cannot be looked into, and is refused.
    let thread = u64::try_from(CLONE_THREAD).unwrap_or_default();
    rules.insert(SYS_clone, vec![when(0, Compare::MaskedEq(thread), thread)?]);
    // Signals to itself, as `abort` sends them.
    rules.insert(SYS_tgkill, vec![when(0, Compare::Eq, own)?]);
    // Its own limits. They cannot be raised.
    rules.insert(SYS_prlimit64, vec![when(0, Compare::Eq, 0)?, when(0, Compare::Eq, own)?]);
    Ok(rules)
}

/// A rule for the lower half of one argument, which is all of it for the types here.
fn when(argument: u8, compare: Compare, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, Length::Dword, compare, value)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_reach_others_are_not_allowed() {
        let dangerous = [
            SYS_ptrace,
            SYS_process_vm_readv,
            SYS_process_vm_writev,
            SYS_kill,
            SYS_tkill,
            SYS_pidfd_open,
            SYS_pidfd_getfd,
            SYS_bpf,
            SYS_mount,
            SYS_unshare,
            SYS_setns,
            SYS_io_uring_setup,
            SYS_userfaultfd,
            SYS_keyctl,
            SYS_perf_event_open,
            SYS_clone3,
            SYS_execveat,
            SYS_bind,
            SYS_listen,
            SYS_open_by_handle_at,
        ];
        for allows_devices in [false, true] {
            let rules = rules(&Policy { allows_devices, ..Policy::default() }).unwrap();
            for call in dangerous {
                assert!(!rules.contains_key(&call), "{call}");
            }
            for call in [SYS_clone, SYS_tgkill, SYS_prlimit64] {
                assert!(!rules[&call].is_empty(), "{call} is allowed with some arguments only");
            }
            let sockets = rules.get(&SYS_socket).map(Vec::is_empty);
            assert_eq!(sockets, allows_devices.then_some(false), "of this machine, and for drivers only");
        }
    }
}
