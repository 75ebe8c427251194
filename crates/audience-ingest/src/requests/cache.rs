//! What logs say of their caches.

use audience_core::CacheResult;

/// A word that is none of those that logs have for what their caches do.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct NotKnown;

/// What the word of a log says, which may be nothing.
///
/// The words are those of `CloudFront` (`x-edge-response-result-type`), of Akamai (`cacheStatus`, 0 and 1, and the words of its
/// header), of Fastly (`fastly_info.state`), and of nginx (`$upstream_cache_status`) and Cloudflare, which are nearly the same.
pub(crate) fn cache_result(word: &str) -> Result<Option<CacheResult>, NotKnown> {
    let word = word.to_ascii_uppercase();
    Ok(Some(match word.as_str() {
        "1" | "HIT" | "ORIGINSHIELDHIT" => CacheResult::Hit,
        "REFRESHHIT" | "REVALIDATED" => CacheResult::Refreshed,
        "HITSTALE" | "STALE" | "UPDATING" => CacheResult::Stale,
        // What has expired comes from the origin anew.
        "0" | "MISS" | "EXPIRED" => CacheResult::Miss,
        "BYPASS" | "NOTCACHEABLE" | "DYNAMIC" => CacheResult::Bypass,
        "REDIRECT" | "CONSTRUCTED" | "MISSGENERATEDRESPONSE" => CacheResult::Synthetic,
        "LIMITEXCEEDED" | "CAPACITYEXCEEDED" => CacheResult::Error,
        "NONE" | "UNKNOWN" => return Ok(None),
        _ => of_fastly(&word).ok_or(NotKnown)?,
    }))
}

/// A state, and what was special about it, between hyphens.
fn of_fastly(state: &str) -> Option<CacheResult> {
    let mut parts = state.split('-');
    let mut result = match parts.next()? {
        "HIT" => CacheResult::Hit,
        "MISS" => CacheResult::Miss,
        "PASS" | "HITPASS" => CacheResult::Bypass,
        // In which state there was an error does not matter.
        "ERROR" => return Some(CacheResult::Error),
        "BG" => return (parts.next() == Some("ERROR")).then_some(CacheResult::Error),
        _ => return None,
    };
    for part in parts {
        match part {
            "STALE" => result = CacheResult::Stale,
            "SYNTH" => result = CacheResult::Synthetic,
            "CLUSTER" | "WAIT" | "REFRESH" | "REMOTE" => {}
            _ => return None,
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_log_has_words_of_its_own() {
        for (word, expected) in [
            ("Hit", CacheResult::Hit),
            ("RefreshHit", CacheResult::Refreshed),
            ("OriginShieldHit", CacheResult::Hit),
            ("Miss", CacheResult::Miss),
            ("LimitExceeded", CacheResult::Error),
            ("Redirect", CacheResult::Synthetic),
            ("Error", CacheResult::Error),
            ("1", CacheResult::Hit),
            ("0", CacheResult::Miss),
            ("HitStale", CacheResult::Stale),
            ("NotCacheable", CacheResult::Bypass),
            ("HIT-CLUSTER", CacheResult::Hit),
            ("HIT-STALE-CLUSTER", CacheResult::Stale),
            ("HIT-SYNTH", CacheResult::Synthetic),
            ("MISS-WAIT", CacheResult::Miss),
            ("PASS", CacheResult::Bypass),
            ("ERROR-LOSTHDR", CacheResult::Error),
            ("BG-ERROR-PASS", CacheResult::Error),
            ("EXPIRED", CacheResult::Miss),
            ("UPDATING", CacheResult::Stale),
            ("REVALIDATED", CacheResult::Refreshed),
        ] {
            assert_eq!(cache_result(word), Ok(Some(expected)), "{word}");
        }
    }

    #[test]
    fn words_that_are_not_known_say_nothing() {
        assert_eq!(cache_result("NONE"), Ok(None));
        for word in ["", "2", "true", "HITS", "HIT-", "HIT-MISS", "BG", "hit, miss"] {
            assert_eq!(cache_result(word), Err(NotKnown), "{word}");
        }
    }
}
