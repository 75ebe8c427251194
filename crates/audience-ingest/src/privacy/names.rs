//! Names of attributes that everybody writes differently.

/// Longer names are none of those known.
const LONGEST: usize = 24;

/// Whether `name` is one of `known`, whatever its case and what separates its words: `Client-IP`, `client_ip`, `clientIp`.
/// A name may have that of its owner before it, as keys of CMCD have (`com.example-ip`). The names known are in lower case,
/// without separators, and in order.
pub(super) fn is_one_of(name: &str, known: &[&str]) -> bool {
    is_plainly_one_of(name, known)
        || name.as_bytes().contains(&b'.')
            && name.split_once('-').is_some_and(|(owner, own)| owner.contains('.') && is_plainly_one_of(own, known))
}

fn is_plainly_one_of(name: &str, known: &[&str]) -> bool {
    let (mut plain, mut length) = ([0; LONGEST], 0);
    for byte in name.bytes().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
        let Some(place) = plain.get_mut(length) else { return false };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    known.binary_search_by(|known| known.as_bytes().cmp(&plain[..length])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_do_not_matter() {
        for name in ["client_ip", "Client-IP", "clientIp", "c-l-i-e-n-t.ip", "CLIENT IP", "com.example-ip"] {
            assert!(is_one_of(name, &["clientip", "ip"]), "{name}");
        }
        for name in
            ["", "clientipx", "client_ïp", "com.example-zip", "edge-ip", "a name that is longer than any of those"]
        {
            assert!(!is_one_of(name, &["clientip", "ip"]), "{name}");
        }
    }
}
