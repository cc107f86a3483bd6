//! Other programs that do the same work when asked to.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::support::Failure;

/// Seconds of one step, or epoch.
#[derive(Clone, Copy)]
pub struct Seconds {
    pub wall: f64,
    pub cpu: f64,
}

/// Another program, and how it answers.
pub struct Other {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Other {
    /// Starts `program` (`tensorflow` and `pytorch`: our script for this bench, `SCRIPT_in_PROGRAM.py`) with these
    /// words, and waits until it is ready.
    pub fn new(program: &str, script: &str, words: &[String]) -> Result<Self, Failure> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/against/{script}_in_{program}.py"));
        let mut command = if script.is_file() {
            // The environment that `npm run bench` made.
            let python = std::env::var("BAUTA_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
            let mut command = Command::new(python);
            command.arg(script);
            command
        } else {
            Command::new(program)
        };
        let mut child = command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{program} has no pipes").into());
        };
        let mut other = Self { child, input, output: BufReader::new(output) };
        match other.line()?.trim() {
            "ready" => Ok(other),
            line => Err(format!("expected ready from {program}, found {line:?}").into()),
        }
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    /// One step, or epoch.
    pub fn step(&mut self) -> Result<Seconds, Failure> {
        writeln!(self.input)?;
        let line = self.line()?;
        let mut numbers = line.split_whitespace().map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(wall)), Some(Ok(cpu))) => Ok(Seconds { wall, cpu }),
            _ => Err(format!("expected seconds, found {line:?}").into()),
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It waits for a line that will not come.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The middle one, or the higher of the two in the middle.
pub fn median(seconds: &[Seconds], of: fn(&Seconds) -> f64) -> f64 {
    let mut values: Vec<f64> = seconds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
