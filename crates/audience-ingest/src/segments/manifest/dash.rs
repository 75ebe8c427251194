//! DASH media presentation descriptions (ISO/IEC 23009-1).
//!
//! Read as a tree, because what a representation does not say, one of the elements around it does.

mod addressing;
mod duration;
mod template;

use roxmltree::{Document, Node, ParsingOptions};

use self::addressing::Addressing;
use super::path::resolve;
use super::{MAX_SEGMENTS, Manifest, Segments};

/// A period of the presentation, in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Period {
    start: u64,
    /// How long it is, where that is known.
    duration: Option<u64>,
}

/// Reads a description at `base`.
pub(super) fn read(text: &str, base: &str) -> Result<Manifest, String> {
    // Between two elements there is mostly a text of blanks.
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 2 * MAX_SEGMENTS as u32 + 100_000,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
    let mpd = document.root_element();
    if mpd.tag_name().name() != "MPD" {
        return Err(format!("it is XML, but {}, not an MPD", mpd.tag_name().name()));
    }
    let is_live = mpd.attribute("type") == Some("dynamic");
    let whole = duration::attribute(mpd, "mediaPresentationDuration")?;
    let base = base_of(mpd, base);
    let mut segments = Segments::default();
    let mut end = Some(0);
    let nodes: Vec<Node<'_, '_>> = children(mpd, "Period").collect();
    for (index, node) in nodes.iter().enumerate() {
        let period = period(*node, nodes.get(index + 1).copied(), end, whole)?;
        end = period.duration.and_then(|duration| period.start.checked_add(duration));
        read_period(*node, period, &base, &mut segments).map_err(|reason| format!("period {}: {reason}", index + 1))?;
    }
    Ok(segments.finish(if is_live { None } else { whole.or(end) }))
}

/// When a period begins and how long it is. `end` is where the one before it ends.
fn period(
    node: Node<'_, '_>,
    next: Option<Node<'_, '_>>,
    end: Option<u64>,
    whole: Option<u64>,
) -> Result<Period, String> {
    let start = duration::attribute(node, "start")?.or(end);
    let start = start.ok_or("a period has no start, and the one before it no duration: nobody knows when it begins")?;
    let until = match next {
        Some(next) => duration::attribute(next, "start")?,
        None => whole,
    };
    let duration = duration::attribute(node, "duration")?.or(until.map(|until| until.saturating_sub(start)));
    Ok(Period { start, duration })
}

fn read_period(node: Node<'_, '_>, period: Period, base: &str, segments: &mut Segments) -> Result<(), String> {
    if node.attributes().any(|attribute| attribute.name() == "href") {
        return Err("it is in another file, which is not read; put it in".to_owned());
    }
    let base = base_of(node, base);
    for set in children(node, "AdaptationSet") {
        let base = base_of(set, &base);
        for representation in children(set, "Representation") {
            let kind = kind(representation).or_else(|| kind(set)).unwrap_or_default();
            // Thumbnails are asked for wherever the viewer points.
            if kind == "image" {
                continue;
            }
            let id = representation.attribute("id").unwrap_or_default();
            let base = base_of(representation, &base);
            match Addressing::of([representation, set, node]) {
                Some(addressing) => addressing.list(period, representation, &base, segments),
                // Subtitles are often one file, which is asked for once.
                None if matches!(kind, "text" | "application") => Ok(()),
                None => {
                    Err("it is one file (SegmentBase), of which players ask for ranges, and no path says which range; \
                             only a presentation with one file a segment can be placed"
                        .to_owned())
                }
            }
            .map_err(|reason| format!("representation {:?}: {reason}", id.chars().take(40).collect::<String>()))?;
        }
    }
    Ok(())
}

/// `video`, `audio`, `text`, `image`, or `application`.
fn kind<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attribute("contentType").or_else(|| node.attribute("mimeType")?.split('/').next())
}

/// The base of what is in an element.
fn base_of(node: Node<'_, '_>, base: &str) -> String {
    let address = children(node, "BaseURL").next().and_then(|node| node.text()).unwrap_or_default();
    resolve(base, address.trim())
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// A number of an attribute.
fn number(node: Node<'_, '_>, name: &str) -> Result<Option<u64>, String> {
    let Some(text) = node.attribute(name) else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(format!("{name} is {:?}, which is no whole number", text.chars().take(40).collect::<String>())),
    }
}
