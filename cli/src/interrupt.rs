//! Ctrl-C: the first one stops the run and keeps what was simulated, the second one ends the process at once.

use crate::exit::ExitCode;
use crate::output_dir;
use std::sync::atomic::{AtomicBool, Ordering};

static RAISED: AtomicBool = AtomicBool::new(false);

/// Listens for signals from here on.
pub(crate) fn listen() {
    // Without a handler Ctrl-C ends the process, which is what a user expects then.
    let _not_available = ctrlc::set_handler(|| {
        if RAISED.swap(true, Ordering::SeqCst) {
            let _held_to_the_end = output_dir::discard_staging();
            std::process::exit(i32::from(ExitCode::Interrupted.number()));
        }
    });
}

/// Whether the user asked to stop.
pub(crate) fn raised() -> bool {
    RAISED.load(Ordering::SeqCst)
}
