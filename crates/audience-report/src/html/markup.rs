//! Markup that cannot be broken by what it says.

use std::fmt::{self, Display, Write};

/// HTML being written. Names of elements and attributes are part of the program; all else goes through [`text`](Self::text)
/// or an attribute's value, and is escaped and cut to [`LONGEST`] there. There is no other way in.
#[derive(Clone, Debug, Default)]
pub(super) struct Markup {
    html: String,
}

/// The most characters of a text or of an attribute's value, shapes of drawings aside.
const LONGEST: usize = 1000;

/// Names and values.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

impl Markup {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Text between elements.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        // All that can stop it is that there is too much.
        let _ = write!(Escaped { html: &mut self.html, room: LONGEST }, "{text}");
        self
    }

    /// An element with whatever `inside` writes.
    pub(super) fn element(&mut self, name: &'static str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.tag(name, attributes);
        self.html.push('>');
        inside(self);
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }

    /// An element with text.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: impl Display) {
        self.element(name, attributes, |out| {
            out.text(text);
        });
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.html.push_str(" />");
    }

    /// Text from telemetry or a catalogue, in a direction of its own so that it cannot turn around what is beside it.
    pub(super) fn name(&mut self, name: &str) {
        self.leaf("bdi", &[], name);
    }

    /// What the program itself says, markup included.
    pub(super) fn literal(&mut self, html: &'static str) {
        self.html.push_str(html);
    }

    /// What was written elsewhere.
    pub(super) fn append(&mut self, other: &Self) {
        self.html.push_str(&other.html);
    }

    /// A line break, so that people can read the source.
    pub(super) fn line(&mut self) {
        self.html.push('\n');
    }

    pub(super) fn into_string(self) -> String {
        self.html
    }

    fn tag(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.html.push('<');
        self.html.push_str(name);
        for (name, value) in attributes {
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            let room = if *name == "d" { usize::MAX } else { LONGEST };
            let _ = write!(Escaped { html: &mut self.html, room }, "{value}");
            self.html.push('"');
        }
    }
}

/// Escapes what means something in HTML, in text and in quoted attributes alike, and replaces control characters.
struct Escaped<'a> {
    html: &'a mut String,
    /// How many more characters there may be.
    room: usize,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.room == 0 {
                self.html.push('…');
                return Err(fmt::Error);
            }
            self.room -= 1;
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                '\n' | '\t' => self.html.push(' '),
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => self.html.push('\u{fffd}'),
                c => self.html.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_said_stays_text() {
        let mut out = Markup::new();
        let hostile = "<script>alert('1')</script>&\"\u{0}";
        out.leaf("p", &[("title", &hostile)], hostile);
        let safe = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\u{fffd}";
        assert_eq!(out.into_string(), format!("<p title=\"{safe}\">{safe}</p>"));
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let mut out = Markup::new();
        let long = "<".repeat(1001);
        out.leaf("p", &[("title", &long)], &long);
        let cut = format!("{}…", "&lt;".repeat(1000));
        assert_eq!(out.into_string(), format!("<p title=\"{cut}\">{cut}</p>"));
    }
}
