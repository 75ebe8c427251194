//! What kind of device a session was on.

/// What kind of device a session was on, from how players name it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum DeviceClass {
    /// A computer.
    Desktop,
    /// A telephone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A television, or what is plugged into one.
    SmartTv,
    /// A games console.
    Console,
    /// A browser, of which no more is said.
    Browser,
    /// Something else.
    Other,
}

impl DeviceClass {
    /// Where it is looked for, in this order: what says more comes first.
    pub const ATTRIBUTES: &'static [&'static str] =
        &["device_type", "device_class", "device_category", "device", "platform", "os", "operating_system"];

    /// Its name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::SmartTv => "smart tv",
            Self::Console => "console",
            Self::Browser => "browser",
            Self::Other => "other",
        }
    }

    /// The class that the attributes of a session say; of those that only say that it is a browser, or nothing known, the next may say
    /// more. `None` when there is none of them.
    pub fn of<'a>(attribute: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let mut best = None;
        for text in Self::ATTRIBUTES.iter().filter_map(|name| attribute(name)) {
            match Self::of_name(text) {
                Self::Other => best = best.or(Some(Self::Other)),
                Self::Browser => best = Some(Self::Browser),
                class => return Some(class),
            }
        }
        best
    }

    /// The class of a device, a platform or an operating system by its name (`iPhone`, `android_tv`, `Windows 11`); the first line of this
    /// list with a word that the name has.
    ///
    /// | class | words |
    /// |---|---|
    /// | smart TV | tv, roku, tizen, webos, chromecast, firestick, shield, stb, settop, bravia, vizio, titanos, vidaa |
    /// | console | console, xbox, playstation, ps3, ps4, ps5, nintendo, switch, wii |
    /// | tablet | tablet, ipad, ipados, kindle, galaxy tab |
    /// | mobile | mobile, phone, iphone, android, ios, smartphone, handset, ipod |
    /// | desktop | desktop, laptop, pc, computer, windows, win32, mac, macos, macintosh, linux, chromeos, ubuntu |
    /// | browser | web, browser, html5, chrome, firefox, safari, edge, opera |
    ///
    /// Words are told apart at whatever is no letter or digit; of a word that ends in digits, what is before them counts, too; `tv` may be
    /// the end of a word (`appletv`).
    pub fn of_name(name: &str) -> Self {
        let mut class = Self::Other;
        for word in name.split(|c: char| !c.is_alphanumeric()) {
            let mut buffer = [0; 16];
            let Some(word) = lowercase(word, &mut buffer) else { continue };
            let found = of_word(word).or_else(|| of_word(word.trim_end_matches(|c: char| c.is_ascii_digit())));
            if let Some(found) = found.filter(|found| rank(*found) < rank(class)) {
                class = found;
            }
        }
        class
    }
}

/// Which of several words of a name counts.
const fn rank(class: DeviceClass) -> u8 {
    match class {
        DeviceClass::SmartTv => 0,
        DeviceClass::Console => 1,
        DeviceClass::Tablet => 2,
        DeviceClass::Mobile => 3,
        DeviceClass::Desktop => 4,
        DeviceClass::Browser => 5,
        DeviceClass::Other => 6,
    }
}

/// The word in small letters; `None` of an empty one, and one longer than any that is known.
fn lowercase<'b>(word: &str, buffer: &'b mut [u8; 16]) -> Option<&'b str> {
    let own = buffer.get_mut(..word.len()).filter(|own| !own.is_empty())?;
    own.copy_from_slice(word.as_bytes());
    own.make_ascii_lowercase();
    std::str::from_utf8(own).ok()
}

fn of_word(word: &str) -> Option<DeviceClass> {
    Some(match word {
        "roku" | "tizen" | "webos" | "chromecast" | "firestick" | "shield" | "stb" | "settop" | "bravia" | "vizio"
        | "titanos" | "vidaa" => DeviceClass::SmartTv,
        "console" | "xbox" | "playstation" | "ps" | "nintendo" | "switch" | "wii" => DeviceClass::Console,
        "tablet" | "ipad" | "ipados" | "kindle" | "tab" => DeviceClass::Tablet,
        "mobile" | "phone" | "iphone" | "android" | "ios" | "smartphone" | "handset" | "ipod" => DeviceClass::Mobile,
        "desktop" | "laptop" | "pc" | "computer" | "windows" | "win" | "mac" | "macos" | "macintosh" | "linux"
        | "chromeos" | "ubuntu" => DeviceClass::Desktop,
        "web" | "browser" | "html" | "chrome" | "firefox" | "safari" | "edge" | "opera" => DeviceClass::Browser,
        word if word.ends_with("tv") => DeviceClass::SmartTv,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_go_by_many_names() {
        for (class, names) in [
            (
                DeviceClass::SmartTv,
                &["tv", "AppleTV", "android_tv", "Fire TV Stick", "Tizen 6.5", "smart-tv", "Roku Ultra"][..],
            ),
            (DeviceClass::Console, &["PS5", "Xbox Series X", "console", "Nintendo Switch"]),
            (DeviceClass::Tablet, &["iPad13,4", "Android Tablet", "Kindle Fire"]),
            (DeviceClass::Mobile, &["iPhone15,2", "android", "iOS 17.4", "mobile web"]),
            (DeviceClass::Desktop, &["Windows 11", "macOS", "PC", "desktop browser"]),
            (DeviceClass::Browser, &["web", "Chrome 120", "HTML5"]),
            (DeviceClass::Other, &["", "kettle", "ähnlich", "a name that is far longer than all that are known"]),
        ] {
            for name in names {
                assert_eq!(DeviceClass::of_name(name), class, "{name}");
            }
        }
    }

    #[test]
    fn what_says_more_counts() {
        let of = |pairs: &[(&str, &'static str)]| {
            let pairs = pairs.to_vec();
            DeviceClass::of(move |name| pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| *value))
        };
        assert_eq!(of(&[("device", "web"), ("os", "Windows 10")]), Some(DeviceClass::Desktop));
        assert_eq!(of(&[("device", "web"), ("os", "Plan 9")]), Some(DeviceClass::Browser));
        assert_eq!(of(&[("device", "kettle")]), Some(DeviceClass::Other));
        assert_eq!(of(&[("country", "DE")]), None);
    }
}
