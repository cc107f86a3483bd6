//! Corners in reverse order and negative sizes: boxes are read whichever way round they are written, and it is said.

use crate::number::number_text;

/// What to say of a box whose second corner is left of or above its first one, as with a negative size.
pub(crate) fn put_right([x1, y1, x2, y2]: [f64; 4]) -> Option<String> {
    let way = |name: &str, from: f64, to: f64| {
        (to < from).then(|| format!("{name} from {} to {}", number_text(from), number_text(to)))
    };
    let ways: Vec<String> = [way("x", x1, x2), way("y", y1, y2)].into_iter().flatten().collect();
    let found = ways.join(" and ");
    (!ways.is_empty()).then(|| format!("found {found}; expected the smaller number first; the box is put right"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_reversed_is_named() {
        assert_eq!(put_right([1.0, 2.0, 3.0, 2.0]), None);
        assert_eq!(put_right([f64::NAN, 2.0, 3.0, 4.0]), None);
        let message = put_right([110.0, 220.5, 10.0, 20.0]).unwrap();
        assert_eq!(
            message,
            "found x from 110 to 10 and y from 220.5 to 20; expected the smaller number first; the box is put right"
        );
    }
}
