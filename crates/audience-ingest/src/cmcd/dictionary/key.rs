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
            #[inline]
            pub(super) fn of(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$key),)+
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
