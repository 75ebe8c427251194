//! FNV-1a of 32 bits.

/// What it starts from.
pub(super) const START: u32 = 0x811c_9dc5;

/// The hash of units that follow those already hashed: bytes, or code units of UTF-16, which count as one each.
///
/// G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, "The FNV non-cryptographic hash algorithm", RFC 9923.
pub(super) fn fnv1a(start: u32, units: impl IntoIterator<Item = u16>) -> u32 {
    units.into_iter().fold(start, |hash, unit| (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_standard() {
        let hash = |text: &str| fnv1a(START, text.bytes().map(u16::from));
        assert_eq!((hash(""), hash("a"), hash("foobar")), (START, 0xe40c_292c, 0xbf9c_f968));
    }
}
