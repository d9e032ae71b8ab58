//! Code of a runtime in a file, and whether it fits the chain.

use std::{fs, path::Path};
use vilokanam_chain::{
    governance::{hash_of, Hash},
    RuntimeVersion,
};
use vilokanam_terminal::CommandError;
use wasmparser::{Parser, Payload};

/// Maximum size of a runtime's file in bytes. Nodes build blocks of 4 MiB and 512 bytes at most, and pass over a larger
/// transaction until it expires.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;
/// Maximum size of the code after decompression in bytes.
const MAX_CODE_BYTES: usize = 50 * 1024 * 1024;
/// Section of the code that holds the version.
const VERSION_SECTION: &str = "runtime_version";

/// Code of a runtime.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// Contents of the file, as the chain stores them.
    pub bytes: Vec<u8>,
    /// Hash of the contents.
    pub hash: Hash,
    /// Name and version in the code.
    pub version: RuntimeVersion,
}

impl Code {
    /// Reads the code from a file.
    pub fn read(path: &Path) -> Result<Self, CommandError> {
        let length = fs::metadata(path).map_err(|error| CommandError::path("read", path, error))?.len();
        if length > MAX_FILE_BYTES {
            let why = format!(
                "it has {length} bytes, and a block carries {MAX_FILE_BYTES} at most: use the compressed code of a release"
            );
            return Err(CommandError::path("use", path, why));
        }
        let bytes = fs::read(path).map_err(|error| CommandError::path("read", path, error))?;
        Self::new(bytes).map_err(|why| CommandError::path("use", path, why))
    }

    fn new(bytes: Vec<u8>) -> Result<Self, String> {
        let version = {
            let code = sp_maybe_compressed_blob::decompress(&bytes, MAX_CODE_BYTES);
            let code = code.map_err(|_| "it cannot be decompressed")?;
            version(&code)?
        };
        Ok(Self { hash: hash_of(&bytes), version, bytes })
    }

    /// Fails unless the chain would accept this code after the present one.
    pub fn check_against(&self, present: &RuntimeVersion) -> Result<(), CommandError> {
        let RuntimeVersion { spec_name, spec_version } = &self.version;
        if *spec_name != present.spec_name {
            let what = format!("the code is of the chain '{spec_name}', and this chain is '{}'", present.spec_name);
            return Err(CommandError::failed(what, "Check the file, and --node."));
        }
        if *spec_version <= present.spec_version {
            let what = format!("the code has version {spec_version}, and the chain has {}", present.spec_version);
            return Err(CommandError::failed(what, "An upgrade needs a higher spec_version."));
        }
        Ok(())
    }
}

/// Reads the name and the version from the code.
fn version(code: &[u8]) -> Result<RuntimeVersion, String> {
    if !code.starts_with(b"\0asm") {
        return Err("it is not WebAssembly".into());
    }
    for payload in Parser::new(0).parse_all(code) {
        let payload = payload.map_err(|error| format!("it is not valid WebAssembly: {error}"))?;
        match payload {
            Payload::CustomSection(section) if section.name() == VERSION_SECTION => {
                return decode_version(section.data()).ok_or_else(|| "its version cannot be decoded".into());
            }
            _ => {}
        }
    }
    Err("it is not the code of a runtime: it has no version".into())
}

/// Decodes the beginning of a runtime's version: two names, then numbers.
fn decode_version(mut bytes: &[u8]) -> Option<RuntimeVersion> {
    use codec::Decode;
    let (spec_name, _impl_name, _authoring_version, spec_version) =
        <(String, String, u32, u32)>::decode(&mut bytes).ok()?;
    Some(RuntimeVersion { spec_name, spec_version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    fn present() -> RuntimeVersion {
        RuntimeVersion { spec_name: "vilokanam".into(), spec_version: 200 }
    }

    /// WebAssembly with one custom section. All lengths are below 128.
    fn wasm(section: &str, data: &[u8]) -> Vec<u8> {
        let name = [&[section.len() as u8], section.as_bytes()].concat();
        let length = (name.len() + data.len()) as u8;
        [b"\0asm\x01\0\0\0".as_slice(), &[0, length], &name, data].concat()
    }

    fn code(spec_name: &str, spec_version: u32) -> Vec<u8> {
        wasm(VERSION_SECTION, &(spec_name, "impl", 1u32, spec_version, 0u32).encode())
    }

    #[test]
    fn version_is_read_from_the_code() {
        let code = Code::new(code("vilokanam", 201)).unwrap();
        assert_eq!(code.version, RuntimeVersion { spec_name: "vilokanam".into(), spec_version: 201 });
        assert_eq!(code.hash, hash_of(&code.bytes));
        assert!(code.check_against(&present()).is_ok());
    }

    #[test]
    fn code_of_another_chain_or_an_old_version_is_refused() {
        for (name, version, words) in [("other", 201, "'other'"), ("vilokanam", 200, "version 200")] {
            let error = Code::new(code(name, version)).unwrap().check_against(&present()).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn file_that_is_no_runtime_is_refused() {
        let compressed = [82, 188, 83, 118, 70, 219, 142, 5, 0, 0];
        for (bytes, words) in [
            (b"text".to_vec(), "not WebAssembly"),
            (wasm("name", b"x"), "no version"),
            (wasm(VERSION_SECTION, b"x"), "cannot be decoded"),
            (compressed.to_vec(), "cannot be decompressed"),
        ] {
            let error = Code::new(bytes).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large.wasm");
        fs::write(&large, [b"\0asm".as_slice(), &vec![0; MAX_FILE_BYTES as usize]].concat()).unwrap();
        let large = Code::read(&large).unwrap_err();
        assert!(large.to_string().contains("a block carries 4194304 at most"), "{large}");
        let missing = Code::read(Path::new("/nonexistent/runtime.wasm")).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/runtime.wasm"), "{missing}");
    }
}
