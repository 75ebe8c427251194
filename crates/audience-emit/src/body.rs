//! Bodies of requests.

mod kino;

use crate::config::Format;
use crate::lines::Lines;

/// The first `count` lines as the body of a request.
pub(crate) fn body(format: Format, lines: &Lines, count: usize) -> Vec<u8> {
    match format {
        Format::Canonical => lines.text(count).to_vec(),
        Format::Kino => {
            let mut body = Vec::with_capacity(lines.bytes(count) + 64 * count);
            body.push(b'[');
            for line in lines.iter(0..count) {
                let before = body.len();
                if before > 1 {
                    body.push(b',');
                }
                if kino::write_record(line, &mut body).is_none() {
                    body.truncate(before);
                }
            }
            body.push(b']');
            body
        }
    }
}
