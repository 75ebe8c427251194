//! Whose failures failures are.

mod codes;

use std::sync::Arc;

use audience_core::{Failure, SessionFacts};

use crate::error::Error;
pub use codes::{FailureCode, FailureCodes};

/// What made a session fail: the split of Conviva's VSF-T and VSF-B, VPF-T and VPF-B.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum FailureCause {
    /// Something is broken. What has no code, or one that nobody listed, is taken for this.
    Technical,
    /// A rule held: no subscription, the wrong country, too many devices.
    Business,
}

impl FailureCause {
    /// The word for it, in JSON and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Business => "business",
        }
    }
}

/// The codes of errors that are a rule that held and nothing broken. Which these are, only the platform knows: there are
/// none unless they are given.
///
/// # Examples
///
/// ```
/// use audience_qoe::BusinessErrors;
///
/// let business = BusinessErrors::new(["GEO_BLOCKED", "ENTITLEMENT_*"])?;
/// assert!(business.contains("GEO_BLOCKED") && business.contains("ENTITLEMENT_EXPIRED"));
/// assert!(!business.contains("DECODE"));
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct BusinessErrors(Arc<[Box<str>]>);

impl BusinessErrors {
    /// These codes; one that ends in `*` is every code that begins so.
    ///
    /// # Errors
    ///
    /// [`Error::NotACode`] for a code that is empty, is `*` alone, or has a `*` anywhere but at its end.
    pub fn new<T: AsRef<str>>(codes: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let code = |code: T| {
            let code = code.as_ref();
            let name = code.strip_suffix('*').unwrap_or(code);
            if name.is_empty() || name.contains('*') {
                return Err(Error::NotACode { code: code.to_owned() });
            }
            Ok(code.into())
        };
        codes.into_iter().map(code).collect::<Result<Arc<[_]>, _>>().map(Self)
    }

    /// Whether `code` is one of them.
    pub fn contains(&self, code: &str) -> bool {
        self.0.iter().any(|listed| listed.strip_suffix('*').map_or(code == &**listed, |start| code.starts_with(start)))
    }

    /// What made a session fail; `None` when it did not.
    pub fn cause(&self, facts: &SessionFacts) -> Option<FailureCause> {
        match facts.failure? {
            Failure::ExitBeforeStart => None,
            Failure::Start | Failure::Playback => Some(self.cause_of(facts.failure_code.as_deref())),
        }
    }

    /// What made a session fail with such a code.
    fn cause_of(&self, code: Option<&str>) -> FailureCause {
        let business = code.is_some_and(|code| self.contains(code));
        if business { FailureCause::Business } else { FailureCause::Technical }
    }
}
