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
