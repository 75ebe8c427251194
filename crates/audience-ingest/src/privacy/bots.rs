//! Programs that are no viewers, by what their user agents say.

use super::names;

/// Names of attributes that hold a user agent or a browser's name.
const NAMES: [&str; 10] = [
    "agent",
    "browser",
    "browsername",
    "csuseragent",
    "httpuseragent",
    "requestuseragent",
    "ua",
    "useragent",
    "useragentoriginal",
    "useragentstring",
];

/// What user agents of programs have in them, in lower case. Players that are built on a library for HTTP name it too, so
/// that libraries in use by players (okhttp, `AppleCoreMedia`, Lavf) are not here.
const WORDS: [&str; 31] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scrap",
    "headless",
    "phantomjs",
    "selenium",
    "webdriver",
    "puppeteer",
    "playwright",
    "cypress",
    "lighthouse",
    "pagespeed",
    "pingdom",
    "statuscake",
    "site24x7",
    "datadog",
    "catchpoint",
    "gtmetrix",
    "synthetic",
    "monitor",
    "uptime",
    "facebookexternalhit",
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "aiohttp",
    "go-http-client",
    "libwww",
];

/// What has such a word in it and is somebody's phone.
const NOT_BOTS: [&str; 1] = ["cubot"];

/// Whether an attribute of this name says which program it is.
pub(super) fn is_agent(name: &str) -> bool {
    names::is_one_of(name, &NAMES)
}

/// Whether an attribute says that a program and no viewer watches.
pub(super) fn is_bot(name: &str, value: &str) -> bool {
    if !is_agent(name) {
        return false;
    }
    let mut agent = value.to_ascii_lowercase();
    for word in NOT_BOTS {
        agent = agent.replace(word, "");
    }
    WORDS.iter().any(|word| agent.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn programs_are_told_from_players() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
            "UptimeRobot/2.0",
            "curl/8.5.0",
            "DatadogSynthetics",
        ] {
            assert!(is_bot("User-Agent", agent), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (Linux; Android 11; CUBOT KINGKONG 5) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
            "AppleCoreMedia/1.0.0.21A329 (Apple TV; U; CPU OS 17_0 like Mac OS X; de_de)",
            "okhttp/4.12.0",
            "VLC/3.0.20 LibVLC/3.0.20",
            "",
        ] {
            assert!(!is_bot("user_agent", agent), "{agent}");
        }
        assert!(!is_bot("title", "The Bot"));
    }
}
