//! A trial in a program of its own: one that crashes, or takes more memory than there is, takes nothing with it.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use bauta_domain::ports::CancelToken;

use super::{Trial, results, write_trials};
use crate::AppError;

/// How long a trial goes on at most after it was asked to stop and before it hears of it.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Writes a trial of the tuning in `out` down, for the program that does it. Gives the file; the trial is its only
/// line.
///
/// # Errors
/// When it cannot be written.
pub fn trial_file(trial: &Trial, out: &Path) -> Result<PathBuf, AppError> {
    let file = results::folder(out, trial).join("trial.jsonl");
    bauta_files::write_whole(&file, write_trials(std::slice::from_ref(trial))?.as_bytes())?;
    Ok(file)
}

/// Runs the program that does one trial until it ends; `heard` is given each line that it prints. Its input stays open
/// until `cancel` says so or this program is gone: with [`cancel_when_input_ends`] it ends early then, to go on later.
///
/// # Errors
/// What went wrong in it, in its own words or by the signal that ended it.
pub fn in_own_program(mut command: Command, heard: &mut dyn FnMut(&str), cancel: &CancelToken) -> Result<(), String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("its program cannot be started: {error}"))?;
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (over, is_over) = channel::<()>();
    let (status, said) = thread::scope(|scope| {
        scope.spawn(move || {
            while is_over.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) && !cancel.is_cancelled() {}
            drop(input);
        });
        let said = scope.spawn(move || {
            let mut said = String::new();
            // What is no text tells nobody anything.
            let _ = errors.map(|mut errors| errors.read_to_string(&mut said));
            said
        });
        for line in output.into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok)) {
            heard(&line);
        }
        let status = child.wait();
        drop(over);
        (status, said.join().unwrap_or_default())
    });
    let status = status.map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(why(status, &said)) }
}

/// Why a program ended, as far as can be told.
fn why(status: ExitStatus, said: &str) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!(
            "its program was ended by signal {signal}; perhaps the machine had not enough memory for it: try smaller pictures or networks"
        );
    }
    let last = said.lines().next_back().unwrap_or_default();
    // The programs' own names before their last words.
    let last = ["bauta: ", "bauta-app: "].into_iter().fold(last, |last, name| last.trim_start_matches(name));
    if last.is_empty() { format!("its program ended with {status}") } else { last.to_owned() }
}

/// Cancels when the input of this program ends: whoever started it wants no more, or is gone.
pub fn cancel_when_input_ends(cancel: &CancelToken) {
    let cancel = cancel.clone();
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        cancel.cancel();
    });
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_a_program_says_is_heard_and_its_end_is_told() {
        let mut lines = Vec::new();
        let mut run = |script: &str| {
            in_own_program(shell(script), &mut |line| lines.push(line.to_owned()), &CancelToken::default())
        };
        assert_eq!(run("echo one; echo two"), Ok(()));
        assert_eq!(run("echo bauta: it is full >&2; exit 1").unwrap_err(), "it is full");
        assert!(run("exit 3").unwrap_err().contains("exit status: 3"));
        assert!(run("kill -9 $$").unwrap_err().contains("signal 9"));
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_program_is_asked_to_end_by_the_end_of_its_input() {
        let cancel = CancelToken::default();
        let mut heard = |line: &str| {
            assert_eq!(line, "ready");
            cancel.cancel();
        };
        assert_eq!(in_own_program(shell("echo ready; cat"), &mut heard, &cancel), Ok(()));
    }
}
