//! Comparison of two types: the names of types, fields and variants, and the types of the fields.

use scale_info::{
    form::PortableForm, Field, MetaType, PortableRegistry, Registry, Type, TypeDef, TypeDefPrimitive, TypeInfo,
};
use std::collections::BTreeSet;

/// Names of types in this project, each with the pallet's name of the same type.
const OTHER_NAMES: &[(&str, &str)] = &[("NewStream", "StreamRequest"), ("TickEvent", "Event")];

/// Type in a registry.
#[derive(Clone, Copy)]
struct Place<'a> {
    types: &'a PortableRegistry,
    id: u32,
}

impl<'a> Place<'a> {
    fn at(self, id: u32) -> Self {
        Self { id, ..self }
    }

    fn read(self) -> &'a Type<PortableForm> {
        self.types.resolve(self.id).expect("a registry contains every type that it refers to")
    }

    /// Returns the list in a bounded list, and any other type as it is. The bound is not part of the encoding.
    fn unbounded(self) -> Self {
        match &self.read().type_def {
            TypeDef::Composite(composite) if self.name() == "BoundedVec" => self.at(composite.fields[0].ty.id),
            _ => self,
        }
    }

    fn name(self) -> &'a str {
        let name = self.read().path.segments.last().map_or("", String::as_str);
        OTHER_NAMES.iter().find(|(ours, _)| *ours == name).map_or(name, |(_, theirs)| theirs)
    }
}

/// Describes the first difference between `own` and the chain's type `id`; `None` when they are the same.
pub fn difference(own: MetaType, types: &PortableRegistry, id: u32) -> Option<String> {
    let mut registry = Registry::new();
    let own_id = registry.register_type(&own).id;
    let registry: PortableRegistry = registry.into();
    Comparison::default().types(Place { types: &registry, id: own_id }, Place { types, id }).err()
}

#[derive(Default)]
struct Comparison(BTreeSet<(u32, u32)>);

impl Comparison {
    fn types(&mut self, own: Place, theirs: Place) -> Result<(), String> {
        let (own, theirs) = (own.unbounded(), theirs.unbounded());
        if !self.0.insert((own.id, theirs.id)) {
            return Ok(());
        }
        same("types", own.name(), theirs.name())?;
        self.definitions(own, theirs).map_err(|why| format!("{}: {why}", theirs.name()))
    }

    fn definitions(&mut self, own: Place, theirs: Place) -> Result<(), String> {
        match (&own.read().type_def, &theirs.read().type_def) {
            (TypeDef::Composite(a), TypeDef::Composite(b)) => self.fields(own, &a.fields, theirs, &b.fields),
            (TypeDef::Variant(a), TypeDef::Variant(b)) => {
                let names = |variants: &[scale_info::Variant<PortableForm>]| {
                    variants.iter().map(|variant| (variant.name.clone(), variant.index)).collect::<Vec<_>>()
                };
                same("variants", names(&a.variants), names(&b.variants))?;
                let pairs = a.variants.iter().zip(&b.variants);
                pairs.into_iter().try_for_each(|(a, b)| self.fields(own, &a.fields, theirs, &b.fields))
            }
            (TypeDef::Sequence(a), TypeDef::Sequence(b)) => {
                self.types(own.at(a.type_param.id), theirs.at(b.type_param.id))
            }
            (TypeDef::Array(a), TypeDef::Array(b)) => {
                same("lengths", a.len, b.len)?;
                self.types(own.at(a.type_param.id), theirs.at(b.type_param.id))
            }
            (TypeDef::Tuple(a), TypeDef::Tuple(b)) => {
                same("lengths", a.fields.len(), b.fields.len())?;
                let mut pairs = a.fields.iter().zip(&b.fields);
                pairs.try_for_each(|(a, b)| self.types(own.at(a.id), theirs.at(b.id)))
            }
            (TypeDef::Primitive(a), TypeDef::Primitive(b)) => same("primitives", a, b),
            (TypeDef::Compact(a), TypeDef::Compact(b)) => {
                self.types(own.at(a.type_param.id), theirs.at(b.type_param.id))
            }
            (a, b) => Err(format!("ours is {a:?}, the chain's {b:?}")),
        }
    }

    fn fields(
        &mut self,
        own: Place,
        own_fields: &[Field<PortableForm>],
        theirs: Place,
        their_fields: &[Field<PortableForm>],
    ) -> Result<(), String> {
        let names = |fields: &[Field<PortableForm>]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        same("fields", names(own_fields), names(their_fields))?;
        let mut pairs = own_fields.iter().zip(their_fields);
        pairs.try_for_each(|(a, b)| self.types(own.at(a.ty.id), theirs.at(b.ty.id)))
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, theirs: T) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what} differ: ours {ours:?}, the chain's {theirs:?}"))
}

#[test]
fn difference_finds_other_names_and_other_types() {
    #[derive(TypeInfo)]
    struct One {
        _a: u32,
        _b: Vec<u8>,
    }
    mod other_field {
        #[derive(scale_info::TypeInfo)]
        pub struct One {
            _a: u32,
            _c: Vec<u8>,
        }
    }
    mod other_type {
        #[derive(scale_info::TypeInfo)]
        pub struct One {
            _a: u32,
            _b: Vec<u16>,
        }
    }
    let mut registry = Registry::new();
    let id = registry.register_type(&scale_info::meta_type::<One>()).id;
    let types: PortableRegistry = registry.into();
    assert_eq!(difference(scale_info::meta_type::<One>(), &types, id), None);
    let found = difference(scale_info::meta_type::<other_field::One>(), &types, id).expect("another name");
    assert!(found.contains("fields differ"), "{found}");
    let found = difference(scale_info::meta_type::<other_type::One>(), &types, id).expect("another type");
    assert!(found.contains(&format!("{:?}", TypeDefPrimitive::U16)), "{found}");
    assert!(difference(scale_info::meta_type::<u32>(), &types, id).is_some(), "another kind");
}
