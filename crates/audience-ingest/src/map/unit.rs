//! Units of numbers, and which fields they are units of.

use audience_core::{Field, FieldKind};

/// What a number is to be multiplied with to be what the field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    Factor(f64),
    /// Of the duration, which is a hundred.
    Percent,
    /// Of the duration, which is one.
    Fraction,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Quantity {
    Time,
    Bitrate,
    /// It has no unit.
    Other,
}

/// What a source is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Target {
    pub(super) kind: FieldKind,
    pub(super) quantity: Quantity,
    /// It takes any JSON, as text.
    pub(super) raw: bool,
}

impl Target {
    /// A text.
    pub(super) const TEXT: Self = Self { kind: FieldKind::Text, quantity: Quantity::Other, raw: false };

    pub(super) const fn of(field: Field) -> Self {
        let quantity = match field {
            Field::Ts | Field::PositionMs | Field::FromMs | Field::DurationMs | Field::BufferMs | Field::WatchMs => {
                Quantity::Time
            }
            Field::BitrateBps | Field::FromBitrateBps => Quantity::Bitrate,
            _ => Quantity::Other,
        };
        Self { kind: field.kind(), quantity, raw: matches!(field, Field::Data) }
    }

    /// The unit of this name; otherwise, the names there are.
    pub(super) fn unit(self, name: &str) -> Result<Unit, &'static str> {
        const TIMES: [(&str, f64); 6] =
            [("h", 3_600_000.0), ("min", 60_000.0), ("s", 1000.0), ("ms", 1.0), ("us", 1e-3), ("ns", 1e-6)];
        const BITRATES: [(&str, f64); 3] = [("bps", 1.0), ("kbps", 1e3), ("Mbps", 1e6)];
        let part_of_duration = self.quantity == Quantity::Time && self.kind == FieldKind::Whole;
        let (units, names) = match self.quantity {
            Quantity::Time if part_of_duration => (&TIMES[..], "one of h, min, s, ms, us, ns, percent, fraction"),
            Quantity::Time => (&TIMES[..], "one of h, min, s, ms, us, ns"),
            Quantity::Bitrate => (&BITRATES[..], "one of bps, kbps, Mbps"),
            Quantity::Other => (&[][..], "the unit of anything: this field has none"),
        };
        match name {
            "percent" if part_of_duration => Ok(Unit::Percent),
            "fraction" if part_of_duration => Ok(Unit::Fraction),
            _ => units.iter().find(|(unit, _)| *unit == name).map(|(_, factor)| Unit::Factor(*factor)).ok_or(names),
        }
    }

    /// What has to stand there, in words.
    pub(super) const fn expected(self) -> &'static str {
        match (self.kind, self.quantity) {
            (FieldKind::Text, _) => "text",
            (FieldKind::Time, _) => "a time",
            (FieldKind::Truth, _) => "true or false",
            (FieldKind::Number, _) => "a number",
            (FieldKind::Whole, Quantity::Time) => "a time from 0 on",
            (FieldKind::Whole, _) => "a number from 0 on",
        }
    }
}
