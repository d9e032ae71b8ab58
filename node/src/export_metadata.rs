//! `export-metadata`: the runtime's metadata as bytes, for the tools that generate clients from it.
//!
//! The metadata comes from executing the genesis code of the chosen chain, so it needs neither a database nor a running
//! node. It is written as it stands (`meta`, a version byte, the SCALE body), without the length prefix the runtime API
//! puts before it: that is what subxt reads from a file.

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

/// The version number with which a runtime offers metadata whose format is not settled yet.
const UNSTABLE_VERSION: u32 = u32::MAX;

/// Write the runtime's SCALE metadata, from which subxt and other clients generate their types.
#[derive(Debug, Clone, clap::Args)]
// The SDK gives every subcommand a `--version` that prints the node's own.
#[command(disable_version_flag = true)]
pub struct ExportMetadataCmd {
    /// The chain whose genesis runtime is asked: `dev`, `local`, or the path of a chain specification.
    #[arg(long, value_name = "CHAIN_SPEC", default_value = "local")]
    pub chain: String,

    /// The metadata version to write; the newest settled one the runtime offers if omitted.
    #[arg(long, value_name = "NUMBER")]
    pub version: Option<u32>,

    /// The file to write; standard output if omitted.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Why no metadata could be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportMetadataError {
    /// The specification's genesis could not be built.
    #[error("the genesis of chain `{chain}` cannot be built: {reason}")]
    Genesis {
        /// The chain's id.
        chain: String,
        /// What the SDK said.
        reason: String,
    },

    /// The genesis has no runtime in it.
    #[error("the genesis of chain `{0}` has no runtime code")]
    NoCode(String),

    /// The runtime could not be executed.
    #[error("the runtime failed in {call}: {reason}")]
    Runtime {
        /// The runtime API called.
        call: &'static str,
        /// What the executor said.
        reason: String,
    },

    /// The runtime answered what nobody understands.
    #[error("the runtime's answer to {call} cannot be decoded: {source}")]
    Answer {
        /// The runtime API called.
        call: &'static str,
        /// What is wrong with it.
        source: codec::Error,
    },

    /// The runtime does not know the version asked for.
    #[error("the runtime offers metadata in the versions {offered:?}, not in {wanted}")]
    NotOffered {
        /// The version asked for.
        wanted: u32,
        /// The versions there are.
        offered: Vec<u32>,
    },

    /// The runtime knows no settled version.
    #[error("the runtime offers no settled metadata version, only {0:?}")]
    NothingSettled(Vec<u32>),

    /// The bytes would have gone to somebody's screen.
    #[error("metadata is binary: redirect the output, or name a file with --output")]
    Terminal,

    /// The metadata could not be written.
    #[error("the metadata cannot be written to {target}: {source}")]
    Write {
        /// Where to.
        target: String,
        /// What the system said.
        source: io::Error,
    },
}

impl ExportMetadataCmd {
    /// Executes the runtime of `spec` and writes its metadata.
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

/// The version asked for if it is offered, the newest settled one if none was.
fn choose_version(wanted: Option<u32>, offered: &[u32]) -> Result<u32, ExportMetadataError> {
    match wanted {
        Some(wanted) if offered.contains(&wanted) => Ok(wanted),
        Some(wanted) => Err(ExportMetadataError::NotOffered { wanted, offered: offered.to_vec() }),
        None => {
            let newest = offered.iter().copied().filter(|version| *version != UNSTABLE_VERSION).max();
            newest.ok_or_else(|| ExportMetadataError::NothingSettled(offered.to_vec()))
        }
    }
}

/// Runtime code that can be called without a chain under it.
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
        // Metadata is compiled in: an empty state will do. The in-memory one the SDK exports is meant for tests.
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
    fn choose_version_works() {
        assert_eq!(choose_version(None, &[14, 16, 15, UNSTABLE_VERSION]).ok(), Some(16));
        assert_eq!(choose_version(Some(14), &[14, 15]).ok(), Some(14));
        assert_eq!(choose_version(Some(UNSTABLE_VERSION), &[15, UNSTABLE_VERSION]).ok(), Some(UNSTABLE_VERSION));
    }

    #[test]
    fn choose_version_not_offered_fails() {
        let error = choose_version(Some(13), &[14, 15]);
        assert!(matches!(error, Err(ExportMetadataError::NotOffered { wanted: 13, offered }) if offered == [14, 15]));
        assert!(matches!(choose_version(None, &[UNSTABLE_VERSION]), Err(ExportMetadataError::NothingSettled(_))));
    }

    #[test]
    fn run_works() {
        let Ok(spec) = crate::chain_spec::load("dev") else {
            assert!(vilokanam_runtime::WASM_BINARY.is_none());
            return;
        };
        let runtime = Runtime::of_genesis(&spec).expect("the development genesis has code");
        let metadata: Option<Vec<u8>> = runtime.call("Metadata_metadata_at_version", &15u32).expect("the API is there");
        assert!(metadata.expect("version 15 is offered").starts_with(b"meta\x0f"));
    }
}
