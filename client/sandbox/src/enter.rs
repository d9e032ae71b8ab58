//! Entering the sandbox: limits, then Landlock, then seccomp, then the program.

#[cfg(target_os = "linux")]
mod files;
mod limits;
mod sockets;
#[cfg(target_os = "linux")]
mod syscalls;

use crate::policy::Policy;
use std::{
    env,
    ffi::OsString,
    fmt,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{exit, Command},
};

/// First argument with which the sandbox is entered and a program run. The policy, the program and its arguments follow.
pub(crate) const ENTER: &str = "--vilokanam-enter-sandbox";
/// First argument with which the sandbox is entered to report what is enforced. The policy follows.
pub(crate) const REPORT: &str = "--vilokanam-report-sandbox";

/// Exit code when the sandbox cannot be entered, as of shells for a program that cannot be run.
const EXIT_NOT_ENTERED: i32 = 126;

/// What the kernel enforces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enforced {
    /// Rights on files, sockets and the network (Landlock): all that this kernel knows of.
    pub files: bool,
    /// System calls (seccomp).
    pub syscalls: bool,
}

impl Enforced {
    /// Whether both are enforced.
    pub fn is_whole(self) -> bool {
        self.files && self.syscalls
    }

    /// Reads what [`REPORT`] has written.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let words = std::str::from_utf8(text).ok()?;
        let enforced = [Self::WHOLE, Self::NONE, Self::FILES, Self::SYSCALLS];
        enforced.into_iter().find(|enforced| enforced.to_string() == words.trim())
    }

    const NONE: Self = Self { files: false, syscalls: false };
    const FILES: Self = Self { files: true, syscalls: false };
    const SYSCALLS: Self = Self { files: false, syscalls: true };
    const WHOLE: Self = Self { files: true, syscalls: true };
}

impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.files, self.syscalls) {
            (true, true) => "files and system calls are restricted",
            (true, false) => "files are restricted, system calls are not",
            (false, true) => "system calls are restricted, files are not",
            (false, false) => "neither files nor system calls are restricted",
        })
    }
}

/// Enters the sandbox, if the program was started for that, and does not return then. To be called at the beginning of
/// `main`, before there are other threads.
pub fn run_if_asked() {
    let mut arguments = env::args_os().skip(1);
    let first = arguments.next();
    let why = match first.as_ref().and_then(|first| first.to_str()) {
        Some(ENTER) => run(arguments),
        Some(REPORT) => report(arguments),
        _ => return,
    };
    eprintln!("the sandbox cannot be entered: {why}");
    exit(EXIT_NOT_ENTERED);
}

/// Becomes the program. Returns why that failed.
fn run(mut arguments: impl Iterator<Item = OsString>) -> String {
    let Some(policy) = policy(&mut arguments) else { return "its policy cannot be read".into() };
    let Some(program) = arguments.next() else { return "no program is named".into() };
    let Some(path) = find(Path::new(&program)) else {
        return format!("there is no program {}", program.to_string_lossy());
    };
    let (arguments, _sockets) = match sockets::connect(&policy, arguments) {
        Ok(connected) => connected,
        Err(error) => return format!("sockets: {error}"),
    };
    match enter(&policy, Some(&path)) {
        Err(why) => return why,
        Ok(enforced) if policy.is_required && !enforced.is_whole() => return enforced.to_string(),
        Ok(_) => {}
    }
    // The name under which it was called is kept: some programs look at it.
    let failed = Command::new(&path).arg0(&program).args(arguments).exec();
    format!("{}: {failed}", path.display())
}

/// Enters the sandbox and ends. Returns why that failed.
fn report(mut arguments: impl Iterator<Item = OsString>) -> String {
    let Some(policy) = policy(&mut arguments) else { return "its policy cannot be read".into() };
    match enter(&policy, None) {
        Err(why) => why,
        Ok(enforced) => {
            println!("{enforced}");
            exit(0);
        }
    }
}

fn policy(arguments: &mut impl Iterator<Item = OsString>) -> Option<Policy> {
    arguments.next().as_ref().and_then(|text| text.to_str()).and_then(Policy::decode)
}

/// Gives up the rights of this process. `program` is what it will run.
fn enter(policy: &Policy, program: Option<&Path>) -> Result<Enforced, String> {
    limits::set(policy).map_err(|error| format!("limits: {error}"))?;
    restrict(policy, program)
}

#[cfg(target_os = "linux")]
fn restrict(policy: &Policy, program: Option<&Path>) -> Result<Enforced, String> {
    let files = files::restrict(policy, program).map_err(|error| format!("Landlock: {error}"))?;
    let syscalls = syscalls::restrict(policy).map_err(|error| format!("seccomp: {error}"))?;
    Ok(Enforced { files, syscalls })
}

#[cfg(not(target_os = "linux"))]
fn restrict(_: &Policy, _: Option<&Path>) -> Result<Enforced, String> {
    Ok(Enforced::NONE)
}

/// The file of a program, which is searched in `PATH` unless it is a path.
fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name_and_by_path() {
        let found = find(Path::new("sh")).unwrap();
        assert!(found.is_absolute());
        assert_eq!(find(&found), Some(found.clone()));
        assert_eq!(find(Path::new("no-such-program")), None);
        assert_eq!(find(Path::new("/no/such/program")), None);
    }

    #[test]
    fn reports_are_read_as_they_are_written() {
        for (files, syscalls) in [(true, true), (true, false), (false, true), (false, false)] {
            let enforced = Enforced { files, syscalls };
            assert_eq!(Enforced::read(format!("{enforced}\n").as_bytes()), Some(enforced));
            assert_eq!(enforced.is_whole(), files && syscalls);
        }
        assert_eq!(Enforced::read(b""), None);
    }
}
