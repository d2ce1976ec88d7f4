//! The calendar behind a mailbox: what it has after the mails that came, by RFC 5546 and as whole servers do it.

use std::collections::BTreeMap;

use super::object::Object;

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) object: Object,
    pub(crate) is_cancelled: bool,
}

/// Events by their UIDs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calendar(BTreeMap<String, Event>);

impl Calendar {
    /// Takes in what came. What is older than what it has by SEQUENCE, then DTSTAMP, changes nothing; nor does what
    /// comes from another ORGANIZER, now or ever (as Cyrus has it).
    pub(crate) fn apply(&mut self, object: &Object) {
        let known = self.0.get_mut(&object.uid);
        match known {
            None if object.is_request() => {
                let event = Event {
                    object: object.clone(),
                    is_cancelled: false,
                };
                self.0.insert(object.uid.clone(), event);
            }
            None => {}
            Some(event) => {
                let age = |object: &Object| (object.sequence, object.stamp.clone());
                if event.object.organizer != object.organizer || age(object) < age(&event.object) {
                    return;
                }
                event.is_cancelled = object.is_cancel();
                if object.is_request() {
                    event.object = object.clone();
                } else {
                    event.object.sequence = object.sequence;
                    event.object.stamp.clone_from(&object.stamp);
                }
            }
        }
    }

    /// What its owner sees as taking place.
    pub(crate) fn live(&self) -> Vec<&Object> {
        let events = self.0.values().filter(|event| !event.is_cancelled);
        events.map(|event| &event.object).collect()
    }
}
