mod accounts;
mod crm;
mod files;
mod grants;
mod holders;
mod home;
mod jobs;
mod mails;
mod many;
mod not_before;
mod online_users;
mod outbox;
mod pace;
mod prune;
mod push;
mod records;
mod servers;
mod shared_parts;
mod suites;

use self::accounts::{
    accounts_are_unreadable_with_another_key_and_in_another_row,
    what_leaves_over_an_account_is_taken_by_it_alone,
};
use self::crm::{
    busy_times_are_those_of_meetings_that_take_place, making_and_inviting_need_records,
    meetings_come_in_pages_each_once, people_are_looked_up,
};
use self::grants::{
    a_grant_is_renewed_by_one_and_replaced_only_from_the_version_it_was,
    tokens_are_unreadable_in_the_file_and_with_another_key,
};
#[cfg(target_os = "linux")]
use self::holders::what_a_killed_process_held_is_free_at_once;
use self::holders::what_another_machine_holds_is_free_when_its_time_is_over;
use self::home::Home;
#[cfg(target_os = "linux")]
use self::jobs::jobs_of_a_killed_process_come_back_at_once;
use self::jobs::{
    a_job_is_tried_again_or_has_failed, a_job_that_waits_can_be_called_off,
    a_key_happens_once_and_moves_while_it_waits, a_lease_lasts_as_long_as_it_is_renewed,
    jobs_of_other_kinds_are_left_alone, of_many_that_claim_jobs_each_is_taken_by_one,
    of_many_that_schedule_a_key_one_adds_it,
};
use self::many::{many_share_an_outbox, many_that_open_a_new_one_at_once_all_succeed};
use self::not_before::a_message_does_not_leave_before_its_time_whoever_asks;
use self::online_users::users_of_providers_are_kept_apart;
use self::outbox::{
    a_list_is_read_in_parts, a_newer_message_takes_the_place_of_the_one_that_is_named,
    a_second_lost_answer_is_the_last_try, an_invitation_is_claimed_once_and_its_fate_recorded,
    of_two_that_send_the_same_one_is_overtaken_and_writes_nothing, what_has_not_left_can_be_called_off,
    what_is_called_off_must_wait, what_was_answered_is_kept_with_the_revision,
};
use self::pace::{
    a_clock_that_was_set_back_holds_nobody_up, nobody_has_a_turn_that_another_has,
    turns_are_told_apart_by_microseconds, turns_that_cannot_be_reserved_are_an_error,
};
use self::prune::{
    many_mails_are_forgotten_a_part_at_a_time, nothing_that_waits_is_forgotten,
    of_what_may_be_left_over_the_texts_are_forgotten,
    what_another_remembers_is_not_taken_for_what_came_later, what_is_over_is_forgotten_and_the_rest_is_not,
    who_organized_is_known_again_and_not_named,
};
use self::push::one_pushes_at_a_time_and_an_intent_outlives_its_process;
use self::records::{
    a_file_that_refers_to_nothing_loads_nothing, a_record_loaded_again_is_replaced,
    an_edit_that_is_refused_changes_nothing, records_read_back_as_they_were_loaded,
};
use self::shared_parts::{
    a_damaged_message_is_known_as_such, what_a_form_is_filled_with_is_read_back_by_all,
    what_a_newer_version_wrote_is_left_to_it, what_an_older_version_wrote_is_read,
    what_is_common_is_stored_once,
};
use self::suites::{what_a_crm_must_keep_is_kept, what_an_outbox_must_keep_is_kept};
use crate::meeting::MeetingId;

const RECORDS: &str = r#"{
  "roles": [{"id": "sales", "zoom_meetings": true, "meeting_edit": "own"}, {"id": "boss", "meeting_edit": "all"}],
  "users": [{"id": "ana", "name": "Ana", "email": "ana@acme.example", "time_zone": "Europe/Madrid", "language": "es",
             "roles": ["sales", "boss"], "zoom": {"enabled": true, "zoom_id": "a@zoom.example"}}],
  "contacts": [{"id": "lee", "name": "Lee, Harper", "email": "lee@client.example"}],
  "meetings": [{"id": "kickoff", "name": "Kick-off", "uid": "u-1", "online_location": "zoom", "zoom": {"join_before_host": true},
                "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:45:00Z", "time_zone": "Europe/Berlin",
                "assigned_user": "ana", "attendees": [{"kind": "contact", "id": "lee", "status": "Tentative"}]},
               {"id": "offsite", "name": "Offsite", "all_day": true, "start_date": "2026-11-03", "end_date": "2026-11-04",
                "time_zone": "Europe/Berlin"}]
}"#;

fn kickoff() -> MeetingId {
    MeetingId::new("kickoff").unwrap()
}

/// Each of these on either kind of database.
macro_rules! on_both {
    ($($(#[$attribute:meta])* $name:ident,)*) => {
        mod sqlite {
            $($(#[$attribute])* #[tokio::test] async fn $name() { super::$name(&super::Home::sqlite()).await; })*
        }
        mod postgres {
            $($(#[$attribute])* #[tokio::test] async fn $name() {
                if let Some(home) = super::Home::postgres() {
                    super::$name(&home).await;
                }
            })*
        }
    };
}

on_both! {
    records_read_back_as_they_were_loaded,
    a_file_that_refers_to_nothing_loads_nothing,
    a_record_loaded_again_is_replaced,
    an_edit_that_is_refused_changes_nothing,
    one_pushes_at_a_time_and_an_intent_outlives_its_process,
    #[cfg(target_os = "linux")] what_a_killed_process_held_is_free_at_once,
    an_invitation_is_claimed_once_and_its_fate_recorded,
    a_newer_message_takes_the_place_of_the_one_that_is_named,
    what_is_called_off_must_wait,
    a_second_lost_answer_is_the_last_try,
    what_was_answered_is_kept_with_the_revision,
    of_two_that_send_the_same_one_is_overtaken_and_writes_nothing,
    what_another_machine_holds_is_free_when_its_time_is_over,
    what_is_common_is_stored_once,
    what_an_older_version_wrote_is_read,
    a_damaged_message_is_known_as_such,
    what_a_form_is_filled_with_is_read_back_by_all,
    what_a_newer_version_wrote_is_left_to_it,
    what_has_not_left_can_be_called_off,
    a_list_is_read_in_parts,
    many_share_an_outbox,
    tokens_are_unreadable_in_the_file_and_with_another_key,
    a_grant_is_renewed_by_one_and_replaced_only_from_the_version_it_was,
    many_that_open_a_new_one_at_once_all_succeed,
    what_leaves_over_an_account_is_taken_by_it_alone,
    accounts_are_unreadable_with_another_key_and_in_another_row,
    nobody_has_a_turn_that_another_has,
    turns_are_told_apart_by_microseconds,
    a_clock_that_was_set_back_holds_nobody_up,
    turns_that_cannot_be_reserved_are_an_error,
    nothing_that_waits_is_forgotten,
    what_is_over_is_forgotten_and_the_rest_is_not,
    who_organized_is_known_again_and_not_named,
    many_mails_are_forgotten_a_part_at_a_time,
    what_another_remembers_is_not_taken_for_what_came_later,
    of_what_may_be_left_over_the_texts_are_forgotten,
    meetings_come_in_pages_each_once,
    people_are_looked_up,
    busy_times_are_those_of_meetings_that_take_place,
    making_and_inviting_need_records,
    of_many_that_claim_jobs_each_is_taken_by_one,
    of_many_that_schedule_a_key_one_adds_it,
    a_key_happens_once_and_moves_while_it_waits,
    a_job_that_waits_can_be_called_off,
    a_job_is_tried_again_or_has_failed,
    #[cfg(target_os = "linux")] jobs_of_a_killed_process_come_back_at_once,
    a_lease_lasts_as_long_as_it_is_renewed,
    jobs_of_other_kinds_are_left_alone,
    a_message_does_not_leave_before_its_time_whoever_asks,
    what_a_crm_must_keep_is_kept,
    what_an_outbox_must_keep_is_kept,
    users_of_providers_are_kept_apart,
}
