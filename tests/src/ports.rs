//! Ports for the programs under test. Tests run in processes of their own, several at a time.

use anyhow::{bail, Result};
use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    ops::Range,
    sync::{Mutex, PoisonError},
};

/// Ports for tests. They are below those that the system gives to outgoing connections, which come and go at any moment.
const PORTS: Range<u16> = 20_000..32_000;

/// Locked files of the ports that this process has reserved.
static RESERVED: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// Reserves a TCP port on which no program listens, until this process ends. No other test is given the same port.
///
/// # Errors
///
/// When no port is free, or the temporary folder cannot be written.
pub fn free_port() -> Result<u16> {
    let folder = std::env::temp_dir().join("vilokanam-test-ports");
    fs::create_dir_all(&folder)?;
    let mut reserved = RESERVED.lock().unwrap_or_else(PoisonError::into_inner);
    // Processes begin at ports of their own, so that they seldom try the same ones.
    let start = PORTS.start + (std::process::id() * 31 % u32::from(PORTS.end - PORTS.start)) as u16;
    for port in (start..PORTS.end).chain(PORTS.start..start) {
        let file = File::options().create(true).append(true).open(folder.join(port.to_string()))?;
        if file.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            reserved.push(file);
            return Ok(port);
        }
    }
    bail!("no port from {} to {} is free", PORTS.start, PORTS.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_reserved_until_the_process_ends() {
        let (first, second) = (free_port().unwrap(), free_port().unwrap());
        assert_ne!(first, second);
        let file =
            File::options().append(true).open(std::env::temp_dir().join(format!("vilokanam-test-ports/{first}")));
        assert!(file.unwrap().try_lock().is_err(), "another test cannot reserve it");
    }
}
