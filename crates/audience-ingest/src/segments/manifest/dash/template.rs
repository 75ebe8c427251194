//! Templates of addresses: `video/$RepresentationID$/$Number%05d$.m4s`.

use std::fmt::Write;

use roxmltree::Node;

/// The most digits of a number: those of the largest there is.
const MOST_DIGITS: usize = 20;

/// An address with places for the number or time of a segment.
#[derive(Debug)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Number { width: usize },
    Time { width: usize },
}

impl Template {
    /// The template of the segments of a representation.
    pub(super) fn new(media: &str, representation: Node<'_, '_>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = media;
        while let Some((before, after)) = rest.split_once('$') {
            text += before;
            let (name, after) = after.split_once('$').ok_or("a $ of media has no other")?;
            rest = after;
            let (name, format) = name.split_once('%').unwrap_or((name, ""));
            let width = width(format).ok_or_else(|| format!("{format:?} in media is no width"))?;
            let mut part = |part| {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(part);
            };
            match name {
                "" => text.push('$'),
                "RepresentationID" => text += representation.attribute("id").unwrap_or_default(),
                "Bandwidth" => {
                    let bandwidth = super::number(representation, "bandwidth")?.unwrap_or_default();
                    let _ = write!(text, "{bandwidth:0width$}");
                }
                "Number" => part(Part::Number { width }),
                "Time" => part(Part::Time { width }),
                _ => {
                    return Err(format!(
                        "media has ${}$, which is not read",
                        name.chars().take(40).collect::<String>()
                    ));
                }
            }
        }
        text += rest;
        parts.push(Part::Text(text));
        Ok(Self(parts))
    }

    /// The address of a segment.
    pub(super) fn fill(&self, number: u64, time: u64) -> String {
        let mut address = String::new();
        for part in &self.0 {
            // A `String` takes all.
            let _ = match part {
                Part::Text(text) => address.write_str(text),
                Part::Number { width } => write!(address, "{number:0width$}"),
                Part::Time { width } => write!(address, "{time:0width$}"),
            };
        }
        address
    }
}

/// The width in `05d`; 1 in nothing.
fn width(format: &str) -> Option<usize> {
    if format.is_empty() {
        return Some(1);
    }
    format.strip_prefix('0')?.strip_suffix('d')?.parse().ok().filter(|width| *width <= MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    fn filled(media: &str) -> Result<String, String> {
        let document = Document::parse(r#"<Representation id="v1" bandwidth="800000"/>"#).unwrap();
        Ok(Template::new(media, document.root_element())?.fill(7, 90_000))
    }

    #[test]
    fn places_are_filled() {
        for (media, expected) in [
            ("1.m4s", "1.m4s"),
            ("$RepresentationID$/$Number$.m4s", "v1/7.m4s"),
            ("$Bandwidth$-$Number%05d$.m4s", "800000-00007.m4s"),
            ("t$Time$.m4s", "t90000.m4s"),
            ("$Time%08d$", "00090000"),
            ("a$$b$Number%01d$", "a$b7"),
        ] {
            assert_eq!(filled(media).unwrap(), expected, "{media}");
        }
        for media in ["$Number", "$SubNumber$", "$Number%5d$", "$Number%099999999d$", "$Number%0xd$"] {
            assert!(filled(media).is_err(), "{media}");
        }
    }
}
