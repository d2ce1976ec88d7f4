//! The meeting API: permissions, checks, and the effects of each call.

use serde_json::{Map, Value, json};

use super::answer::{Answer, FieldError, Refusal};
use super::call::Call;
use super::fields::{self, Purpose, Wanted};
use super::grants::{BadToken, Caller};
use super::meeting::{new_meeting_id, new_passcode, new_uuid};
use super::{License, MeetingRecord, MeetingState, Operation, UserStatus, ZoomUser, ZoomWorld, listing};

/// Answers a call of the API.
pub(super) fn answer(world: &mut ZoomWorld, call: &Call) -> Answer {
    let as_xml = world.rules.xml_without_accept && !call.accepts_json();
    attempt(world, call).unwrap_or_else(|refusal| refusal.into_answer(as_xml))
}

fn attempt(world: &mut ZoomWorld, call: &Call) -> Result<Answer, Refusal> {
    let operation = call.operation();
    let caller = authenticated(world, call)?;
    check_scope(operation, &caller)?;
    world.count_call(&caller.account_id)?;
    let segments = call.segments();
    let subject = segments.get(2).map_or("", String::as_str);
    let answer = match operation {
        Operation::CreateMeeting => create(world, &caller, subject, call),
        Operation::ListMeetings => list(world, &caller, subject, call),
        Operation::GetMeeting => show(world, &caller, subject),
        Operation::UpdateMeeting => update(world, &caller, subject, call),
        Operation::DeleteMeeting => delete(world, &caller, subject, call),
        Operation::GetUser => show_user(world, &caller, subject),
        _ => Err(Refusal::new(404, 2300, "This API endpoint is not recognized.")),
    }?;
    Ok(answer.with_headers(world.limit_headers(operation, &caller.account_id)))
}

fn authenticated(world: &ZoomWorld, call: &Call) -> Result<Caller, Refusal> {
    let token = call
        .header("authorization")
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim());
    if token.is_empty() {
        return Err(Refusal::new(401, 4700, "Token cannot be empty."));
    }
    world.caller(token).map_err(|bad| match bad {
        BadToken::Unknown => Refusal::new(401, 124, "Invalid access token."),
        BadToken::Expired => Refusal::new(401, 124, "Access token is expired."),
    })
}

/// Each operation has one granular scope. The older, wider scope that includes it works too.
fn check_scope(operation: Operation, caller: &Caller) -> Result<(), Refusal> {
    let (granular, classic) = match operation {
        Operation::CreateMeeting => ("meeting:write:meeting:admin", "meeting:write:admin"),
        Operation::UpdateMeeting => ("meeting:update:meeting:admin", "meeting:write:admin"),
        Operation::DeleteMeeting => ("meeting:delete:meeting:admin", "meeting:write:admin"),
        Operation::GetMeeting => ("meeting:read:meeting:admin", "meeting:read:admin"),
        Operation::ListMeetings => ("meeting:read:list_meetings:admin", "meeting:read:admin"),
        Operation::GetUser => ("user:read:user:admin", "user:read:admin"),
        _ => return Ok(()),
    };
    if caller.scopes.contains(granular) || caller.scopes.contains(classic) {
        return Ok(());
    }
    let message = format!("Invalid access token, does not contain scopes:[{granular}].");
    Err(Refusal::new(400, 4711, message))
}

fn body(call: &Call) -> Result<Map<String, Value>, Refusal> {
    let is_json = call
        .header("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
    match serde_json::from_str(&call.body) {
        Ok(Value::Object(object)) if is_json => Ok(object),
        _ => Err(Refusal::new(
            400,
            300,
            "Request Body should be a valid JSON object.",
        )),
    }
}

fn find_user(world: &ZoomWorld, caller: &Caller, id: &str) -> Result<ZoomUser, Refusal> {
    let user = if id == "me" {
        match &caller.owner {
            Some(owner) => world.user(owner),
            None => world
                .users
                .iter()
                .find(|user| user.account_id == caller.account_id),
        }
    } else {
        world.user(id)
    };
    match user {
        None => Err(no_such_user(id)),
        Some(user) if user.account_id != caller.account_id => Err(Refusal::new(
            400,
            1010,
            format!("User not found on this account: {}", caller.account_id),
        )),
        Some(user) => Ok(user.clone()),
    }
}

fn no_such_user(id: &str) -> Refusal {
    Refusal::new(404, 1001, format!("User does not exist: {id}."))
}

/// Checks that meetings can be created and changed for a user.
fn check_host(user: &ZoomUser, asked_as: &str) -> Result<(), Refusal> {
    match user.status {
        UserStatus::Pending => Err(Refusal::new(
            400,
            1000,
            "You can not access settings of users that are still in pending state.",
        )),
        UserStatus::Inactive => Err(no_such_user(asked_as)),
        UserStatus::Active if !user.license.hosts_meetings() => Err(Refusal::new(
            400,
            3161,
            "Your user account is not allowed meeting hosting and scheduling capabilities.",
        )),
        UserStatus::Active => Ok(()),
    }
}

fn find_meeting(world: &ZoomWorld, caller: &Caller, id: &str) -> Result<MeetingRecord, Refusal> {
    id.parse()
        .ok()
        .and_then(|number| world.meeting(number))
        .filter(|meeting| meeting.account_id == caller.account_id)
        .cloned()
        .ok_or_else(|| Refusal::new(404, 3001, format!("Meeting does not exist: {id}.")))
}

/// The host of a meeting that is to be changed.
fn host_of(world: &ZoomWorld, caller: &Caller, meeting: &MeetingRecord) -> Result<ZoomUser, Refusal> {
    let host = find_user(world, caller, &meeting.host_id)?;
    check_host(&host, &meeting.host_id)?;
    Ok(host)
}

/// The user that `schedule_for` names; without it, the user in the path.
fn scheduled_host(
    world: &ZoomWorld,
    caller: &Caller,
    host: &ZoomUser,
    wanted: &Wanted,
    kind: u8,
) -> Result<ZoomUser, Refusal> {
    let Some(asked) = wanted.schedule_for.as_deref() else {
        return Ok(host.clone());
    };
    if asked.is_empty() || world.user(asked).is_none() {
        return Err(Refusal::new(
            400,
            300,
            "The value that you entered in the schedule_for field is invalid. Enter a valid value and try again.",
        ));
    }
    if kind == 1 {
        return Err(Refusal::new(
            400,
            3000,
            "Instant meetings do not support the schedule_for parameter, and you can't schedule an instant meeting for another user.",
        ));
    }
    let refuse = || Refusal::new(400, 3000, format!("You cannot schedule a meeting for {asked}"));
    let other = find_user(world, caller, asked).map_err(|_| refuse())?;
    let both_licensed = host.license == License::Licensed && other.license == License::Licensed;
    let privileged = both_licensed && other.scheduled_by.contains(&host.id);
    if other.id == host.id || (privileged && other.status == UserStatus::Active) {
        Ok(other)
    } else {
        Err(refuse())
    }
}

/// Checks the settings, and adjusts settings that depend on each other or on the host's licence.
fn check_settings(
    world: &ZoomWorld,
    host: &ZoomUser,
    settings: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let alternative = settings.get("alternative_hosts").and_then(Value::as_str);
    let stranger = alternative.unwrap_or_default().split(';').any(|address| {
        let user = world.user(address.trim());
        !address.trim().is_empty()
            && user.is_none_or(|user| user.account_id != host.account_id || user.license != License::Licensed)
    });
    if stranger {
        return Err(Refusal::fields(vec![FieldError {
            field: "settings.alternative_hosts".to_owned(),
            message: "Invalid field.".to_owned(),
        }]));
    }
    if settings.get("waiting_room") == Some(&json!(true)) && settings.contains_key("join_before_host") {
        settings.insert("join_before_host".to_owned(), json!(false));
    }
    if host.license == License::Basic && settings.contains_key("approval_type") {
        settings.insert("approval_type".to_owned(), json!(2));
    }
    Ok(())
}

fn create(world: &mut ZoomWorld, caller: &Caller, user: &str, call: &Call) -> Result<Answer, Refusal> {
    let body = body(call)?;
    let user_found = find_user(world, caller, user)?;
    check_host(&user_found, user)?;
    let wanted = fields::read(&body, &world.rules, Purpose::Create).map_err(Refusal::fields)?;
    let asked_kind = wanted.kind.unwrap_or(2);
    let host = scheduled_host(world, caller, &user_found, &wanted, asked_kind)?;
    check_preschedule(&wanted, asked_kind)?;
    if asked_kind == 8 && wanted.recurrence.is_none() {
        return Err(Refusal::fields(vec![FieldError {
            field: "recurrence".to_owned(),
            message: "Invalid field.".to_owned(),
        }]));
    }
    let mut settings = default_settings();
    settings.extend(wanted.settings.unwrap_or_default());
    check_settings(world, &host, &mut settings)?;
    world.count_change(&host.id)?;

    let timezone = wanted.timezone.unwrap_or_else(|| host.timezone.clone());
    let start = wanted.start.filter(|_| matches!(asked_kind, 2 | 8));
    let kind = match (asked_kind, start) {
        (2, None) => 1,
        (kind, _) => kind,
    };
    let given = wanted.password.filter(|passcode| !passcode.is_empty());
    let generated = world.rules.passcode_required && wanted.default_password.unwrap_or(true);
    let passcode = given.or_else(|| generated.then(new_passcode));
    let mut id = new_meeting_id();
    while world.meetings.iter().any(|meeting| meeting.id == id) {
        id = new_meeting_id();
    }
    let mut meeting = MeetingRecord {
        id,
        uuid: new_uuid(world.meetings.len()),
        account_id: host.account_id.clone(),
        host_id: host.id.clone(),
        host_email: host.email.clone(),
        client_id: caller.client_id.clone(),
        topic: wanted.topic.unwrap_or_else(|| "Zoom Meeting".to_owned()),
        kind,
        start_time: start.map(|start| start.instant(&timezone)),
        duration: wanted.duration.unwrap_or(60),
        timezone,
        agenda: wanted.agenda.unwrap_or_default(),
        password: None,
        encrypted_password: None,
        join_url: String::new(),
        settings,
        recurrence: wanted.recurrence.filter(|_| kind == 8),
        tracking_fields: wanted.tracking_fields.unwrap_or_default(),
        pre_schedule: wanted.pre_schedule.unwrap_or_default(),
        state: MeetingState::Waiting,
        created_at: world.now(),
        deleted_at: None,
    };
    meeting.set_passcode(&world.rules.join_base, passcode);
    let object = meeting.to_json(&world.rules.join_base, world.rules.creation_tells_uuid);
    world.meetings.push(meeting);
    Ok(Answer::json(201, &object))
}

fn check_preschedule(wanted: &Wanted, kind: u8) -> Result<(), Refusal> {
    if wanted.pre_schedule == Some(true) && !matches!(kind, 2 | 3) {
        return Err(Refusal::new(
            400,
            3000,
            "Prescheduling is only available for scheduled meetings (type 2) and recurring meetings with no fixed time (type 3).",
        ));
    }
    Ok(())
}

fn default_settings() -> Map<String, Value> {
    let defaults = json!({
        "host_video": false, "participant_video": false, "join_before_host": false, "jbh_time": 0,
        "mute_upon_entry": false, "waiting_room": false, "watermark": false, "use_pmi": false,
        "approval_type": 2, "audio": "both", "auto_recording": "none", "alternative_hosts": "",
        "alternative_hosts_email_notification": true, "email_notification": true,
        "meeting_authentication": false, "encryption_type": "enhanced_encryption",
        "private_meeting": false,
    });
    match defaults {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}

fn update(world: &mut ZoomWorld, caller: &Caller, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let body = body(call)?;
    let known = find_meeting(world, caller, id)?;
    let host = host_of(world, caller, &known)?;
    let wanted = fields::read(&body, &world.rules, Purpose::Update).map_err(Refusal::fields)?;
    let kind = wanted.kind.unwrap_or(known.kind);
    let new_host = scheduled_host(world, caller, &host, &wanted, kind)?;
    check_preschedule(&wanted, kind)?;
    let mut settings = known.settings.clone();
    settings.extend(wanted.settings.unwrap_or_default());
    check_settings(world, &new_host, &mut settings)?;
    if known.state == MeetingState::Started {
        return Err(Refusal::new(
            400,
            3000,
            "You cannot update or delete meetings that have started using this method.",
        ));
    }
    world.count_change(&host.id)?;

    let now = world.now();
    let join_base = world.rules.join_base.clone();
    let Some(meeting) = world.meeting_mut(known.id) else {
        return Ok(Answer::empty());
    };
    meeting.host_id = new_host.id;
    meeting.host_email = new_host.email;
    meeting.settings = settings;
    meeting.kind = kind;
    if let Some(timezone) = wanted.timezone {
        meeting.timezone = timezone;
    }
    // A start in the past is ignored silently.
    let start = wanted.start.map(|start| start.instant(&meeting.timezone));
    if let Some(start) = start.filter(|start| *start > now) {
        meeting.start_time = Some(start);
        if meeting.kind == 1 {
            meeting.kind = 2;
        }
    }
    if let Some(topic) = wanted.topic {
        meeting.topic = topic;
    }
    if let Some(agenda) = wanted.agenda {
        meeting.agenda = agenda;
    }
    if let Some(duration) = wanted.duration {
        meeting.duration = duration;
    }
    if let Some(pre_schedule) = wanted.pre_schedule {
        meeting.pre_schedule = pre_schedule;
    }
    if let Some(fields) = wanted.tracking_fields {
        meeting.tracking_fields = fields;
    }
    if wanted.recurrence.is_some() {
        meeting.recurrence = wanted.recurrence;
    }
    if let Some(passcode) = wanted.password
        && meeting.password.as_deref().unwrap_or_default() != passcode
    {
        meeting.set_passcode(&join_base, Some(passcode).filter(|passcode| !passcode.is_empty()));
    }
    Ok(Answer::empty())
}

fn delete(world: &mut ZoomWorld, caller: &Caller, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let known = find_meeting(world, caller, id)?;
    host_of(world, caller, &known)?;
    if call.query("occurrence_id").is_some() && known.kind != 8 {
        return Err(Refusal::new(400, 300, "Invalid parameter: occurrence_id."));
    }
    match known.state {
        MeetingState::Started => {
            return Err(Refusal::new(
                400,
                3002,
                "The meeting is in progress and cannot be deleted.",
            ));
        }
        MeetingState::Ended => return Err(Refusal::new(400, 3007, "The meeting has already ended.")),
        MeetingState::Waiting => {}
    }
    let now = world.now();
    if let Some(meeting) = world.meeting_mut(known.id) {
        meeting.deleted_at = Some(now);
    }
    Ok(Answer::empty())
}

fn show(world: &ZoomWorld, caller: &Caller, id: &str) -> Result<Answer, Refusal> {
    let meeting = find_meeting(world, caller, id)?;
    host_of(world, caller, &meeting)?;
    Ok(Answer::json(200, &meeting.to_json(&world.rules.join_base, true)))
}

fn show_user(world: &ZoomWorld, caller: &Caller, id: &str) -> Result<Answer, Refusal> {
    let user = find_user(world, caller, id)?;
    let object = json!({
        "id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": format!("{} {}", user.first_name, user.last_name),
        "type": user.license.number(),
        "status": user.status.as_str(),
        "timezone": user.timezone,
        "account_id": user.account_id,
        "verified": u8::from(user.status == UserStatus::Active),
        "role_name": "Member",
        "created_at": "2024-01-01T00:00:00Z",
    });
    Ok(Answer::json(200, &object))
}

fn list(world: &ZoomWorld, caller: &Caller, user: &str, call: &Call) -> Result<Answer, Refusal> {
    let host = find_user(world, caller, user)?;
    check_host(&host, user)?;
    listing::list(world, &host, call)
}
