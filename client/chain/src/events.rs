//! Decoding of the tick stream pallet's events.

mod version_1;

use crate::error::ChainError;
use codec::DecodeAll;
use scale_info::{TypeDef, TypeInfo};
use std::{collections::BTreeMap, sync::LazyLock};
use tick_stream_primitives::TickEvent;

/// Index of each variant of [`TickEvent`] by its name.
static INDICES: LazyLock<BTreeMap<&'static str, u8>> = LazyLock::new(|| match TickEvent::type_info().type_def {
    TypeDef::Variant(events) => events.variants.iter().map(|event| (event.name, event.index)).collect(),
    _ => BTreeMap::new(),
});

/// Decodes the fields of the event `name`; `None` for an event that [`TickEvent`] does not have.
///
/// Events are told apart by name, as the node's metadata gives it, because another runtime may number them otherwise.
pub(crate) fn decode(name: &str, fields: &[u8]) -> Result<Option<TickEvent>, ChainError> {
    let Some(index) = INDICES.get(name) else { return Ok(None) };
    let encoded = [&[*index], fields].concat();
    let event = TickEvent::decode_all(&mut &encoded[..]);
    let event = event.or_else(|error| version_1::decode(name, fields).ok_or(error));
    event.map(Some).map_err(ChainError::decode(format!("the event {name}")))
}
