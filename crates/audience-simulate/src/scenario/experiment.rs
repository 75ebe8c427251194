//! What is tried on viewers.

/// An experiment: viewers are divided into arms by a hash of their id and the experiment's name, so that each is in one
/// arm only and the arms of another experiment are independent of these.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Experiment {
    /// Its name. `simulated`.
    pub name: String,
    /// The session attribute that has the arm. `variant`.
    pub attribute: String,
    /// Its arms. `A` and `B`, equal, without effect.
    pub arms: Vec<Arm>,
}

/// One arm of an experiment.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Arm {
    /// Its name: the value of the attribute.
    pub name: String,
    /// Its share of the viewers.
    pub share: f64,
    /// Relative change of the hazard of leaving: 0 is none, −0.2 a fifth less, 1 twice as much. The survival of a title
    /// becomes `S(w)^(1 + effect)`: see [`KindSpec`](crate::KindSpec).
    pub effect: f64,
}

impl Default for Experiment {
    fn default() -> Self {
        let arm = |name: &str| Arm { name: name.to_owned(), share: 0.5, effect: 0.0 };
        Self { name: "simulated".to_owned(), attribute: "variant".to_owned(), arms: vec![arm("A"), arm("B")] }
    }
}
