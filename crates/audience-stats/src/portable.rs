//! States that travel between processes, or are stored.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Merge;
use crate::error::Error;
use crate::hash::hash64;

/// A state that can leave the process: written as bytes, checked when it comes back, and merged there.
///
/// [`Merge`] does not fail, so two states must have been made alike before they meet. Within a process the program sees to
/// that; a state from elsewhere is checked once, where it enters, by [`decode`](Self::decode).
///
/// The bytes are postcard's (<https://postcard.rs>), after the fingerprint. The same observations give the same bytes,
/// however they were split, for every state here that says so.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, Error, Merge, Portable, Quantiles, sample::BottomK};
///
/// let mut elsewhere = Quantiles::new();
/// elsewhere.observe_all(&[120, 80]);
/// let bytes = elsewhere.encode();
///
/// let mut here = Quantiles::new();
/// here.merge(Quantiles::decode(&bytes, &here)?);
/// assert_eq!(here.summary().median(), Some(100.0));
///
/// // Another kind of state, or one that was made differently, is an error.
/// let sample = BottomK::<u64>::new(10, 7)?;
/// assert!(matches!(BottomK::decode(&bytes, &sample), Err(Error::ForeignState { .. })));
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub trait Portable: Merge + Serialize + DeserializeOwned {
    /// Stands for the kind of state and all it was made with (widths, numbers of points, seeds), and for nothing it
    /// observed: what two states must share to be merged. [`fingerprint_of`] makes it.
    fn fingerprint(&self) -> u64;

    /// Bytes held in memory, without what is the same for every state.
    fn size_bytes(&self) -> usize;

    /// The state as bytes.
    fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(&(self.fingerprint(), self)).expect("memory takes all that postcard writes")
    }

    /// The state in `bytes`, made like `like`.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignState`] when it was made differently, [`Error::DamagedState`] when it is none.
    fn decode(bytes: &[u8], like: &Self) -> Result<Self, Error> {
        let expected = like.fingerprint();
        let (found, bytes) = postcard::take_from_bytes::<u64>(bytes).map_err(Error::DamagedState)?;
        if found != expected {
            return Err(Error::ForeignState { expected, found });
        }
        let (state, rest) = postcard::take_from_bytes::<Self>(bytes).map_err(Error::DamagedState)?;
        if !rest.is_empty() || state.fingerprint() != expected {
            return Err(Error::DamagedState(postcard::Error::DeserializeBadEncoding));
        }
        Ok(state)
    }
}

/// The fingerprint of a kind of state with what it was made with. `kind` names the kind and the version of what is written.
///
/// # Panics
///
/// When the configuration cannot be written, as a sequence of unknown length cannot.
///
/// # Examples
///
/// ```
/// use audience_stats::fingerprint_of;
/// assert_ne!(fingerprint_of("example.curve/1", &100), fingerprint_of("example.curve/1", &50));
/// ```
pub fn fingerprint_of(kind: &str, configuration: &impl Serialize) -> u64 {
    let bytes = postcard::to_stdvec(&(kind, configuration)).expect("memory takes all that postcard writes");
    hash64(&bytes, 0)
}

macro_rules! portable_tuple {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Portable),+> Portable for ($($name,)+) {
            fn fingerprint(&self) -> u64 {
                fingerprint_of("audience.tuple/1", &[$(self.$index.fingerprint()),+])
            }

            fn size_bytes(&self) -> usize {
                [$(self.$index.size_bytes()),+].into_iter().sum()
            }
        }
    };
}

portable_tuple!(A 0, B 1);
portable_tuple!(A 0, B 1, C 2);
portable_tuple!(A 0, B 1, C 2, D 3);
portable_tuple!(A 0, B 1, C 2, D 3, E 4);
portable_tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
