//! The keys that are read.

macro_rules! keys {
    ($($key:ident = $name:literal,)+) => {
        /// A key that is read.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(in crate::cmcd) enum Key {
            $($key,)+
        }

        impl Key {
            pub(super) const COUNT: usize = [$($name),+].len();

            /// The key of this name, if it is read.
            #[inline(always)]
            // The compiler decides otherwise, and this is the innermost loop of reports.
            pub(super) fn of(name: &str) -> Option<Self> {
                // Numbers are compared much faster than texts.
                match code(name) {
                    $(known if known == const { code($name) } => Some(Self::$key),)+
                    _ => None,
                }
            }

            pub(in crate::cmcd) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$key => $name,)+
                }
            }
        }
    };
}

/// A number for each name of one to three bytes; zero for all others.
#[inline]
const fn code(name: &str) -> u32 {
    match *name.as_bytes() {
        [a] => u32::from_le_bytes([a, 0, 0, 1]),
        [a, b] => u32::from_le_bytes([a, b, 0, 2]),
        [a, b, c] => u32::from_le_bytes([a, b, c, 3]),
        _ => 0,
    }
}

keys! {
    Background = "bg",
    Bitrate = "br",
    Buffer = "bl",
    Cdn = "cdn",
    Content = "cid",
    Custom = "cen",
    Dropped = "dfa",
    Duration = "d",
    Error = "ec",
    Event = "e",
    Format = "sf",
    Latency = "ltc",
    Number = "sn",
    Object = "ot",
    Position = "pt",
    Rate = "pr",
    Session = "sid",
    Starved = "bs",
    State = "sta",
    Status = "rc",
    Stream = "st",
    Time = "ts",
    Urgent = "su",
    Version = "v",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_names_alone() {
        for key in [Key::Event, Key::Buffer, Key::Session, Key::Version] {
            assert_eq!(Key::of(key.as_str()), Some(key));
        }
        for other in ["", "sidx", "si", "E", "mtp", "com.example-sid", "\0", "e\0"] {
            assert_eq!(Key::of(other), None, "{other:?}");
        }
    }
}
