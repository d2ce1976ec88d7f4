//! Routes that Zoom does not have. Another process can order faults and read the world through them. They exist only if
//! the server was started with them; [`EmbeddedZoom::start_controlled`](super::EmbeddedZoom::start_controlled) lists
//! them.

use std::io;

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::shared::Shared;
use super::{Change, Rules, ZoomFault, ZoomWorld};

/// Whether a path belongs to the control routes.
pub(super) fn is_control(path: &str) -> bool {
    path.starts_with("/_control/")
}

pub(super) fn answer(shared: &Shared, call: &Call) -> io::Result<Answer> {
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let done = Answer::empty();
    Ok(match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["world"]) => Answer::json(200, &shared.store.with(|world| json!(world))?),
        ("PUT", ["world"]) => match serde_json::from_str::<ZoomWorld>(&call.body) {
            Ok(new) => {
                shared.store.with(|world| *world = new)?;
                done
            }
            Err(error) => refused(&error),
        },
        ("PATCH", ["rules"]) => match serde_json::from_str::<Value>(&call.body) {
            Ok(sent) => shared.store.with(|world| patch_rules(world, sent))?,
            Err(error) => refused(&error),
        },
        ("GET", ["meetings"]) => {
            Answer::json(200, &shared.store.with(|world| json!(world.living_meetings()))?)
        }
        ("GET", ["requests"]) => Answer::json(200, &json!(shared.log().records())),
        ("DELETE", ["requests"]) => {
            shared.log().forget();
            done
        }
        ("GET", ["faults"]) => Answer::json(200, &json!(shared.faults().outstanding())),
        ("POST", ["faults"]) => match serde_json::from_str::<ZoomFault>(&call.body) {
            Ok(fault) => {
                shared.faults().order(fault);
                done
            }
            Err(error) => refused(&error),
        },
        ("DELETE", ["faults"]) => {
            shared.faults().clear();
            done
        }
        ("POST", ["changes"]) => match serde_json::from_str::<Change>(&call.body) {
            Ok(change) => {
                shared.store.with(|world| change.apply(world))?;
                done
            }
            Err(error) => refused(&error),
        },
        ("POST", ["grants", client_id]) => match shared.store.with(|world| world.grant(client_id))? {
            Some(granted) => Answer::json(200, &json!(granted)),
            None => Answer::json(
                404,
                &json!({"error": format!("no client {client_id:?}, or nobody to consent")}),
            ),
        },
        (method, path) => Answer::json(
            404,
            &json!({"error": format!("no control route {method} {}", path.join("/"))}),
        ),
    })
}

fn refused(error: &serde_json::Error) -> Answer {
    Answer::json(400, &json!({"error": error.to_string()}))
}

fn patch_rules(world: &mut ZoomWorld, sent: Value) -> Answer {
    let mut rules = json!(world.rules);
    if let (Some(rules), Value::Object(sent)) = (rules.as_object_mut(), sent) {
        rules.extend(sent);
    }
    match serde_json::from_value::<Rules>(rules) {
        Ok(rules) => {
            world.rules = rules;
            Answer::empty()
        }
        Err(error) => refused(&error),
    }
}
