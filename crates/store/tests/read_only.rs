//! Projects that cannot be written are refused with that reason. The check runs in a child process,
//! which gives up the rights of root: for root, nothing is read-only.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use bauta_store::{Store, StoreError};
use common::{add_images, folder_contents};

const PROJECT: &str = "BAUTA_READ_ONLY_TEST_PROJECT";
const NOBODY: u32 = 65534;

/// Not a test: what the child does. It does nothing in a normal run of the tests.
#[test]
fn open_what_the_parent_names() {
    let Ok(path) = std::env::var(PROJECT) else { return };
    let path = Path::new(&path);
    let opened = if path.exists() { Store::open(path) } else { Store::create(path) };
    let word = match opened {
        Err(StoreError::ReadOnly { .. }) => "read-only".to_owned(),
        other => format!("{other:?}"),
    };
    println!("result {word}");
}

/// What the child says of a project; `None` when it cannot be run here.
fn as_child(path: &Path, drop_root: bool) -> Option<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["open_what_the_parent_names", "--exact", "--nocapture"]).env(PROJECT, path).current_dir("/");
    if drop_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| Some(line.split_once("result ")?.1.to_owned()))
}

#[test]
fn a_project_that_cannot_be_written_is_refused_with_that_reason() {
    struct Case(&'static str, &'static str, u32, u32);
    let cases = [
        Case("the folder", "p.bauta", 0o555, 0o666),
        Case("the file", "p.bauta", 0o777, 0o444),
        Case("the folder of a new project", "new.bauta", 0o555, 0o666),
    ];
    for Case(name, opened, folder_mode, file_mode) in cases {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("projects");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("p.bauta");
        add_images(&mut Store::create(&path).unwrap(), 3);
        let before = folder_contents(&folder);
        let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        set(outer.path(), 0o755);
        set(&path, file_mode);
        set(&folder, folder_mode);
        let root = fs::metadata(&path).unwrap().uid() == 0;
        let said = as_child(&folder.join(opened), root);
        set(&folder, 0o755);
        let Some(said) = said else {
            eprintln!("skipped: user {NOBODY} may not run this test program");
            return;
        };
        assert_eq!(said, "read-only", "{name}");
        assert!(folder_contents(&folder) == before, "{name}: something changed");
    }
}
