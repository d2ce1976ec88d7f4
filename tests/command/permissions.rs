//! `--as`: what a user of the CRM may do.

use invite::sandbox::zoom::Operation;

use crate::desk::Desk;

#[test]
fn a_user_may_do_what_the_roles_say() {
    let mut desk = Desk::new();
    let before = desk.state();
    // Desk may edit every meeting, but not push; guests may push, but edit none; Ana may do both with her own.
    for (arguments, exit, kind) in [
        ("send --meeting kickoff --as ben", 77, "permission.denied"),
        ("zoom push --meeting kickoff --as ben", 77, "permission.denied"),
        (
            "zoom delete --meeting called-off --as ben",
            77,
            "permission.denied",
        ),
        ("send --meeting kickoff --as zoe", 77, "permission.denied"),
        (
            "send --meeting kickoff --as zoe --no-push",
            77,
            "permission.denied",
        ),
        ("send --meeting second --as zoe", 77, "permission.denied"),
        ("send --meeting second --as ana", 77, "permission.denied"),
        (
            "send --meeting kickoff --as ben --dry-run",
            77,
            "permission.denied",
        ),
        (
            "meeting edit second --name Mine --as ana",
            77,
            "permission.denied",
        ),
        ("send --meeting kickoff --as stranger", 66, "user.not_found"),
    ] {
        let error = desk.fails(arguments, exit, kind);
        let message = error["message"].as_str().unwrap();
        let user = arguments
            .split_once("--as ")
            .unwrap()
            .1
            .split(' ')
            .next()
            .unwrap();
        let name = match user {
            "ana" => "Ana Núñez",
            "zoe" => "Zoë",
            "ben" => "Ben",
            user => user,
        };
        assert!(message.contains(name), "{message}");
    }
    assert_eq!(desk.state(), before);
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 0);

    desk.set("INVITE_ACTOR", "ben");
    desk.fails("send --meeting kickoff", 77, "permission.denied");
    // The option wins over the variable.
    assert_eq!(desk.json("send --meeting kickoff --as ana")["sent"], 3);
    // Where nothing is pushed, no scope is needed.
    assert_eq!(desk.json("send --meeting on-site")["sent"], 3);
    desk.run("meeting edit second --name Renamed").done();
}
