//! Values of the types in a chain's metadata, as small as possible.

use anyhow::{Context, Result};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};
use subxt::ext::{
    scale_bits::Bits,
    scale_value::{Composite, Primitive, Value, ValueDef},
};

/// Maker of values.
pub struct Sampler<'a>(&'a PortableRegistry);

impl<'a> Sampler<'a> {
    /// Creates a maker of values of these types.
    pub fn new(types: &'a PortableRegistry) -> Self {
        Self(types)
    }

    /// Returns a value of the type with this number. Of calls, it is a remark.
    pub fn sample(&self, number: u32) -> Result<Value> {
        let ty = self.0.resolve(number).with_context(|| format!("there is no type {number}"))?;
        if ty.path.segments.last().is_some_and(|name| name == "RuntimeCall") {
            let remark = Value::named_variant("remark", [("remark", Value::from_bytes(b""))]);
            return Ok(Value::unnamed_variant("System", [remark]));
        }
        Ok(match &ty.type_def {
            TypeDef::Composite(composite) => composite_value(self.fields(&composite.fields)?),
            TypeDef::Variant(variants) => {
                let simplest = variants.variants.iter().min_by_key(|variant| (variant.fields.len(), variant.index));
                let simplest = simplest.with_context(|| format!("type {number} has no values"))?;
                Value::variant(simplest.name.clone(), self.fields(&simplest.fields)?)
            }
            TypeDef::Sequence(_) => Value::unnamed_composite([]),
            TypeDef::Array(array) => {
                let element = self.sample(array.type_param.id)?;
                Value::unnamed_composite(vec![element; array.len as usize])
            }
            TypeDef::Tuple(tuple) => {
                let fields = tuple.fields.iter().map(|field| self.sample(field.id));
                Value::unnamed_composite(fields.collect::<Result<Vec<_>>>()?)
            }
            TypeDef::Primitive(primitive) => primitive_value(primitive),
            TypeDef::Compact(compact) => self.sample(compact.type_param.id)?,
            TypeDef::BitSequence(_) => Value::bit_sequence(Bits::new()),
        })
    }

    fn fields(&self, fields: &[Field<PortableForm>]) -> Result<Composite<()>> {
        let values = fields.iter().map(|field| self.sample(field.ty.id)).collect::<Result<Vec<_>>>()?;
        let names: Option<Vec<String>> = fields.iter().map(|field| field.name.clone()).collect();
        Ok(match names.filter(|names| !names.is_empty()) {
            Some(names) => Composite::named(names.into_iter().zip(values)),
            None => Composite::unnamed(values),
        })
    }
}

fn composite_value(fields: Composite<()>) -> Value {
    Value::without_context(ValueDef::Composite(fields))
}

fn primitive_value(primitive: &TypeDefPrimitive) -> Value {
    match primitive {
        TypeDefPrimitive::Bool => Value::bool(false),
        TypeDefPrimitive::Char => Value::char('a'),
        TypeDefPrimitive::Str => Value::string("text"),
        TypeDefPrimitive::U256 => Value::primitive(Primitive::U256([0; 32])),
        TypeDefPrimitive::I256 => Value::primitive(Primitive::I256([0; 32])),
        _ => Value::u128(1),
    }
}
