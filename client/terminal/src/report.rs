//! Printing of answers and errors.

use crate::{
    answer::Answer,
    error::{CommandError, Exit},
};
use clap::error::ErrorKind;

/// Prints an answer and returns `exit`, unless stdout cannot be written.
pub fn print(answer: &Answer, is_json: bool, is_quiet: bool, exit: Exit) -> Exit {
    match answer.print(is_json, is_quiet) {
        Ok(()) => exit,
        // The reader of stdout has closed it, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            let what = format!("cannot write to stdout: {error}");
            fail(&CommandError::failed(what, "Check where the output goes."), false)
        }
    }
}

/// Prints an error on stderr and, as JSON, on stdout. Returns its exit code.
pub fn fail(error: &CommandError, is_json: bool) -> Exit {
    eprintln!("Error: {error}");
    if let Some(hint) = error.hint() {
        eprintln!("{hint}");
    }
    if is_json {
        // The exit code says the same if nothing reads stdout.
        let _ = Answer::new(error.to_json(), "").print(true, false);
    }
    error.exit()
}

/// Prints what is wrong with the command line, or the help that was asked for. Returns the exit code.
pub fn usage(error: &clap::Error) -> Exit {
    let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let is_json = std::env::args_os().any(|argument| argument == "--json");
    let _ = error.print();
    if is_json && !is_help {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let _ = Answer::new(CommandError::Usage(first.to_owned()).to_json(), "").print(true, false);
    }
    if is_help {
        Exit::Done
    } else {
        Exit::Usage
    }
}
