//! Numbers as text: exact, and without a point where they are whole.

use std::io::{self, Write};

/// Writes a finite number so that reading it gives the same number; `3` and not `3.0`.
pub(crate) fn write_number(out: &mut impl Write, value: f64) -> io::Result<()> {
    // Beyond 2^53 not every whole number has its own value, and the exponent is shorter anyway.
    if value.fract() == 0.0 && value.abs() < 9e15 { write!(out, "{}", value as i64) } else { write!(out, "{value}") }
}

/// The number as text.
pub(crate) fn number_text(value: f64) -> String {
    let mut text = Vec::new();
    // Writing into memory does not fail.
    let _ = write_number(&mut text, value);
    String::from_utf8(text).unwrap_or_default()
}
