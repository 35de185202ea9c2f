//! [`ExtensionSpec`]: an extension that is offered or accepted, before there is an object of it.

use super::{WebsocketExtension, WebsocketExtensionDeflate};
use crate::class;
use glib::ParamFlags;
use glib::object::ObjectClass;
use glib::prelude::*;
use std::cell::RefCell;

/// A type of extensions, and the properties that its objects get. A connection has an object of its
/// own of each extension; what is configured once for all of them is this.
#[derive(Clone, Debug)]
pub(crate) struct ExtensionSpec {
    type_: glib::Type,
    /// Canonical names, each once, and values that fit.
    properties: Vec<(String, glib::Value)>,
}

impl ExtensionSpec {
    /// Extensions of `type_` as they are; `None` if that is no type of extensions, or abstract.
    pub(crate) fn of_type(type_: glib::Type) -> Option<Self> {
        let is_extension = type_.is_a(WebsocketExtension::static_type());
        (is_extension && class::is_concrete(type_)).then(|| Self {
            type_,
            properties: Vec::new(),
        })
    }

    /// Extensions of `type_` with properties; or what is wrong with them.
    pub(crate) fn with_properties(
        type_: glib::Type,
        properties: &[(&str, glib::Value)],
    ) -> Result<Self, String> {
        let mut spec = Self::of_type(type_)
            .ok_or_else(|| format!("{type_} is no class of extensions that has objects"))?;
        let class = ObjectClass::from_type(type_);
        for (name, value) in properties {
            let property = class.as_ref().and_then(|class| class.find_property(name));
            let Some(property) = property else {
                return Err(format!("{type_} has no property {name:?}"));
            };
            let value = checked(&property, value)?;
            let name = property.name().to_owned();
            spec.properties.retain(|(other, _)| *other != name);
            spec.properties.push((name, value));
        }
        Ok(spec)
    }

    /// The plain ones of `types`, without those that are no types of extensions.
    pub(crate) fn of_types(types: &[glib::Type]) -> Vec<Self> {
        types
            .iter()
            .filter_map(|type_| Self::of_type(*type_))
            .collect()
    }

    pub(crate) fn type_(&self) -> glib::Type {
        self.type_
    }

    /// The token by which the extension is negotiated; `None` if its class does not say it.
    pub(crate) fn name(&self) -> Option<glib::GString> {
        WebsocketExtension::name_of_type(self.type_)
    }

    /// Makes an extension for one connection.
    pub(crate) fn instantiate(&self) -> Option<WebsocketExtension> {
        class::new_object(self.type_, &self.properties)?
            .downcast()
            .ok()
    }
}

/// What a session offers or a server accepts: in the order in which they were added, each type once.
#[derive(Debug)]
pub(crate) struct ExtensionSpecs(RefCell<Vec<ExtensionSpec>>);

impl Default for ExtensionSpecs {
    /// What everybody begins with.
    fn default() -> Self {
        let deflate = WebsocketExtensionDeflate::static_type();
        Self(RefCell::new(ExtensionSpec::of_types(&[deflate])))
    }
}

impl ExtensionSpecs {
    /// Adds a type with properties for its objects; a critical if they are not right.
    pub(crate) fn add_with_properties(
        &self,
        extension_type: glib::Type,
        properties: &[(&str, &dyn ToValue)],
    ) {
        let values = properties
            .iter()
            .map(|(name, value)| (*name, value.to_value()));
        let values: Vec<_> = values.collect();
        match ExtensionSpec::with_properties(extension_type, &values) {
            Ok(spec) => self.add(spec),
            Err(fault) => glib::g_critical!("Wsoup", "the extension cannot be added: {fault}"),
        }
    }

    /// Adds one, in the place of the one of its type if there is one.
    pub(crate) fn add(&self, spec: ExtensionSpec) {
        let mut specs = self.0.borrow_mut();
        let same = specs.iter_mut().find(|other| other.type_ == spec.type_);
        let replaced = match same {
            Some(other) => Some(std::mem::replace(other, spec)),
            None => {
                specs.push(spec);
                None
            }
        };
        drop(specs);
        // Only now: values may own anything.
        drop(replaced);
    }

    /// Removes those whose type is one of these; tells whether there were any.
    pub(crate) fn remove(&self, is_removed: impl Fn(glib::Type) -> bool) -> bool {
        let specs = self.0.take();
        let count = specs.len();
        let (removed, kept): (Vec<_>, Vec<_>) =
            specs.into_iter().partition(|spec| is_removed(spec.type_));
        self.0.replace(kept);
        // Only now: values may own anything.
        drop(removed);
        self.0.borrow().len() != count
    }

    pub(crate) fn has(&self, type_: glib::Type) -> bool {
        self.0.borrow().iter().any(|spec| spec.type_ == type_)
    }

    pub(crate) fn to_vec(&self) -> Vec<ExtensionSpec> {
        self.0.borrow().clone()
    }
}

/// The value as `property` takes it: of its type, and within its bounds.
fn checked(property: &glib::ParamSpec, value: &glib::Value) -> Result<glib::Value, String> {
    let name = property.name();
    if !property.flags().contains(ParamFlags::WRITABLE) {
        return Err(format!("the property {name} cannot be set"));
    }
    let converted = value
        .transform_with_type(property.value_type())
        .map_err(|_| {
            let (expected, found) = (property.value_type(), value.type_());
            format!("the property {name} is of type {expected}, not {found}")
        })?;
    if !property.value_is_valid(&converted) {
        return Err(format!("the property {name} cannot be {converted:?}"));
    }
    Ok(converted)
}
