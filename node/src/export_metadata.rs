//! The command `export-metadata`, which writes the runtime's metadata for tools that generate clients from it.
//!
//! The command executes the genesis code of the chosen chain, so it needs neither a database nor a running node. It
//! writes `meta`, a version byte and the SCALE body, without the length prefix that the runtime API adds: the form in
//! which subxt reads metadata from a file.

use codec::{Decode, Encode};
use sc_executor::WasmExecutor;
use sc_service::ChainSpec;
use sp_core::{
    storage::well_known_keys,
    traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
};
use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::PathBuf,
};

/// Version number of metadata whose format is not stable yet.
const UNSTABLE_VERSION: u32 = u32::MAX;

/// Write the runtime's SCALE metadata, from which subxt and other clients generate their types.
#[derive(Debug, Clone, clap::Args)]
// The SDK adds a `--version` to every subcommand that prints the node's version.
#[command(disable_version_flag = true)]
pub struct ExportMetadataCmd {
    /// Chain whose genesis runtime is executed: `dev`, `local`, or the path of a chain specification.
    #[arg(long, value_name = "CHAIN_SPEC", default_value = "local")]
    pub chain: String,

    /// Metadata version to write [default: the newest stable version of the runtime].
    #[arg(long, value_name = "NUMBER")]
    pub version: Option<u32>,

    /// File to write [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Reason for which the metadata was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportMetadataError {
    /// The genesis state of the specification cannot be built.
    #[error("the genesis of chain `{chain}` cannot be built: {reason}")]
    Genesis {
        /// Id of the chain.
        chain: String,
        /// Message of the SDK.
        reason: String,
    },

    /// The genesis state contains no runtime.
    #[error("the genesis of chain `{0}` has no runtime code")]
    NoCode(String),

    /// The runtime call failed.
    #[error("the runtime failed in {call}: {reason}")]
    Runtime {
        /// Runtime API function that was called.
        call: &'static str,
        /// Message of the executor.
        reason: String,
    },

    /// The runtime's answer cannot be decoded.
    #[error("the runtime's answer to {call} cannot be decoded: {source}")]
    Answer {
        /// Runtime API function that was called.
        call: &'static str,
        /// Error of the decoder.
        source: codec::Error,
    },

    /// The runtime does not offer the requested version.
    #[error("the runtime offers metadata of versions {offered:?}, not of version {wanted}")]
    NotOffered {
        /// Requested version.
        wanted: u32,
        /// Offered versions.
        offered: Vec<u32>,
    },

    /// The runtime offers no stable version.
    #[error("the runtime offers no stable metadata version, only {0:?}")]
    NoStableVersion(Vec<u32>),

    /// Standard output is a terminal.
    #[error("metadata is binary; redirect the output, or name a file with --output")]
    Terminal,

    /// Writing the metadata failed.
    #[error("the metadata cannot be written to {target}: {source}")]
    Write {
        /// File, or standard output.
        target: String,
        /// Error of the operating system.
        source: io::Error,
    },
}

impl ExportMetadataCmd {
    /// Executes the runtime of `spec` and writes its metadata.
    ///
    /// # Errors
    ///
    /// When the runtime cannot be executed, the version is not offered, or writing fails.
    pub fn run(&self, spec: &dyn ChainSpec) -> Result<(), ExportMetadataError> {
        let runtime = Runtime::of_genesis(spec)?;
        let offered: Vec<u32> = runtime.call("Metadata_metadata_versions", &())?;
        let version = choose_version(self.version, &offered)?;
        let metadata: Option<Vec<u8>> = runtime.call("Metadata_metadata_at_version", &version)?;
        self.write(&metadata.ok_or(ExportMetadataError::NotOffered { wanted: version, offered })?)
    }

    fn write(&self, metadata: &[u8]) -> Result<(), ExportMetadataError> {
        let Some(path) = &self.output else {
            let mut stdout = io::stdout().lock();
            if stdout.is_terminal() {
                return Err(ExportMetadataError::Terminal);
            }
            return stdout
                .write_all(metadata)
                .and_then(|()| stdout.flush())
                .map_err(|source| ExportMetadataError::Write { target: "standard output".into(), source });
        };
        fs::write(path, metadata)
            .map_err(|source| ExportMetadataError::Write { target: path.display().to_string(), source })
    }
}

/// Returns the requested version if it is offered, or the newest stable one if none was requested.
fn choose_version(wanted: Option<u32>, offered: &[u32]) -> Result<u32, ExportMetadataError> {
    match wanted {
        Some(wanted) if offered.contains(&wanted) => Ok(wanted),
        Some(wanted) => Err(ExportMetadataError::NotOffered { wanted, offered: offered.to_vec() }),
        None => {
            let newest = offered.iter().copied().filter(|version| *version != UNSTABLE_VERSION).max();
            newest.ok_or_else(|| ExportMetadataError::NoStableVersion(offered.to_vec()))
        }
    }
}

/// Runtime code that can be called without a chain.
struct Runtime {
    code: Vec<u8>,
    executor: WasmExecutor,
}

impl Runtime {
    fn of_genesis(spec: &dyn ChainSpec) -> Result<Self, ExportMetadataError> {
        let genesis = spec
            .as_storage_builder()
            .build_storage()
            .map_err(|reason| ExportMetadataError::Genesis { chain: spec.id().into(), reason })?;
        let code = genesis
            .top
            .get(well_known_keys::CODE)
            .cloned()
            .ok_or_else(|| ExportMetadataError::NoCode(spec.id().into()))?;

        // A runtime with benchmarks imports host functions that its metadata does not need.
        let executor = WasmExecutor::builder().with_allow_missing_host_functions(true).build();
        Ok(Self { code, executor })
    }

    fn call<Answer: Decode>(&self, call: &'static str, argument: &impl Encode) -> Result<Answer, ExportMetadataError> {
        // Metadata is part of the code, so an empty state is sufficient.
        let mut state = sp_io::TestExternalities::default();
        let fetcher = WrappedRuntimeCode(self.code.as_slice().into());
        let code = RuntimeCode {
            code_fetcher: &fetcher,
            heap_pages: None,
            hash: sp_io::hashing::blake2_256(&self.code).to_vec(),
        };

        let (answer, _) = self.executor.call(&mut state.ext(), &code, call, &argument.encode(), CallContext::Offchain);
        let answer = answer.map_err(|error| ExportMetadataError::Runtime { call, reason: error.to_string() })?;
        Answer::decode(&mut answer.as_slice()).map_err(|source| ExportMetadataError::Answer { call, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_stable_version_is_the_default() {
        assert_eq!(choose_version(None, &[14, 16, 15, UNSTABLE_VERSION]).ok(), Some(16));
        assert_eq!(choose_version(Some(14), &[14, 15]).ok(), Some(14));
        assert_eq!(choose_version(Some(UNSTABLE_VERSION), &[15, UNSTABLE_VERSION]).ok(), Some(UNSTABLE_VERSION));
    }

    #[test]
    fn version_that_is_not_offered_is_refused() {
        let error = choose_version(Some(13), &[14, 15]);
        assert!(matches!(error, Err(ExportMetadataError::NotOffered { wanted: 13, offered }) if offered == [14, 15]));
        assert!(matches!(choose_version(None, &[UNSTABLE_VERSION]), Err(ExportMetadataError::NoStableVersion(_))));
    }

    #[test]
    fn metadata_of_the_development_chain_is_returned() {
        let Ok(spec) = crate::chain_spec::load("dev") else {
            assert!(vilokanam_runtime::WASM_BINARY.is_none());
            return;
        };
        let runtime = Runtime::of_genesis(&spec).expect("the development genesis has code");
        let metadata: Option<Vec<u8>> =
            runtime.call("Metadata_metadata_at_version", &15u32).expect("the runtime has this API");
        assert!(metadata.expect("version 15 is offered").starts_with(b"meta\x0f"));
    }
}
