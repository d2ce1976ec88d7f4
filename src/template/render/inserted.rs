//! The functions of the calls that the program inserts into templates before Tera sees them. Authors cannot call these
//! functions: `check::names` refuses names that begin with two underscores.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::state::current;
use super::trace::AS_IF;
use crate::template::limits::inject::CHECK;
use crate::template::limits::{MAX_ELEMENTS, MAX_TEXT, is_small};

pub(super) fn register(tera: &mut Tera) {
    tera.register_function(CHECK, check);
    tera.register_function(AS_IF, as_if);
}

/// Counts steps, and checks the size of a value.
fn check(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let steps = kwargs.get::<u32>("steps")?.unwrap_or(1);
    current()?
        .spending
        .step(steps)
        .map_err(|error| tera::Error::message(error.to_string()))?;
    if let Some(value) = kwargs.get::<Value>("value")?
        && !is_small(&value)
    {
        return Err(tera::Error::message(format!(
            "the value becomes larger than {} KiB or {MAX_ELEMENTS} elements",
            MAX_TEXT / 1024
        )));
    }
    Ok(Value::safe_string(""))
}

/// Records the outcome of a condition in the trace. The template goes on with the trace's answer.
fn as_if(kwargs: Kwargs, _: &State<'_>) -> TeraResult<bool> {
    let id = kwargs.must_get::<&str>("at")?;
    let is = kwargs.get::<Value>("is")?.is_some_and(|value| value.is_truthy());
    let state = current()?;
    Ok(match &state.trace {
        Some(trace) => trace.answer(id, is),
        None => is,
    })
}
