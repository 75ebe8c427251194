//! Maps for the formats of other systems.

use std::sync::OnceLock;

use super::{Map, cells, compile, lines};

macro_rules! presets {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)+) => {
        /// The format of another system, whose map this crate has.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Preset {
            $($(#[$doc])* $variant,)+
        }

        impl Preset {
            /// All of them.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// Its name on the command line.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Its map, as it could be written by anybody.
            pub const fn toml(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("presets/", $name, ".toml")),)+
                }
            }
        }
    };
}

presets! {
    /// Adobe Media Edge events (XDM).
    Adobe "adobe",
    /// Video events in the tracking logs of Open edX.
    Edx "edx",
    /// Video events of Google Analytics 4, as exported to `BigQuery`.
    Ga4 "ga4",
    /// Event records of kino-core.
    Kino "kino",
    /// Events as Mux exports them.
    Mux "mux",
    /// Sessions of oximedia-analytics.
    Oximedia "oximedia",
    /// The video events of Segment and `RudderStack`.
    Segment "segment",
    /// Snowplow's media events, versions 1 and 2.
    Snowplow "snowplow",
    /// Statements of the xAPI video profile.
    Xapi "xapi",
}

impl Preset {
    pub(super) fn map(self) -> &'static Map {
        static MAPS: [OnceLock<Map>; Preset::ALL.len()] = [const { OnceLock::new() }; Preset::ALL.len()];
        MAPS[self as usize]
            .get_or_init(|| compile::compile(self.as_str(), self.toml()).expect("a test reads the map of every preset"))
    }
}

/// The only preset that is for a line, if there is just one.
pub(crate) fn preset_of_line(line: &str) -> Option<Preset> {
    line.starts_with(['{', '[']).then(|| only(|preset| lines::is_for(preset.map(), line)))?
}

/// The only preset that is for a table that starts so, if there is just one.
pub(crate) fn preset_of_table(start: &[u8]) -> Option<Preset> {
    only(|preset| cells::is_for(preset.map(), start))
}

/// The only preset that is for a table in Parquet, if there is just one.
#[cfg(feature = "parquet")]
pub(crate) fn preset_of_rows(path: &std::path::Path) -> Result<Option<Preset>, audience_lake::Error> {
    let mut found = Vec::new();
    for preset in Preset::ALL {
        if super::rows::is_for(preset.map(), path)? {
            found.push(preset);
        }
    }
    Ok(only(|preset| found.contains(&preset)))
}

fn only(is_for: impl Fn(Preset) -> bool) -> Option<Preset> {
    let mut found = Preset::ALL.into_iter().filter(|preset| is_for(*preset));
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_of_every_preset_is_one() {
        for preset in Preset::ALL {
            let map = compile::compile(preset.as_str(), preset.toml());
            assert!(map.is_ok_and(|map| !map.detect.is_empty()), "{preset:?}");
        }
    }
}
