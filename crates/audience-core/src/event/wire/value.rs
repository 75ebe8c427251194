//! What fields hold.

use std::borrow::Cow;

/// What kind of value a field holds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// A whole number, never negative.
    Whole,
    /// A time: milliseconds since 1970, negative before.
    Time,
    /// Any number.
    Number,
    /// True or false.
    Truth,
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// [`FieldKind::Text`].
    Text(&'a str),
    /// [`FieldKind::Whole`].
    Whole(u64),
    /// [`FieldKind::Time`].
    Time(i64),
    /// [`FieldKind::Number`].
    Number(f64),
    /// [`FieldKind::Truth`].
    Truth(bool),
}

/// A type that fields have.
pub(super) trait Held {
    const KIND: FieldKind;

    fn value(&self) -> FieldValue<'_>;
}

impl Held for Cow<'_, str> {
    const KIND: FieldKind = FieldKind::Text;

    fn value(&self) -> FieldValue<'_> {
        FieldValue::Text(self)
    }
}

macro_rules! held {
    ($($ty:ty: $kind:ident,)+) => {
        $(impl Held for $ty {
            const KIND: FieldKind = FieldKind::$kind;

            fn value(&self) -> FieldValue<'_> {
                FieldValue::$kind(*self)
            }
        })+
    };
}

held! {
    u64: Whole,
    i64: Time,
    f64: Number,
    bool: Truth,
}
