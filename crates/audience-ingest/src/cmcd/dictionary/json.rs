//! CMCD as a JSON object, the third way that version 1 has of writing it.

use serde_json::value::RawValue;

use super::{Dictionary, Item, Value};
use crate::scalar::Scalar;

/// Reads the text if it is a JSON object of scalars and lists of them.
pub(super) fn read<'a>(text: &'a str, dictionary: &mut Dictionary<'a>) -> Option<()> {
    if !text.starts_with('{') {
        return None;
    }
    let keys: std::collections::BTreeMap<&'a str, &'a RawValue> = serde_json::from_str(text).ok()?;
    for (key, raw) in keys {
        let is_list = raw.get().starts_with('[');
        let place = dictionary.begin(key, is_list)?;
        let scalars: Vec<Scalar<'a>> =
            if is_list { serde_json::from_str(raw.get()).ok()? } else { vec![serde_json::from_str(raw.get()).ok()?] };
        for scalar in scalars {
            dictionary.push(place, Item { value: value(scalar), object: None });
        }
    }
    Some(())
}

fn value(scalar: Scalar<'_>) -> Value<'_> {
    match scalar {
        Scalar::Text(text) => Value::Text(text),
        Scalar::Bool(truth) => Value::Truth(truth),
        Scalar::Unsigned(number) => i64::try_from(number).map_or(Value::Other, Value::Integer),
        Scalar::Negative(number) => Value::Integer(number),
        Scalar::Float(number) => Value::Decimal(number),
        Scalar::Null | Scalar::Nested => Value::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Key, Member};
    use super::*;

    #[test]
    fn an_object_is_read_as_its_keys() {
        let mut keys = Dictionary::default();
        read(r#"{"br":3200,"bl":[2000,1900],"sid":"s\"1","su":true,"pr":1.5,"com.example-a":"x"}"#, &mut keys).unwrap();
        assert_eq!(keys.text(Key::Session), Some("s\"1"));
        assert!(matches!(keys.get(Key::Bitrate), Some(Member::Single(Item { value: Value::Integer(3200), .. }))));
        assert!(matches!(keys.get(Key::Buffer), Some(Member::List(items)) if items.len() == 2));
        assert_eq!(keys.get(Key::Urgent).unwrap().first(), Some(&Value::Truth(true)));
        assert_eq!(keys.own().count(), 1);
        for other in ["br=1", "{", "[1]", "{\"br\":}"] {
            assert_eq!(read(other, &mut Dictionary::default()), None, "{other}");
        }
    }
}
