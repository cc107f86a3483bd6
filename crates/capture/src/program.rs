//! The running `bauta-capture`.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

use bauta_domain::ports::CancelToken;

use crate::{
    CaptureError,
    protocol::Message,
    watch::{Patience, Watch},
};

/// As much as the system gives everybody: a frame arrives in few pieces.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1 << 20;

/// A `bauta-capture` that was started for one source; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Program {
    watch: Watch,
    from: ChildStdout,
    /// Where frames to write go, until all are sent.
    pub to: Option<ChildStdin>,
    /// What it was started for, for messages.
    source_name: String,
}

impl Program {
    /// Starts it with these arguments.
    pub fn start<'a>(
        source_name: &str,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        writes: bool,
        cancel: &CancelToken,
    ) -> Result<Self, CaptureError> {
        let path = find()?;
        let mut command = Command::new(&path);
        command.args(arguments).stdout(Stdio::piped()).stdin(if writes { Stdio::piped() } else { Stdio::null() });
        // Decoders print there what helps nobody.
        command.stderr(Stdio::null());
        on_its_own(&mut command);
        let unusable = |reason: String| CaptureError::ProgramUnusable { path: path.clone(), reason };
        let mut child = command.spawn().map_err(|error| unusable(error.to_string()))?;
        let from = child.stdout.take().ok_or_else(|| unusable("it has no output".to_owned()))?;
        #[cfg(target_os = "linux")]
        // A smaller pipe is only slower.
        let _ = rustix::pipe::fcntl_setpipe_size(&from, PIPE_BYTES);
        let to = child.stdin.take();
        Ok(Self { watch: Watch::over(child, cancel.clone()), from, to, source_name: source_name.to_owned() })
    }

    /// What it says next. One that says nothing for as long as there is patience is ended.
    pub fn next(&mut self, patience: Patience) -> Result<Message, CaptureError> {
        self.watch.waiting(patience);
        let message = Message::read(&mut self.from);
        self.watch.heard();
        match message {
            Ok(Message::Failed(text)) => Err(CaptureError::Source(text)),
            Ok(message) => Ok(message),
            Err(error) => Err(self.ended(&error)),
        }
    }

    /// What to say when it sends what was not asked for.
    pub fn unexpected(&self) -> CaptureError {
        CaptureError::Ended { source_name: self.source_name.clone(), reason: "an answer out of turn".to_owned() }
    }

    fn ended(&mut self, error: &io::Error) -> CaptureError {
        if let Some(seconds) = self.watch.lost_patience() {
            return CaptureError::Silent { source_name: self.source_name.clone(), seconds };
        }
        // It has closed its output, so it is ending; but what it was may stay unknown.
        let status = self.watch.status();
        let reason = status.map_or_else(|| error.to_string(), |status| status.to_string());
        CaptureError::Ended { source_name: self.source_name.clone(), reason }
    }
}

/// Ctrl-C in a terminal is for the program that was started there, which then ends this one.
fn on_its_own(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NO_WINDOW);
    }
}

/// Beside this program; tests are built one folder deeper.
fn find() -> Result<PathBuf, CaptureError> {
    let name = format!("bauta-capture{}", std::env::consts::EXE_SUFFIX);
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(Path::parent);
    let searched: Vec<PathBuf> =
        folder.into_iter().flat_map(|folder| folder.ancestors().take(2)).map(Path::to_path_buf).collect();
    let found = searched.iter().map(|folder| folder.join(&name)).find(|path| path.is_file());
    found.ok_or(CaptureError::ProgramMissing { program: name, searched })
}
