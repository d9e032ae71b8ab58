//! Builds the runtime a second time, for wasm.

fn main() {
    // The target directory may lie outside the tree; without this the wasm would be built from unlocked versions.
    #[cfg(feature = "std")]
    std::env::set_var("WASM_BUILD_WORKSPACE_HINT", concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    // Lints look at the native build; the same code for wasm needs no second look.
    #[cfg(feature = "std")]
    std::env::remove_var("RUSTC_WORKSPACE_WRAPPER");

    #[cfg(all(feature = "std", feature = "metadata-hash"))]
    substrate_wasm_builder::WasmBuilder::init_with_defaults()
        .enable_metadata_hash(token::SYMBOL, token::DECIMALS)
        .build();

    #[cfg(all(feature = "std", not(feature = "metadata-hash")))]
    substrate_wasm_builder::WasmBuilder::build_using_defaults();
}

// What an offline signer shows is what the chain spec's properties say.
#[cfg(all(feature = "std", feature = "metadata-hash"))]
#[path = "src/token.rs"]
mod token;
