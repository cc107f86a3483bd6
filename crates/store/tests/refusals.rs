//! Files that are not opened: each kind is told apart, and stays as it was to the last byte, with
//! nothing left beside it.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use bauta_domain::Step;
use bauta_store::{APPLICATION_ID, FORMAT, Store, StoreError};
use common::{NOW, add_images, added, annotation, folder_contents, group};
use rusqlite::{Connection, config::DbConfig};

fn make_project(path: &Path) {
    let mut store = Store::create(path).unwrap();
    add_images(&mut store, 200);
    let edits: Vec<_> = (0..200).map(|n| added(n, annotation(n))).collect();
    store.apply(Step::DetectFaces, group(1), &edits, NOW).unwrap();
}

/// Changes the file with plain SQL. With `in_log`, the change stays in the log beside it, as when a
/// program is killed.
fn with_sql(path: &Path, sql: &str, in_log: bool) {
    let conn = Connection::open(path).unwrap();
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, in_log).unwrap();
    conn.execute_batch(sql).unwrap();
    drop(conn);
    let wal = fs::metadata(path.with_extension("bauta-wal"));
    assert_eq!(wal.is_ok_and(|wal| wal.len() > 0), in_log, "{sql}");
}

fn with_bytes(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

type Expected = fn(&StoreError) -> bool;
struct Case(&'static str, fn(&Path), Expected);

#[test]
fn every_kind_of_refused_file_is_told_apart_and_left_as_it_was() {
    let damaged: Expected = |e| matches!(e, StoreError::Damaged { .. });
    let not_sqlite: Expected = |e| matches!(e, StoreError::NotSqlite { .. });
    let newer: Expected = |e| matches!(e, StoreError::Newer { found: 99, supported: FORMAT, .. });
    let cases = [
        Case("missing", |_| {}, |e| matches!(e, StoreError::Missing { .. })),
        Case("in a missing folder", |_| {}, |e| matches!(e, StoreError::Missing { .. })),
        Case("a folder", |path| fs::create_dir(path).unwrap(), not_sqlite),
        Case("empty", |path| fs::write(path, "").unwrap(), not_sqlite),
        Case("a picture", |path| fs::write(path, [0xff, 0xd8, 0xff, 0xe0].repeat(999)).unwrap(), not_sqlite),
        Case(
            "another program's database",
            |path| with_sql(path, "PRAGMA application_id = 252006673; CREATE TABLE t (a)", false),
            |e| matches!(e, StoreError::Foreign { application_id: 252_006_673, .. }),
        ),
        Case(
            "an unmarked database with our tables' names",
            |path| with_sql(path, "CREATE TABLE images (a); CREATE TABLE annotations (b)", false),
            |e| matches!(e, StoreError::Foreign { application_id: 0, .. }),
        ),
        Case(
            "written by a newer version",
            |path| {
                make_project(path);
                with_sql(path, "PRAGMA user_version = 99", false);
            },
            newer,
        ),
        Case(
            "updated by a newer version that was killed",
            |path| {
                make_project(path);
                with_sql(path, "PRAGMA user_version = 99", true);
            },
            newer,
        ),
        Case(
            "without a version",
            |path| {
                make_project(path);
                with_sql(path, "PRAGMA user_version = 0", false);
            },
            damaged,
        ),
        Case(
            "without a table",
            |path| {
                make_project(path);
                with_sql(path, "DROP TABLE journal", false);
            },
            damaged,
        ),
        Case(
            "the mark overwritten",
            |path| {
                make_project(path);
                with_bytes(path, |bytes| bytes[..16].fill(0));
            },
            not_sqlite,
        ),
        Case(
            "a header that makes no sense",
            |path| {
                make_project(path);
                with_bytes(path, |bytes| bytes[16..18].fill(7));
            },
            damaged,
        ),
        Case(
            "cut off within the header",
            |path| {
                make_project(path);
                with_bytes(path, |bytes| bytes.truncate(64));
            },
            damaged,
        ),
        Case(
            "cut off in the middle",
            |path| {
                make_project(path);
                with_bytes(path, |bytes| bytes.truncate(bytes.len() / 2));
            },
            damaged,
        ),
        Case(
            "a page overwritten",
            |path| {
                make_project(path);
                with_bytes(path, |bytes| bytes[3 * 4096..4 * 4096].fill(0x5a));
            },
            damaged,
        ),
        Case(
            "a page overwritten, with a log beside it",
            |path| {
                make_project(path);
                with_sql(path, "INSERT INTO settings VALUES ('a', '1')", true);
                with_bytes(path, |bytes| bytes[3 * 4096..4 * 4096].fill(0x5a));
            },
            damaged,
        ),
    ];
    for Case(name, make, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(if name.contains("missing folder") { "x/p.bauta" } else { "p.bauta" });
        make(&path);
        // The index of the log is scratch memory that SQLite rebuilds; the crash that left a log may
        // have left it or not.
        let _ = fs::remove_file(path.with_extension("bauta-shm"));
        let before = folder_contents(folder.path());
        let error = Store::open(&path).expect_err(name);
        assert!(expected(&error), "{name}: {error:?}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{name}: {error}");
        let after = folder_contents(folder.path());
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&after), names(&before), "{name}");
        assert!(after == before, "{name}: bytes changed");
    }
}

#[test]
fn a_project_that_is_open_is_locked_until_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.bauta");
    let mut first = Store::create(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    add_images(&mut first, 1);
    drop(first);
    assert_eq!(Store::open(&path).unwrap().images().unwrap().len(), 1);
    assert_eq!(folder_contents(folder.path()).len(), 1, "a closed project is one file");
}

#[cfg(unix)]
#[test]
fn a_link_opens_the_project_that_it_leads_to_and_shares_its_lock() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("p.bauta"), folder.path().join("link.bauta"));
    make_project(&path);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    with_sql(&path, "DELETE FROM annotations; DELETE FROM images WHERE key > 5", true);
    let store = Store::open(&link).unwrap();
    assert_eq!(store.images().unwrap().len(), 5, "the log of the project was read");
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    let error = Store::create(&link).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error:?}");
}

#[test]
fn creating_never_replaces_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.bauta");
    for content in ["", "notes"] {
        fs::write(&path, content).unwrap();
        let error = Store::create(&path).unwrap_err();
        assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(folder_contents(folder.path()).len(), 1);
    }
}

#[test]
fn what_a_killed_creation_left_behind_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.bauta");
    for leftover in [".part", ".part-wal", ".part-journal", "-lock"] {
        fs::write(PathBuf::from(format!("{}{leftover}", path.display())), "half").unwrap();
    }
    drop(Store::create(&path).unwrap());
    assert_eq!(folder_contents(folder.path()).len(), 1);
}

#[test]
fn names_with_odd_characters_open() {
    for name in ["50% #1? ä b&c.bauta", "'quoted' \"twice\".bauta", "no extension"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        add_images(&mut Store::create(&path).unwrap(), 2);
        assert_eq!(Store::open(&path).unwrap().images().unwrap().len(), 2, "{name}");
    }
}

#[test]
fn the_mark_of_a_project_is_where_other_programs_look_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.bauta");
    make_project(&path);
    assert_eq!(&fs::read(&path).unwrap()[68..72], b"Baut");
    assert_eq!(APPLICATION_ID, 0x4261_7574);
}

/// Rows that no program of ours wrote.
#[test]
fn a_row_that_makes_no_sense_is_named() {
    struct Case(&'static str, &'static str, fn(&mut Store) -> Result<(), StoreError>);
    let id = annotation(0).id.to_string();
    let cases = [
        Case(
            "UPDATE annotations SET source = 'dreamt' WHERE ordinal = 0 AND source = 'drawn'",
            "row 00000000-0000-0000-0000-000020000000 of annotations is damaged: source: expected drawn, detected, \
             generated or imported, found \"dreamt\"",
            |store| store.annotations(common::image_id(0)).map(drop),
        ),
        Case("UPDATE journal SET edits = '[{]' WHERE seq = 1", "row 1 of journal is damaged: edits: ", |store| {
            store.undo(NOW).map(drop)
        }),
        Case("UPDATE journal SET step = 'fly' WHERE seq = 1", "row 1 of journal is damaged: step: ", |store| {
            store.history().map(drop)
        }),
        Case("UPDATE images SET revision = -1 WHERE key = 5", "of images is damaged: revision: ", |store| {
            store.images().map(drop)
        }),
        Case(
            "INSERT INTO categories (id, name, folded, color, position) VALUES (zeroblob(16), 'a', 'a', 'blue', 0)",
            "row 00000000-0000-0000-0000-000000000000 of categories is damaged: color: a colour is written #rrggbb",
            |store| store.categories().map(drop),
        ),
    ];
    assert_eq!(id, "00000000-0000-0000-0000-000020000000");
    for Case(sql, message, read) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.bauta");
        make_project(&path);
        with_sql(&path, sql, false);
        let error = read(&mut Store::open(&path).unwrap()).expect_err(sql);
        assert!(matches!(error, StoreError::DamagedRow { .. }), "{sql}: {error:?}");
        assert!(error.to_string().contains(message), "{sql}: {error}");
    }
}
