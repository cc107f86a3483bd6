//! Killing the program loses nothing that it had reported as saved, and leaves nothing half done.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bauta_store::Store;
use common::{
    add_images, folder_contents,
    model::{Deed, IMAGES, Model, State, perform},
};

const PROJECT: &str = "BAUTA_KILL_TEST_PROJECT";
const FIRST_DEED: &str = "BAUTA_KILL_TEST_FIRST_DEED";
const KILLS: usize = 10;

/// The n-th deed of the script that parent and child both know.
fn deed(n: usize) -> Deed {
    // SplitMix64 (Steele, Lea, Flood 2014), so that neighbours have nothing in common.
    let mut bits = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)) as usize;
    let (image, which, category) = (bits >> 8, bits >> 16, bits >> 24);
    match bits % 19 {
        0..=5 => Deed::Draw { image, same_group: which.is_multiple_of(2) },
        6 | 7 => Deed::Move { image, which },
        8 | 9 => Deed::Label { image, which, category },
        10 => Deed::Remove { image, which },
        11 => Deed::AddCategory,
        12 => Deed::DeleteCategory { which },
        13 | 14 => Deed::Undo,
        15 => Deed::MarkBackground { image },
        16 => Deed::SendTo { image },
        17 => Deed::Relocate,
        _ => Deed::Redo,
    }
}

/// Not a test: the program that gets killed. It does nothing in a normal run of the tests.
#[test]
fn work_until_killed() {
    let (Ok(path), Ok(first)) = (std::env::var(PROJECT), std::env::var(FIRST_DEED)) else { return };
    let first: usize = first.parse().unwrap();
    let mut store = Store::open(Path::new(&path)).unwrap();
    let mut model = Model::default();
    (0..first).for_each(|n| drop(model.perform(deed(n))));
    let mut out = std::io::stdout();
    for n in first.. {
        perform(&mut store, &model.perform(deed(n)));
        // Whoever reads this line was told that the deed is saved.
        writeln!(out, "saved {n}").unwrap();
        out.flush().unwrap();
    }
}

fn start(project: &Path, first_deed: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["work_until_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(PROJECT, project)
        .env(FIRST_DEED, first_deed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The next deed that the child reports as saved; `None` when its output ends.
fn next_saved(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Option<usize> {
    lines.find_map(|line| line.unwrap().split_once("saved ")?.1.parse().ok())
}

#[test]
fn a_killed_program_loses_nothing_that_it_had_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.bauta");
    add_images(&mut Store::create(&path).unwrap(), IMAGES);
    let mut model = Model::default();
    let mut done = 0;
    for kill in 0..KILLS {
        let mut child = start(&path, done);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = done;
        for _ in 0..=kill * 7 % 23 {
            told = next_saved(&mut lines).expect("the child works until it is killed") + 1;
        }
        // A moment that differs from kill to kill, so that it falls into all parts of a transaction.
        let moment = Instant::now() + Duration::from_micros(kill as u64 * 137);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        while let Some(n) = next_saved(&mut lines) {
            told = n + 1;
        }

        let store = Store::open(&path).unwrap();
        (done..told).for_each(|n| drop(model.perform(deed(n))));
        done = told;
        // The kill may have fallen between a commit and the word of it: one deed more may be there, whole.
        let found = State::of(&store);
        if found != model.now || store.history().unwrap() != model.history() {
            model.perform(deed(done));
            done += 1;
        }
        assert_eq!(found, model.now, "kill {kill} after deed {done}");
        assert_eq!(store.history().unwrap(), model.history(), "kill {kill} after deed {done}");
        found.check_counts(&store);
    }
    assert!(done >= KILLS, "{done} deeds");
    assert_eq!(folder_contents(folder.path()).len(), 1, "the log was merged and the lock removed");
}
