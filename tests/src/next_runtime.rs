//! A runtime of the next version: the present sources with other constants and a higher `spec_version`, as a developer
//! would change them.
//!
//! The sources of the runtime are copied and changed in the build folder, and everything else of the repository is
//! linked to. The runtime's libraries were compiled for the present runtime; only the crates of the repository are
//! compiled again, which takes a minute.

use crate::process::{build_folder, temporary_folder};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

/// Folder of the runtime's sources in the repository.
const RUNTIME: &str = "runtime";
/// Entries of the repository that no build needs.
const NOT_LINKED: [&str; 3] = [RUNTIME, ".git", "target"];
/// File of the version, and what stands before and after its number.
const VERSION_FILE: &str = "src/apis.rs";
const VERSION: [&str; 2] = ["spec_version: ", ","];
/// File of the tick stream pallet's constants.
const CONSTANTS_FILE: &str = "src/configs/tick_stream.rs";
const MANIFEST: &str = "Cargo.toml";
/// Name of the library, which differs from the present runtime's because both are in the same build folder.
const LIBRARY: &str = "vilokanam_next_runtime";
const TARGET: &str = "wasm32v1-none";
/// Compiler flags of `substrate-wasm-builder`, and the settings of its profile.
const FLAGS: &str = "-C link-arg=--export-table -C link-arg=--export=__heap_base -C link-arg=--import-memory \
                     --cfg substrate_runtime";
const PROFILE: [&str; 4] = ["--config", "profile.release.panic='abort'", "--config", "profile.release.lto='thin'"];

/// Maximum size of a runtime in bytes before compression.
const MAX_CODE_BYTES: usize = 50 << 20;

/// Compiles the next runtime, in which these constants of the tick stream pallet have these values. Returns the path of
/// the compressed WebAssembly.
///
/// # Errors
///
/// A constant does not exist, or the compiler fails. The error has its output.
pub fn build(constants: &[(&str, u128)]) -> Result<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests are in the repository")?;
    let copy = temporary_folder()?.join("next-runtime");
    link_entries(repository, &copy)?;
    copy_changed(&repository.join(RUNTIME), &copy.join(RUNTIME), Path::new(""), constants)?;

    let target = build_folder()?.join("wbuild").join("vilokanam-runtime").join("target");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&copy)
        .args(["build", "--locked", "--package", "vilokanam-runtime", "--lib", "--no-default-features"])
        .args(["--release", "--target", TARGET])
        .args(PROFILE)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    let built = cargo.output().context("cargo cannot be run")?;
    ensure!(built.status.success(), "the next runtime cannot be built: {}", String::from_utf8_lossy(&built.stderr));
    let code = target.join(TARGET).join("release").join(format!("{LIBRARY}.wasm"));
    let compressed = copy.join("next.wasm");
    fs::write(&compressed, self::compressed(&fs::read(code)?)?)?;
    Ok(compressed)
}

/// Compresses a runtime's code, as that of a release is. A node puts at most 4 MiB into a block, and uncompressed code of
/// a development build can be larger: it would stay in the pool until its transaction expires.
pub fn compressed(code: &[u8]) -> Result<Vec<u8>> {
    sp_maybe_compressed_blob::compress_weakly(code, MAX_CODE_BYTES).context("the code cannot be compressed")
}

/// Links to the entries of the repository from the folder `copy`.
fn link_entries(repository: &Path, copy: &Path) -> Result<()> {
    fs::create_dir_all(copy)?;
    for entry in fs::read_dir(repository)? {
        let entry = entry?;
        let (original, link) = (entry.path(), copy.join(entry.file_name()));
        let present = fs::read_link(&link).ok();
        if present.as_ref() == Some(&original) || NOT_LINKED.iter().any(|other| entry.file_name() == *other) {
            continue;
        }
        // Other copies of the repository may use the same build folder.
        if present.is_some() {
            fs::remove_file(&link)?;
        }
        symlink(original, link)?;
    }
    Ok(())
}

/// Copies the folder at `path` below `from`, with the changes of the next version. A file with the right contents is
/// left alone, so that it is not compiled again.
fn copy_changed(from: &Path, to: &Path, path: &Path, constants: &[(&str, u128)]) -> Result<()> {
    fs::create_dir_all(to.join(path))?;
    for entry in fs::read_dir(from.join(path))? {
        let path = path.join(entry?.file_name());
        let source = from.join(&path);
        if source.is_dir() {
            copy_changed(from, to, &path, constants)?;
            continue;
        }
        let text = fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
        let text = changed(&path, text, constants).with_context(|| source.display().to_string())?;
        let copy = to.join(&path);
        if fs::read_to_string(&copy).ok().as_ref() != Some(&text) {
            fs::write(copy, text)?;
        }
    }
    Ok(())
}

/// Returns the text of a source file of the next version.
fn changed(path: &Path, text: String, constants: &[(&str, u128)]) -> Result<String> {
    if path == Path::new(MANIFEST) {
        return Ok(format!("{text}\n[lib]\nname = \"{LIBRARY}\"\ncrate-type = [\"cdylib\"]\n"));
    }
    if path == Path::new(VERSION_FILE) {
        let [before, after] = VERSION;
        return replaced(&text, before, after, |number| Ok((number.parse::<u32>()? + 1).to_string()));
    }
    if path == Path::new(CONSTANTS_FILE) {
        let with_constant = |text: String, (name, value): &(&str, u128)| {
            replaced(&text, &format!("pub const {name}: "), ";", |declared| {
                let (kind, _) = declared.split_once(" = ").context("a constant has a value")?;
                Ok(format!("{kind} = {value}"))
            })
        };
        return constants.iter().try_fold(text, with_constant);
    }
    Ok(text)
}

/// Replaces what stands between `before`, which has to be in the text once, and the next `after`.
fn replaced(text: &str, before: &str, after: &str, new: impl FnOnce(&str) -> Result<String>) -> Result<String> {
    let mut parts = text.split(before);
    let (Some(first), Some(rest), None) = (parts.next(), parts.next(), parts.next()) else {
        anyhow::bail!("`{before}` is not there exactly once");
    };
    let (old, rest) = rest.split_once(after).with_context(|| format!("there is no `{after}` after `{before}`"))?;
    Ok([first, before, &new(old)?, after, rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "{ pub const Fee: Balance = 4_000 * UNIT;\n pub const Time: Block = HOURS; }";

    fn with(constants: &[(&str, u128)]) -> Result<String> {
        changed(Path::new(CONSTANTS_FILE), SOURCE.into(), constants)
    }

    #[test]
    fn constants_and_version_are_replaced() -> Result<()> {
        let expected = "{ pub const Fee: Balance = 17;\n pub const Time: Block = 5; }";
        assert_eq!(with(&[("Time", 5), ("Fee", 17)])?, expected);
        let version = changed(Path::new(VERSION_FILE), "x { spec_version: 200, y: 1 }".into(), &[])?;
        assert_eq!(version, "x { spec_version: 201, y: 1 }");
        assert_eq!(changed(Path::new("src/lib.rs"), SOURCE.into(), &[("Fee", 17)])?, SOURCE);
        Ok(())
    }

    #[test]
    fn constant_that_is_not_there_is_refused() {
        for name in ["Fe", "Price"] {
            assert!(with(&[(name, 1)]).unwrap_err().to_string().contains(name));
        }
    }
}
