//! Numbers as differences to those before them, seven bits a byte, the sign in the lowest.

use super::byte;

/// Up to `N` bytes that go out at once.
pub(super) struct Numbers<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Default for Numbers<N> {
    fn default() -> Self {
        Self { bytes: [0; N], length: 0 }
    }
}

impl<const N: usize> Numbers<N> {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Appends what `value` is more or less than the one before it: at most ten bytes.
    #[inline]
    pub(super) fn difference(&mut self, last: &mut u64, value: u64) {
        let difference = value.wrapping_sub(std::mem::replace(last, value)) as i64;
        let mut left = ((difference << 1) ^ (difference >> 63)) as u64;
        while left >= 0x80 {
            self.byte(left as u8 | 0x80);
            left >>= 7;
        }
        self.byte(left as u8);
    }

    /// Appends those that are there, and says which of them are, a bit each.
    #[inline]
    pub(super) fn some<const K: usize>(&mut self, last: &mut [u64; K], values: [Option<u64>; K]) -> u8 {
        let mut there = 0;
        for (bit, (last, value)) in last.iter_mut().zip(values).enumerate() {
            if let Some(value) = value {
                there |= 1 << bit;
                self.difference(last, value);
            }
        }
        there
    }
}

#[inline]
pub(super) fn difference(bytes: &mut &[u8], last: &mut u64) -> Result<u64, postcard::Error> {
    let mut value = 0u64;
    let mut shift = 0;
    loop {
        let byte = byte(bytes)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
        shift += 7;
        if shift > 63 {
            return Err(postcard::Error::DeserializeBadVarint);
        }
    }
    let difference = (value >> 1) as i64 ^ -((value & 1) as i64);
    *last = last.wrapping_add(difference as u64);
    Ok(*last)
}

/// Those of which the bit in `there` is set.
#[inline]
pub(super) fn some<const K: usize>(
    bytes: &mut &[u8],
    last: &mut [u64; K],
    there: u8,
) -> Result<[Option<u64>; K], postcard::Error> {
    let mut values = [None; K];
    for (bit, (last, value)) in last.iter_mut().zip(&mut values).enumerate() {
        if there & (1 << bit) != 0 {
            *value = Some(difference(bytes, last)?);
        }
    }
    Ok(values)
}
