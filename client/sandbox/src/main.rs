//! `vilokanam-sandbox PROGRAM ARGUMENTS…`: runs a program in the sandbox with its default policy, to try out what works in it.

use std::{
    env,
    process::{exit, ExitCode},
};
use vilokanam_sandbox::{Policy, Sandbox, SandboxError};

fn main() -> ExitCode {
    vilokanam_sandbox::run_if_asked();
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: vilokanam-sandbox PROGRAM ARGUMENTS...");
        return ExitCode::from(2);
    };
    let run = |sandbox: Sandbox| -> Result<(), SandboxError> {
        eprintln!("{}", sandbox.check()?);
        let status = sandbox.command(&program).args(arguments).status().map_err(SandboxError::NoProgram)?;
        exit(status.code().unwrap_or(1));
    };
    match Sandbox::of_this_program(Policy::default()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
