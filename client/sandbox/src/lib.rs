//! Runs a program that reads strangers' bytes with as few rights as the kernel can enforce.
//!
//! Decoders of video are large, old and written in C, and a gateway lets them read what strangers send. They run as the
//! user that owns the gateway's journal, secrets and key, so a fault in one of them would give these away. In the sandbox a
//! program
//!
//! * reads the libraries of the system, and nothing else of the file system (Landlock);
//! * writes nothing but its pipes and the sockets that it is given (Landlock, limits);
//! * reaches no network, no socket of the machine, and no process but itself (Landlock, seccomp);
//! * starts no other process and none of the system's programs, and uses only the system calls that decoding needs (seccomp);
//! * has bounds for memory, files and processor time (limits), and none of the gateway's environment.
//!
//! # How it is entered
//!
//! A process cannot take rights from another. So the gateway starts *itself* again with a first argument that only this
//! crate knows; [`run_if_asked`] at the beginning of `main` then gives up the rights, and becomes the program by `exec`.
//!
//! ```text
//! gateway ── starts ──> the same executable ── limits, Landlock, seccomp ── exec ──> ffmpeg
//! ```
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use vilokanam_sandbox::{Policy, Sandbox};
//!
//! vilokanam_sandbox::run_if_asked();
//! let sandbox = Sandbox::of_this_program(Policy::default())?;
//! let output = sandbox.command("ffprobe").arg("-version").output()?;
//! # Ok(())
//! # }
//! ```
//!
//! On other systems than Linux only the limits apply, and [`Sandbox::check`] says so.

#![deny(missing_docs)]

mod enter;
mod policy;

pub use enter::{run_if_asked, Enforced};
pub use policy::Policy;

use enter::{ENTER, REPORT};
use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use thiserror::Error;

/// Variables of the environment that a program in the sandbox keeps: where programs and libraries are, and which device
/// encodes. All others may be secrets.
const KEPT_VARIABLES: [&str; 10] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "LIBVA_DRIVER_NAME",
    "LIBVA_DRIVERS_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "ONEVPL_SEARCH_PATH",
];

/// Why the sandbox cannot be used.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The executable of this program is not known.
    #[error("the path of this program is not known: {0}")]
    NoProgram(io::Error),
    /// The program that enters the sandbox does not do so.
    #[error("{path} cannot enter the sandbox ({why}); switch the sandbox off, or start the program by its full path")]
    NotEntered {
        /// Path of the program.
        path: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// The kernel enforces less than is required.
    #[error(
        "this system does not enforce the sandbox ({0}); use Linux 5.13 or newer with Landlock, or do not require the sandbox"
    )]
    NotEnforced(Enforced),
}

/// A way to start programs with few rights. Clones are independent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// Program that calls [`run_if_asked`].
    launcher: PathBuf,
    policy: Policy,
}

impl Sandbox {
    /// A sandbox that the program itself enters, which calls [`run_if_asked`] at the beginning of its `main`.
    ///
    /// # Errors
    ///
    /// [`SandboxError::NoProgram`].
    pub fn of_this_program(policy: Policy) -> Result<Self, SandboxError> {
        let launcher = std::env::current_exe().map_err(SandboxError::NoProgram)?;
        Ok(Self { launcher, policy })
    }

    /// A sandbox that another program enters, which calls [`run_if_asked`] at the beginning of its `main`.
    pub fn entered_by(launcher: impl Into<PathBuf>, policy: Policy) -> Self {
        Self { launcher: launcher.into(), policy }
    }

    /// What is allowed.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The same sandbox with another policy.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Policy)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.policy);
        changed
    }

    /// A command that runs `program` in the sandbox. Arguments, input and output are set as for any command, and the
    /// program has the process id of the child. A sandbox that cannot be entered ends with the exit code 126 and a line on
    /// standard error.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(&self.launcher);
        command.arg(ENTER).arg(self.policy.encode()).arg(program).env_clear();
        for name in KEPT_VARIABLES {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Enters the sandbox once, and returns what the kernel enforces.
    ///
    /// # Errors
    ///
    /// The sandbox cannot be entered, or is required and not enforced.
    pub fn check(&self) -> Result<Enforced, SandboxError> {
        let failed = |why: String| SandboxError::NotEntered { path: self.launcher.clone(), why };
        let policy = Policy { is_required: false, ..self.policy.clone() };
        let mut command = Command::new(&self.launcher);
        command.arg(REPORT).arg(policy.encode()).env_clear().stdin(Stdio::null());
        let output = command.output().map_err(|error| failed(error.to_string()))?;
        let enforced = Enforced::read(&output.stdout)
            .ok_or_else(|| failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))?;
        if self.policy.is_required && !enforced.is_whole() {
            return Err(SandboxError::NotEnforced(enforced));
        }
        Ok(enforced)
    }

    /// Path of the program that enters the sandbox.
    pub fn launcher(&self) -> &Path {
        &self.launcher
    }
}
