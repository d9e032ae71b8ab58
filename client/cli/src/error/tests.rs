use super::*;

fn dispatch(name: &str) -> CliError {
    ChainError::Dispatch { pallet: "TickStream".into(), error: name.into() }.into()
}

fn refused() -> CliError {
    CliError::Gateway(Box::new(Problem {
        kind: "/problems/deposit-spent".into(),
        title: "Payment required".into(),
        status: 402,
        detail: "The session's 60 ticks are spent.".into(),
        mend: Some("Open a new session.".into()),
        code: "deposit-spent".into(),
        request_id: Some("r1".into()),
        ticks_due: None,
    }))
}

#[test]
fn exit_works() {
    let connect = ChainError::Connect { url: "ws://x".into(), source: "refused".into() };
    assert_eq!(CliError::from(connect).exit() as u8, 5);
    assert_eq!(CliError::from(ChainError::Key("bad".into())).exit() as u8, 1);
    assert_eq!(dispatch("NotCreator").exit() as u8, 3);
    assert_eq!(refused().exit() as u8, 4);
    assert_eq!(CliError::Usage("no".into()).exit() as u8, 2);
    assert_eq!(CliError::Interrupted.exit() as u8, 130);
}

#[test]
fn to_json_works() {
    let error = &refused().to_json()["error"];
    assert_eq!(error["code"], "deposit-spent");
    assert_eq!(error["exit"], 4);
    assert_eq!(error["mend"], "Open a new session.");
    assert_eq!(error["message"], "the gateway refused: The session's 60 ticks are spent. (request r1)");
}

#[test]
fn mend_of_a_pallets_error_works() {
    assert!(dispatch("NotCreator").mend().is_some());
    assert_eq!(dispatch("NeverHeardOf").mend(), None);
    assert_eq!(dispatch("NeverHeardOf").code(), "NeverHeardOf");
}
