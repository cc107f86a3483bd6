//! The order of file names that people expect: `img2` before `img10`, `IMG3` between them.

use std::cmp::Ordering;

/// Compares names as Windows Explorer lists them: runs of digits by their number, letters without
/// case; names that differ in case or leading zeros only are ordered by their bytes, so the order is total.
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    loop {
        match (rest_a.chars().next(), rest_b.chars().next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (run_a, after_a) = split_digits(rest_a);
                let (run_b, after_b) = split_digits(rest_b);
                // Without leading zeros, the longer run is the larger number however long it is.
                let order = run_a.len().cmp(&run_b.len()).then_with(|| run_a.cmp(run_b));
                if order.is_ne() {
                    return order;
                }
                (rest_a, rest_b) = (after_a, after_b);
            }
            (Some(x), Some(y)) => {
                let order = x.to_lowercase().cmp(y.to_lowercase());
                if order.is_ne() {
                    return order;
                }
                (rest_a, rest_b) = (&rest_a[x.len_utf8()..], &rest_b[y.len_utf8()..]);
            }
        }
    }
}

/// The leading run of digits without its leading zeros, and what follows it.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digit_runs_compare_as_numbers_and_letters_without_case() {
        let mut names = [
            "img10.jpg",
            "IMG3.jpg",
            "img2.jpg",
            "Img 1.jpg",
            "img02.jpg",
            "z",
            "a",
            "É",
            "img99999999999999999999999.jpg",
        ];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(
            names,
            [
                "a",
                "Img 1.jpg",
                "img02.jpg",
                "img2.jpg",
                "IMG3.jpg",
                "img10.jpg",
                "img99999999999999999999999.jpg",
                "z",
                "É"
            ]
        );
    }

    #[test]
    fn names_that_differ_only_in_case_have_a_fixed_order() {
        assert_eq!(natural_cmp("a", "A"), Ordering::Greater);
        assert_eq!(natural_cmp("A", "a"), Ordering::Less);
        assert_eq!(natural_cmp("x1", "x1"), Ordering::Equal);
    }

    proptest::proptest! {
        #[test]
        fn the_order_is_antisymmetric_and_transitive(a in "[a-bA-B0-2 ]{0,5}", b in "[a-bA-B0-2 ]{0,5}", c in "[a-bA-B0-2 ]{0,5}") {
            proptest::prop_assert_eq!(natural_cmp(&a, &b), natural_cmp(&b, &a).reverse());
            if natural_cmp(&a, &b).is_le() && natural_cmp(&b, &c).is_le() {
                proptest::prop_assert!(natural_cmp(&a, &c).is_le());
            }
        }
    }
}
