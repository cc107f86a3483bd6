//! Numbers that options take, with their ranges: what is out of them is wrong usage.

/// A finite number above 0.
pub(crate) fn above_zero(text: &str) -> Result<f64, String> {
    number(text, "a number above 0", |value| value > 0.0 && value.is_finite())
}

/// A share that is neither nothing nor all.
pub(crate) fn between_zero_and_one(text: &str) -> Result<f64, String> {
    number(text, "a number above 0 and below 1", |value| value > 0.0 && value < 1.0)
}

/// A share that is not all.
pub(crate) fn share_below_one(text: &str) -> Result<f64, String> {
    number(text, "a number from 0 up to but not 1", |value| (0.0..1.0).contains(&value))
}

/// A standard deviation as a share of a picture's side.
pub(crate) fn blur(text: &str) -> Result<f64, String> {
    number(text, "a number from 0 to 0.1", |value| (0.0..=0.1).contains(&value))
}

/// An angle either way.
pub(crate) fn degrees(text: &str) -> Result<f64, String> {
    number(text, "a number from 0 to 180", |value| (0.0..=180.0).contains(&value))
}

fn number(text: &str, expected: &str, holds: impl Fn(f64) -> bool) -> Result<f64, String> {
    let value = text.parse().ok().filter(|&value| holds(value));
    value.ok_or_else(|| format!("expected {expected}, found {text:?}"))
}
