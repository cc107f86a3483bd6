//! A detector on a thread of its own: one question at a time, so that frames go on while it looks.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bauta_domain::{
    Detection, RgbImage,
    ports::{Detector, Pace},
};

use super::tracker::Moment;
use crate::{AppError, error::said};

/// A frame to look at.
pub(super) struct Question {
    pub at: Moment,
    pub image: Arc<RgbImage>,
    pub pace: Pace,
}

/// What was seen in it.
pub(super) struct Answer {
    pub at: Moment,
    pub pace: Pace,
    pub detections: Vec<Detection>,
    /// How long that took.
    pub seconds: f64,
}

/// How long to wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Take it if it is there.
    None,
    /// So long at most.
    Some(Duration),
    /// Until it comes.
    Endless,
}

/// The thread. Dropping it waits until it has ended its last look.
pub(super) struct Detecting {
    questions: Option<SyncSender<Question>>,
    answers: Receiver<Result<Answer, String>>,
    thread: Option<JoinHandle<()>>,
    busy: bool,
}

impl Detecting {
    /// Starts it.
    pub fn start(detector: Box<dyn Detector>) -> Result<Self, AppError> {
        let (questions, asked) = sync_channel::<Question>(1);
        let (answer, answers) = sync_channel(1);
        let work = move || {
            let mut detector = detector;
            for question in asked {
                // A mistake in the detector ends the live view with a message and not the program.
                let looked = catch_unwind(AssertUnwindSafe(|| look(detector.as_mut(), question)));
                let looked = looked.unwrap_or_else(|_| Err("the detector met a mistake in the program".to_owned()));
                if answer.send(looked).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("live-detector".to_owned()).spawn(work)?;
        Ok(Self { questions: Some(questions), answers, thread: Some(thread), busy: false })
    }

    /// Whether it looks at a frame now, or its answer was not taken yet.
    pub const fn is_busy(&self) -> bool {
        self.busy
    }

    /// Asks; it must not be busy.
    pub fn ask(&mut self, question: Question) {
        // Should the thread be gone, taking the answer says so.
        self.busy = self.questions.as_ref().is_some_and(|questions| questions.try_send(question).is_ok());
    }

    /// The answer to the last question, if there was one and it comes in time.
    ///
    /// # Errors
    /// When the detector cannot run.
    pub fn answer(&mut self, patience: Patience) -> Result<Option<Answer>, AppError> {
        if !self.busy {
            return Ok(None);
        }
        let answer = match patience {
            Patience::None => self.answers.try_recv().map_err(|error| error == TryRecvError::Empty),
            Patience::Some(wait) => self.answers.recv_timeout(wait).map_err(|error| error == RecvTimeoutError::Timeout),
            Patience::Endless => self.answers.recv().map_err(|_| false),
        };
        match answer {
            Ok(answer) => {
                self.busy = false;
                answer.map(Some).map_err(|message| AppError::Adapter(message.into()))
            }
            Err(true) => Ok(None),
            Err(false) => Err(AppError::Adapter("the detector has ended; start the live view again".into())),
        }
    }
}

impl Drop for Detecting {
    fn drop(&mut self) {
        self.questions = None;
        if let Some(thread) = self.thread.take() {
            // It caught its panics, and an answer that nobody takes fits into its channel.
            let _ = thread.join();
        }
    }
}

fn look(detector: &mut dyn Detector, question: Question) -> Result<Answer, String> {
    let Question { at, image, pace } = question;
    let started = Instant::now();
    detector.set_pace(pace);
    let min_score = detector.default_min_score();
    let detections = detector.detect(&image, min_score).map_err(|error| said(&error))?;
    Ok(Answer { at, pace, detections, seconds: started.elapsed().as_secs_f64() })
}
