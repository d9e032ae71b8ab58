//! Sockets that the program writes to: they are connected before the rights are given up, so that the program itself needs no
//! right to connect to anything. Kernels before 7.1 cannot restrict to which sockets of the machine a process connects, and
//! some of these (of databases, of managers of containers) give away all rights.

use crate::policy::Policy;
use rustix::io::{fcntl_setfd, FdFlags};
use std::{
    ffi::{OsStr, OsString},
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{ffi::OsStrExt, net::UnixStream},
    },
    path::{Component, Path},
};

/// How an argument names a socket, as ffmpeg writes it.
const SCHEME: &[u8] = b"unix://";

/// Connects to each socket in a folder of the policy that an argument names. Returns the arguments, in which `pipe:` and the
/// number of the open file are in its place, and the open files, which the program inherits.
pub(super) fn connect(
    policy: &Policy,
    arguments: impl Iterator<Item = OsString>,
) -> io::Result<(Vec<OsString>, Vec<OwnedFd>)> {
    let mut sockets = Vec::new();
    let mut changed = Vec::new();
    for argument in arguments {
        let Some(path) = socket(policy, &argument) else {
            changed.push(argument);
            continue;
        };
        let socket = OwnedFd::from(UnixStream::connect(path)?);
        // The program inherits it.
        fcntl_setfd(&socket, FdFlags::empty())?;
        changed.push(format!("pipe:{}", socket.as_raw_fd()).into());
        sockets.push(socket);
    }
    Ok((changed, sockets))
}

/// Path of the socket that an argument names, if the policy allows it.
fn socket<'a>(policy: &Policy, argument: &'a OsStr) -> Option<&'a Path> {
    let path = Path::new(OsStr::from_bytes(argument.as_bytes().strip_prefix(SCHEME)?));
    let is_allowed = policy.sockets.iter().any(|folder| path.starts_with(folder));
    let has_way_out = path.components().any(|part| part == Component::ParentDir);
    (is_allowed && !has_way_out).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, os::unix::net::UnixListener};

    #[test]
    fn sockets_of_the_policy_are_connected_and_other_arguments_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let listener = UnixListener::bind(&path).unwrap();
        let policy = Policy { sockets: vec![folder.path().to_owned()], ..Policy::default() };
        let url = |path: &Path| OsString::from(format!("unix://{}", path.display()));
        let out = url(&folder.path().join("../a"));
        let arguments = ["-i".into(), url(&path), "unix:///run/other".into(), out.clone()];
        let (changed, sockets) = connect(&policy, arguments.into_iter()).unwrap();
        let pipe = OsString::from(format!("pipe:{}", sockets[0].as_raw_fd()));
        assert_eq!(changed, ["-i".into(), pipe, "unix:///run/other".into(), out]);
        drop(sockets);
        let (mut accepted, _) = listener.accept().unwrap();
        assert_eq!(accepted.read(&mut [0]).unwrap(), 0, "it was connected, and is closed");
    }

    #[test]
    fn socket_that_does_not_exist_is_an_error() {
        let policy = Policy { sockets: vec!["/no/such".into()], ..Policy::default() };
        assert!(connect(&policy, ["unix:///no/such/socket".into()].into_iter()).is_err());
    }
}
