//! Tables that say which group (person, place, day) a picture belongs to, as CSV.

use std::collections::HashMap;

use thiserror::Error;

use crate::original;

/// Why a table of groups cannot be used.
#[derive(Debug, Error)]
pub enum GroupsError {
    /// The header has no such column.
    #[error("line 1: no column {wanted:?}; the table has {found}")]
    Column {
        /// The column asked for.
        wanted: String,
        /// The columns found.
        found: String,
    },
    /// A line is not CSV.
    #[error("line {line}: {source}")]
    Line {
        /// Line number, from 1.
        line: u64,
        /// What the reader says.
        source: csv::Error,
    },
}

/// Reads `path,…,group,…` with a header: the first column names the picture, `column` its group. Paths
/// keep their separators as `/`; lines without a group are left out.
///
/// # Errors
/// When the column is missing or a line is not CSV.
pub fn read_groups(bytes: &[u8], column: &str) -> Result<HashMap<String, String>, GroupsError> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let header = reader.headers().map_err(|source| GroupsError::Line { line: 1, source })?;
    let place = header.iter().position(|name| name.trim() == column).ok_or_else(|| GroupsError::Column {
        wanted: column.to_owned(),
        found: header.iter().collect::<Vec<_>>().join(", "),
    })?;
    let mut groups = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|source| {
            let line = source.position().map_or(0, csv::Position::line);
            GroupsError::Line { line, source }
        })?;
        if let (Some(path), Some(group)) = (record.get(0), record.get(place))
            && !group.trim().is_empty()
        {
            groups.insert(original(path.trim()).replace('\\', "/"), original(group.trim()).into_owned());
        }
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_column_gives_the_groups() {
        let table =
            b"\xef\xbb\xbfpath,label,person\nffp2\\a.jpg,ffp2,Ann\n\"b, c.jpg\",x,Bob\nd.jpg,x,\n'=e.jpg,x,'@Eve\n";
        let groups = read_groups(table, "person").unwrap();
        assert_eq!(groups.len(), 3);
        assert_eq!(groups["ffp2/a.jpg"], "Ann");
        assert_eq!(groups["b, c.jpg"], "Bob");
        assert_eq!(groups["=e.jpg"], "@Eve", "what manifest.csv writes so that no spreadsheet runs it");
    }

    #[test]
    fn a_missing_column_and_a_broken_line_say_where() {
        let missing = read_groups(b"path,label\n", "person").unwrap_err().to_string();
        assert_eq!(missing, r#"line 1: no column "person"; the table has path, label"#);
        let broken = read_groups(b"path,person\na,b\n\xff\xfe,c\n", "person").unwrap_err().to_string();
        assert!(broken.starts_with("line 3:"), "{broken}");
    }
}
