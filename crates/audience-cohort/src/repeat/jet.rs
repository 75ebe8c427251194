//! Functions of four parameters with their first and second derivatives.

/// A value, its gradient and its matrix of second derivatives, in four parameters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Jet {
    pub(super) value: f64,
    pub(super) gradient: [f64; 4],
    pub(super) hessian: [[f64; 4]; 4],
}

impl Jet {
    /// Adds so many of another.
    pub(super) fn add(&mut self, count: f64, other: &Self) {
        self.value += count * other.value;
        for i in 0..4 {
            self.gradient[i] += count * other.gradient[i];
            for j in 0..4 {
                self.hessian[i][j] += count * other.hessian[i][j];
            }
        }
    }

    /// Adds a function of one parameter: its value, its slope and its curvature.
    pub(super) fn add_of(&mut self, at: usize, [value, slope, curvature]: [f64; 3]) {
        self.value += value;
        self.gradient[at] += slope;
        self.hessian[at][at] += curvature;
    }

    /// Adds a mixed derivative.
    pub(super) fn add_mixed(&mut self, one: usize, other: usize, value: f64) {
        self.hessian[one][other] += value;
        self.hessian[other][one] += value;
    }

    /// ln (1 + exp of this).
    pub(super) fn ln_one_plus_exp(&self) -> Self {
        let part = 1.0 / (1.0 + libm::exp(-self.value));
        let spread = part / (1.0 + libm::exp(self.value));
        let mut result = Self { value: super::ln_one_plus_exp(self.value), ..Self::default() };
        // Where one of the two is nothing, so is the other, and 0 times infinite derivatives would be no number.
        if part > 0.0 {
            for i in 0..4 {
                result.gradient[i] = part * self.gradient[i];
                for j in 0..4 {
                    result.hessian[i][j] = part * self.hessian[i][j] + spread * self.gradient[i] * self.gradient[j];
                }
            }
        }
        result
    }

    /// The same function of the logarithms of its parameters, which are `at`.
    pub(super) fn in_logarithms(&self, at: [f64; 4]) -> Self {
        let mut result = *self;
        for i in 0..4 {
            result.gradient[i] *= at[i];
            for j in 0..4 {
                result.hessian[i][j] *= at[i] * at[j];
            }
            result.hessian[i][i] += result.gradient[i];
        }
        result
    }
}
