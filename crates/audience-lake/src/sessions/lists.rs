//! The columns of the table `sessions` that hold a list a row.

use std::sync::Arc;

use audience_core::{
    Bitrate, Elapsed, Identity, Jump, Mark, MediaTime, PlaybackMap, Rendition, RenditionTime, Run, SessionFacts,
    Stretch, Timestamp,
};

use crate::error::Error;
use crate::table::ParquetFile;
use crate::table::cells::Cells;
use crate::table::leaf::{Item, Leaf, Place};
use crate::table::value::Value;

/// Attributes, as a map from name to value.
pub(crate) const MAP: &str = "REQUIRED group attributes (MAP) { REPEATED group key_value {
    REQUIRED BYTE_ARRAY key (UTF8); REQUIRED BYTE_ARRAY value (UTF8); } }";

/// All of them, in the order of the file.
pub(super) const SCHEMA: &str = "
    REQUIRED group runs (LIST) { REPEATED group list { REQUIRED group element {
        REQUIRED INT64 start_ms; REQUIRED INT64 end_ms; REQUIRED INT64 plays; } } }
    REQUIRED group marks (LIST) { REPEATED group list { REQUIRED group element {
        REQUIRED BYTE_ARRAY name (UTF8); REQUIRED INT64 count; REQUIRED INT64 first_at_ms; } } }
    REQUIRED group attributes (MAP) { REPEATED group key_value {
        REQUIRED BYTE_ARRAY key (UTF8); REQUIRED BYTE_ARRAY value (UTF8); } }
    REQUIRED group renditions (LIST) { REPEATED group list { REQUIRED group element {
        REQUIRED INT64 bitrate_bps; REQUIRED INT64 width; REQUIRED INT64 height; REQUIRED INT64 played_ms; } } }
    REQUIRED group restarts (LIST) { REPEATED group list { REQUIRED group element { REQUIRED INT64 restart_ms; } } }
    REQUIRED group jumps (LIST) { REPEATED group list { REQUIRED group element {
        REQUIRED INT64 from_ms; REQUIRED INT64 to_ms; REQUIRED INT64 inferred; } } }
    REQUIRED group played (LIST) { REPEATED group list { REQUIRED group element {
        REQUIRED INT64 start_ms; REQUIRED INT64 end_ms; } } }";

/// Their parts in the order of the file, each as the first and last name of its path.
const PARTS: [[&str; 2]; 18] = [
    ["runs", "start_ms"],
    ["runs", "end_ms"],
    ["runs", "plays"],
    ["marks", "name"],
    ["marks", "count"],
    ["marks", "first_at_ms"],
    ["attributes", "key"],
    ["attributes", "value"],
    ["renditions", "bitrate_bps"],
    ["renditions", "width"],
    ["renditions", "height"],
    ["renditions", "played_ms"],
    ["restarts", "restart_ms"],
    ["jumps", "from_ms"],
    ["jumps", "to_ms"],
    ["jumps", "inferred"],
    ["played", "start_ms"],
    ["played", "end_ms"],
];

/// Appends the lists of a session.
pub(super) fn push(cells: &mut [Cells], facts: &SessionFacts) {
    let [
        start,
        end,
        plays,
        name,
        count,
        first_at,
        key,
        value,
        bitrate,
        width,
        height,
        played,
        restart,
        jump_from,
        jump_to,
        jump_inferred,
        played_start,
        played_end,
    ] = cells
    else {
        return;
    };
    let runs = || facts.map.runs().iter();
    start.push_list(runs().map(|run| Value::Whole(run.start.as_millis())));
    end.push_list(runs().map(|run| Value::Whole(run.end.as_millis())));
    plays.push_list(runs().map(|run| Value::Whole(u64::from(run.plays))));
    let marks = || facts.marks.iter();
    name.push_list(marks().map(|mark| Value::Text(&mark.name)));
    count.push_list(marks().map(|mark| Value::Whole(mark.count)));
    first_at.push_list(marks().map(|mark| Value::from_i64(mark.first_at.as_millis())));
    let attributes = || facts.identity.attributes.iter();
    key.push_list(attributes().map(|(name, _)| Value::Text(name)));
    value.push_list(attributes().map(|(_, value)| Value::Text(value)));
    let renditions = || facts.renditions.iter();
    bitrate.push_list(renditions().map(|played| Value::Whole(played.rendition.bitrate.map_or(0, Bitrate::as_bps))));
    width.push_list(renditions().map(|played| Value::Whole(u64::from(played.rendition.width))));
    height.push_list(renditions().map(|played| Value::Whole(u64::from(played.rendition.height))));
    played.push_list(renditions().map(|played| Value::Whole(played.played.as_millis())));
    restart.push_list(facts.restarts.iter().map(|restart| Value::Whole(restart.as_millis())));
    let jumps = || facts.jumps.iter();
    jump_from.push_list(jumps().map(|jump| Value::Whole(jump.from.as_millis())));
    jump_to.push_list(jumps().map(|jump| Value::Whole(jump.to.as_millis())));
    jump_inferred.push_list(jumps().map(|jump| Value::Whole(u64::from(jump.inferred))));
    let stretches = || facts.played.iter();
    played_start.push_list(stretches().map(|stretch| Value::Whole(stretch.start.as_millis())));
    played_end.push_list(stretches().map(|stretch| Value::Whole(stretch.end.as_millis())));
}

/// How far each of the parts was gone through.
pub(super) type Places = [Place; PARTS.len()];

/// Gives the name of every attribute of a row group to `take`.
pub(super) fn attribute_names(file: &ParquetFile, row_group: usize, take: &mut impl FnMut(&str)) -> Result<(), Error> {
    let Some(column) = column(file, ["attributes", "key"]) else { return Ok(()) };
    let mut names = file.leaf(row_group, column)?;
    let mut left = file.rows(row_group);
    while left > 0 {
        let rows = super::ROWS.min(usize::try_from(left).unwrap_or(super::ROWS));
        file.decode(&mut names, rows)?;
        names.each(|value| {
            if let Value::Text(name) = value {
                take(name);
            }
        });
        left -= rows as u64;
    }
    Ok(())
}

/// Where the part of a list is, given as the first and last name of its path.
fn column(file: &ParquetFile, [first, last]: [&str; 2]) -> Option<usize> {
    file.columns().position(|path| path.len() > 1 && path[0] == first && path[path.len() - 1] == last)
}

/// The lists of a row group.
pub(super) struct Lists {
    /// Each of [`PARTS`], if the file has it.
    parts: [Option<Leaf>; PARTS.len()],
}

impl Lists {
    pub(super) fn new(file: &ParquetFile, row_group: usize) -> Result<Self, Error> {
        let mut parts = [const { None }; PARTS.len()];
        for (into, part) in parts.iter_mut().zip(PARTS) {
            if let Some(column) = column(file, part) {
                *into = Some(file.leaf(row_group, column)?);
            }
        }
        Ok(Self { parts })
    }

    pub(super) fn leaves(&mut self) -> impl Iterator<Item = &mut Leaf> {
        self.parts.iter_mut().flatten()
    }

    /// Fills in the lists of the next row.
    pub(super) fn fill(&self, places: &mut Places, facts: &mut SessionFacts) {
        let mut runs = Vec::new();
        self.items([0, 1, 2], places, |[start, end, plays]| {
            let time = |value: Option<Value<'_>>| value?.as_whole().map(MediaTime::from_millis);
            let plays = plays.and_then(Value::as_whole).and_then(|plays| u32::try_from(plays).ok());
            if let (Some(start), Some(end), Some(plays)) = (time(start), time(end), plays) {
                runs.push(Run { start, end, plays });
            }
        });
        facts.map = PlaybackMap::from(runs);
        self.items([3, 4, 5], places, |[name, count, first_at]| {
            if let Some(name) = name.and_then(Value::as_text) {
                facts.marks.push(Mark {
                    name: name.into(),
                    count: count.and_then(Value::as_whole).unwrap_or_default(),
                    first_at: Timestamp::from_millis(first_at.and_then(Value::as_signed).unwrap_or_default()),
                });
            }
        });
        let identity: &mut Identity = Arc::make_mut(&mut facts.identity);
        self.items([6, 7], places, |[name, value]| {
            if let (Some(Value::Text(name)), Some(Value::Text(value))) = (name, value) {
                identity.attributes.set(name, value);
            }
        });
        self.items([8, 9, 10, 11], places, |parts| {
            // An empty list has one item of nothing.
            if parts[3].is_none() {
                return;
            }
            let [bitrate, width, height, played] = parts.map(|part| part.and_then(Value::as_whole).unwrap_or_default());
            let pixels = |pixels: u64| u32::try_from(pixels).unwrap_or_default();
            let (width, height) = (pixels(width), pixels(height));
            let rendition = Rendition { bitrate: Bitrate::from_bps(bitrate), width, height };
            facts.renditions.push(RenditionTime { rendition, played: MediaTime::from_millis(played) });
        });
        self.items([12], places, |[restart]| {
            facts.restarts.extend(restart.and_then(Value::as_whole).map(Elapsed::from_millis));
        });
        self.items([13, 14, 15], places, |parts| {
            let [from, to, inferred] = parts.map(|part| part.and_then(Value::as_whole));
            if let (Some(from), Some(to)) = (from, to) {
                let (from, to) = (MediaTime::from_millis(from), MediaTime::from_millis(to));
                facts.jumps.push(Jump { from, to, inferred: inferred == Some(1) });
            }
        });
        // Not there in files of older versions, as jumps may not be.
        self.items([16, 17], places, |[start, end]| {
            let time = |value: Option<Value<'_>>| value?.as_whole().map(MediaTime::from_millis);
            if let (Some(start), Some(end)) = (time(start), time(end)) {
                facts.played.push(Stretch { start, end });
            }
        });
    }

    /// Gives the items of the next row's list to `take`, each as its parts.
    fn items<'s, const N: usize>(
        &'s self,
        parts: [usize; N],
        places: &mut Places,
        mut take: impl FnMut([Option<Value<'s>>; N]),
    ) {
        let mut first = true;
        loop {
            let mut item = [None; N];
            let mut goes_on = false;
            for (value, part) in item.iter_mut().zip(parts) {
                let Some(leaf) = &self.parts[part] else { continue };
                match leaf.next_item(&mut places[part], first) {
                    Item::Over => {}
                    Item::Null => goes_on = true,
                    Item::Value(of_part) => (goes_on, *value) = (true, Some(of_part)),
                }
            }
            if !goes_on {
                return;
            }
            take(item);
            first = false;
        }
    }
}
