//! All headers of a request in one field, `name:value` one a line, as `CloudFront`'s real-time logs have them.

use std::borrow::Cow;

use super::part::Encoding;
use crate::cmcd;

/// `CloudFront` keeps so many bytes of the headers. Whether it counts before or after encoding is not documented.
const CUT_AT: usize = 800;

/// Whether there may be a header with CMCD, whatever else is encoded.
pub(super) fn have_cmcd(headers: &str) -> bool {
    memchr::memchr2_iter(b'c', b'C', headers.as_bytes())
        .any(|at| headers.as_bytes()[at..].get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"cmcd-")))
}

/// Adds the texts of the headers with CMCD.
pub(super) fn take_cmcd<'a>(headers: Cow<'a, str>, encoding: Encoding, cmcd: &mut Vec<Cow<'a, str>>) {
    let full = headers.len() >= CUT_AT;
    let headers = encoding.undo(headers);
    for line in headers.split_inclusive('\n') {
        let Some((name, value)) = line.split_once(':') else { continue };
        if !["cmcd-object", "cmcd-request", "cmcd-session", "cmcd-status"]
            .iter()
            .any(|known| name.trim().eq_ignore_ascii_case(known))
        {
            continue;
        }
        // Of what was cut, nobody knows whether the last value is whole.
        let cut = full && !line.ends_with('\n');
        let value = if cut { cmcd::without_last(value) } else { value.trim() };
        if !value.is_empty() {
            cmcd.push(Cow::Owned(value.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cmcd(headers: &str) -> Vec<String> {
        let mut cmcd = Vec::new();
        take_cmcd(Cow::Borrowed(headers), Encoding::Percent, &mut cmcd);
        cmcd.into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn headers_are_known_by_their_names() {
        let headers = "host:a%0ACMCD-Object:br=(1808;v),ot=v%0Acmcd-session: sid=%22a:b%22%0Ax-cmcd-status:bs%0A";
        assert!(have_cmcd(headers));
        assert!(!have_cmcd("host:a%0Aaccept:c%0Acmc"));
        assert_eq!(cmcd(headers), ["br=(1808;v),ot=v", "sid=\"a:b\""]);
        assert_eq!(cmcd("cmcd-status:bs"), ["bs"], "few headers are not cut");
    }

    #[test]
    fn the_last_value_of_what_was_cut_is_left_out() {
        let long = format!("x:{}%0Acmcd-object:ot=v%0Acmcd-session:v=2,cid=%22a,b%22,sid=%22ab", "y".repeat(800));
        assert_eq!(cmcd(&long), ["ot=v", "v=2,cid=\"a,b\""]);
        assert_eq!(cmcd(&long.replace("v=2,cid=%22a,b%22,", "")), ["ot=v"]);
    }
}
