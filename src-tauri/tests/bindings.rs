//! `ui/src/bindings.ts` is generated from the commands; this keeps the two the same.
#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn the_committed_bindings_are_those_of_the_commands() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/bindings.ts");
    let fresh = tempfile::NamedTempFile::with_suffix(".ts").unwrap();
    let language = specta_typescript::Typescript::default();
    bauta_desktop::bindings().export(language, fresh.path()).unwrap();
    let fresh = std::fs::read_to_string(fresh.path()).unwrap();
    if std::env::var_os("BAUTA_WRITE_BINDINGS").is_some() {
        std::fs::write(&committed, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(&committed).unwrap().replace("\r\n", "\n");
    assert!(fresh == committed, "ui/src/bindings.ts is out of date; run `npm run bindings` and commit it");
}
