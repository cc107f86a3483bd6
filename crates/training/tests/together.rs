//! Trainings that begin at once.

#![allow(clippy::unwrap_used)]

mod common;

use std::{env, process::Command, sync::Barrier, thread};

use bauta_domain::TrainingConfig;
use common::{config, folder, stripes, train};

#[test]
fn the_first_two_trainings_of_a_program_can_begin_at_once() {
    // Only the first sessions of a program are in danger, and only now and then: one program tells in one of three.
    for _ in 0..10 {
        let mut program = Command::new(env::current_exe().unwrap());
        let output = program.args(["--ignored", "--exact", "two_trainings_at_once"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
#[ignore = "the test above runs it in programs of its own"]
fn two_trainings_at_once() {
    let (data, config) = (stripes(3), TrainingConfig { epochs: 1, ..config() });
    let start = Barrier::new(2);
    let training = || {
        let (_folder, model) = folder();
        start.wait();
        train(&data, &config, &model).outcome.map(drop).map_err(|error| error.to_string())
    };
    thread::scope(|scope| {
        let trainings = [scope.spawn(training), scope.spawn(training)];
        assert_eq!(trainings.map(|training| training.join().unwrap()), [Ok(()), Ok(())]);
    });
}
