//! Landlock: rights on files, sockets and the network.

use crate::policy::Policy;
use landlock::{
    path_beneath_rules, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, ABI,
};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Newest version of Landlock whose rights are known here. Older kernels enforce those that they know.
const VERSION: ABI = ABI::V9;

/// What every program needs: libraries, their cache, and what it asks about the machine. `/proc/self` is opened here, by the
/// process that becomes the program, so it is its own entry and not that of another process.
const LIBRARIES: [&str; 16] = [
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/sys/devices/system",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/filesystems",
    "/dev/urandom",
    "/dev/random",
];

/// Where the loader of programs is, which the kernel starts with each program. Programs of the system are elsewhere, so that no
/// shell is started by a decoder that was taken over. They would have no more rights.
const LOADERS: [&str; 7] = ["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/nix/store"];

/// Where the programs are that a script runs, if the program is one: some systems wrap ffmpeg.
const PROGRAMS: [&str; 2] = ["/usr", "/bin"];

/// Devices of graphics cards, and what their drivers read.
const DEVICES: [&str; 9] = [
    "/dev/dri",
    "/dev/nvidia0",
    "/dev/nvidiactl",
    "/dev/nvidia-uvm",
    "/dev/nvidia-uvm-tools",
    "/dev/nvidia-modeset",
    "/dev/shm",
    "/sys/class/drm",
    "/sys/devices",
];

/// Gives up all rights but those of the policy. Returns whether this kernel enforces what it knows of; paths that do not
/// exist are left out.
pub(super) fn restrict(policy: &Policy, program: Option<&Path>) -> Result<bool, RulesetError> {
    let run = AccessFs::from_read(VERSION);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::ReadFile
        | AccessFs::ReadDir
        | AccessFs::WriteFile
        | AccessFs::MakeReg
        | AccessFs::RemoveFile
        | AccessFs::Truncate;
    let devices: &[&str] = if policy.allows_devices { &DEVICES } else { &[] };
    let programs: &[&str] = if program.is_some_and(is_script) { &PROGRAMS } else { &[] };
    let use_device: BitFlags<AccessFs> = read | AccessFs::WriteFile | AccessFs::IoctlDev;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(VERSION))?
        .handle_access(AccessNet::from_all(VERSION))?
        .scope(Scope::from_all(VERSION))?
        .create()?
        .add_rules(path_beneath_rules(LIBRARIES, read))?
        .add_rules(path_beneath_rules(LOADERS, run))?
        .add_rules(path_beneath_rules(programs, run))?
        .add_rules(path_beneath_rules(folders_of(program), run))?
        .add_rules(path_beneath_rules(&policy.readable, read))?
        .add_rules(path_beneath_rules(&policy.writable, write))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(devices, use_device))?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// The folder of a program, and the libraries beside it: `bin/ffmpeg` and `lib`.
fn folders_of(program: Option<&Path>) -> Vec<PathBuf> {
    let Some(file) = program.and_then(|program| program.canonicalize().ok()) else { return Vec::new() };
    let Some(folder) = file.parent() else { return Vec::new() };
    let mut folders = vec![file.clone()];
    if folder.file_name().is_some_and(|name| name == "bin") {
        folders.extend(folder.parent().map(|above| above.join("lib")));
    }
    folders
}

/// Whether a program is run by another one, which its first line names.
fn is_script(program: &Path) -> bool {
    let mut first = [0; 2];
    let read = File::open(program).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *b"#!"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_known_by_their_first_line() {
        let folder = tempfile::tempdir().unwrap();
        for (name, contents, expected) in [("a", "#!/bin/sh\n", true), ("b", "\u{7f}ELF", false), ("c", "", false)] {
            std::fs::write(folder.path().join(name), contents).unwrap();
            assert_eq!(is_script(&folder.path().join(name)), expected, "{contents}");
        }
        assert!(!is_script(Path::new("/no/such/program")));
    }

    #[test]
    fn a_program_brings_its_own_file_and_libraries_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("bin")).unwrap();
        for name in ["bin/ffmpeg", "ffprobe"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        assert_eq!(folders_of(Some(&root.join("bin/ffmpeg"))), [root.join("bin/ffmpeg"), root.join("lib")]);
        assert_eq!(folders_of(Some(&root.join("ffprobe"))), [root.join("ffprobe")], "not what is beside it");
        assert_eq!(folders_of(Some(&root.join("missing"))), Vec::<PathBuf>::new());
        assert_eq!(folders_of(None), Vec::<PathBuf>::new());
    }
}
