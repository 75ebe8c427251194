//! Small systems of linear equations.

/// The solution of `matrix` x = `right`, where the matrix is symmetric, row by row, and not negative. A row that depends on those
/// before it has the solution 0.
pub(crate) fn solve(matrix: &[f64], right: &[f64]) -> Vec<f64> {
    inverse(matrix, right.len())
        .chunks_exact(right.len().max(1))
        .map(|row| row.iter().zip(right).map(|(a, b)| a * b).sum())
        .collect()
}

/// The inverse of a symmetric matrix of so many rows that is not negative, row by row, by sweeping one diagonal element after the
/// other. A row that depends on those before it is left out, and has zeros.
///
/// J. H. Goodnight, "A tutorial on the SWEEP operator", The American Statistician 33 (1979).
pub(crate) fn inverse(matrix: &[f64], rows: usize) -> Vec<f64> {
    let mut swept = matrix.to_vec();
    let mut done = vec![false; rows];
    for pivot in 0..rows {
        let diagonal = swept[pivot * rows + pivot];
        // What is left of the row, beside what it was: nothing but rounding.
        if diagonal <= 1e-13 * matrix[pivot * rows + pivot] {
            continue;
        }
        done[pivot] = true;
        for row in (0..rows).filter(|row| *row != pivot) {
            let factor = swept[row * rows + pivot] / diagonal;
            for column in (0..rows).filter(|column| *column != pivot) {
                swept[row * rows + column] -= factor * swept[pivot * rows + column];
            }
        }
        for other in (0..rows).filter(|other| *other != pivot) {
            swept[pivot * rows + other] /= diagonal;
            swept[other * rows + pivot] /= -diagonal;
        }
        swept[pivot * rows + pivot] = diagonal.recip();
    }
    for row in 0..rows {
        for column in 0..rows {
            if !(done[row] && done[column]) {
                swept[row * rows + column] = 0.0;
            }
        }
    }
    swept
}

/// A matrix as orthonormal columns times an upper triangle.
#[derive(Debug)]
pub(crate) struct Orthogonal {
    /// The columns.
    q: Vec<Vec<f64>>,
    /// The triangle, column by column, each from its top to the diagonal.
    r: Vec<Vec<f64>>,
}

impl Orthogonal {
    /// Of these columns, by Gram and Schmidt, done twice: that leaves them orthogonal to the last digit.
    ///
    /// L. Giraud, J. Langou, M. Rozložník, Computers & Mathematics with Applications 50 (2005).
    ///
    /// # Errors
    ///
    /// The place of a column that is made up by those before it.
    pub(crate) fn new(columns: Vec<Vec<f64>>) -> Result<Self, usize> {
        let (mut q, mut r) = (Vec::<Vec<f64>>::new(), Vec::<Vec<f64>>::new());
        for (at, mut column) in columns.into_iter().enumerate() {
            let before = dot(&column, &column).sqrt();
            let mut triangle = vec![0.0; at];
            for _ in 0..2 {
                for (base, sum) in q.iter().zip(&mut triangle) {
                    let part = dot(base, &column);
                    *sum += part;
                    column.iter_mut().zip(base).for_each(|(value, base)| *value -= part * base);
                }
            }
            let left = dot(&column, &column).sqrt();
            // What is left of it: nothing but rounding.
            if left <= 1e-12 * before {
                return Err(at);
            }
            for value in &mut column {
                *value /= left;
            }
            triangle.push(left);
            q.push(column);
            r.push(triangle);
        }
        Ok(Self { q, r })
    }

    /// What the columns must be multiplied by to come nearest to `right`, and what is then left of it.
    pub(crate) fn solve(&self, right: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut rest = right.to_vec();
        let mut parts = vec![0.0; self.q.len()];
        for _ in 0..2 {
            for (base, sum) in self.q.iter().zip(&mut parts) {
                let part = dot(base, &rest);
                *sum += part;
                rest.iter_mut().zip(base).for_each(|(value, base)| *value -= part * base);
            }
        }
        // From the last one up.
        for at in (0..parts.len()).rev() {
            parts[at] /= self.r[at][at];
            for above in 0..at {
                parts[above] -= self.r[at][above] * parts[at];
            }
        }
        (parts, rest)
    }

    /// How much of its own fitted value a row is: 0–1.
    pub(crate) fn leverage(&self, row: usize) -> f64 {
        self.q.iter().map(|column| column[row] * column[row]).sum()
    }

    /// Of each coefficient, what each row of the right side weighs in it.
    pub(crate) fn weights(&self) -> Vec<Vec<f64>> {
        let mut weights = self.q.clone();
        for at in (0..weights.len()).rev() {
            let (above, from_here) = weights.split_at_mut(at);
            for value in &mut from_here[0] {
                *value /= self.r[at][at];
            }
            for (column, factor) in above.iter_mut().zip(&self.r[at]) {
                column.iter_mut().zip(&from_here[0]).for_each(|(value, solved)| *value -= factor * solved);
            }
        }
        weights
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_is_one() {
        let matrix = [4.0, 2.0, 0.6, 2.0, 3.0, 0.4, 0.6, 0.4, 1.5];
        let inverse = inverse(&matrix, 3);
        for row in 0..3 {
            for column in 0..3 {
                let product: f64 = (0..3).map(|k| matrix[row * 3 + k] * inverse[k * 3 + column]).sum();
                assert!((product - f64::from(u8::from(row == column))).abs() < 1e-14, "{row} {column}: {product}");
            }
        }
    }

    #[test]
    fn what_depends_on_others_is_left_out() {
        assert_eq!(solve(&[2.0, 4.0, 4.0, 8.0], &[3.0, 6.0]), [1.5, 0.0]);
        assert_eq!(solve(&[0.0, 0.0, 0.0, 5.0], &[0.0, 10.0]), [0.0, 2.0]);
        assert!(solve(&[], &[]).is_empty());
    }
}
