//! Build script: compiles the runtime to WebAssembly.

fn main() {
    // The target directory may be outside the source tree. Without this hint, the wasm build would ignore the lock
    // file.
    #[cfg(feature = "std")]
    std::env::set_var("WASM_BUILD_WORKSPACE_HINT", concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    // The native build is linted already; the wasm build compiles the same code.
    #[cfg(feature = "std")]
    std::env::remove_var("RUSTC_WORKSPACE_WRAPPER");

    #[cfg(all(feature = "std", feature = "metadata-hash"))]
    substrate_wasm_builder::WasmBuilder::init_with_defaults()
        .enable_metadata_hash(token::SYMBOL, token::DECIMALS)
        .build();

    #[cfg(all(feature = "std", not(feature = "metadata-hash")))]
    substrate_wasm_builder::WasmBuilder::build_using_defaults();
}

// The metadata hash uses the same symbol and decimals as the chain spec's properties.
#[cfg(all(feature = "std", feature = "metadata-hash"))]
#[path = "src/token.rs"]
mod token;
