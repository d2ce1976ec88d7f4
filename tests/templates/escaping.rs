//! Hostile values, in HTML, in text and in the subject.

use invite::meeting::Revision;
use invite::template::{
    AnswerLinks, Cancellation, InvitationContext, ParticipantNames, TemplateName, Templates,
    sanitize_description,
};

use crate::folder::with;
use crate::mail::Mail;

const HOSTILE: &str = "\"'><b onclick=x>&amp;</p><script>alert(1)</script> 🎉 שלום {{ join_url }} {% raw %}";

#[test]
fn values_are_escaped_where_they_stand() {
    let mut mail = Mail::new("en");
    mail.meeting.rename(HOSTILE).unwrap();
    mail.meeting.location = Some(HOSTILE.to_owned());
    mail.invitee.name = HOSTILE.to_owned();
    mail.organizer.name = HOSTILE.to_owned();
    mail.organization.name = HOSTILE.to_owned();
    mail.links = Some(AnswerLinks {
        accept: format!("https://x.example/{HOSTILE}"),
        tentative: format!("https://x.example/{HOSTILE}"),
        decline: format!("https://x.example/{HOSTILE}"),
    });
    let rendered = mail.render();
    for tag in ["<script", "<b ", "'><b", "\"><b"] {
        assert!(!rendered.html.contains(tag), "{tag} in {}", rendered.html);
    }
    let escaped =
        "&quot;&#39;&gt;&lt;b onclick=x&gt;&amp;amp;&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; 🎉 שלום";
    // Title, heading, greeting, introduction, location, organizer, footer, and three links.
    assert_eq!(rendered.html.matches(escaped).count(), 10, "{}", rendered.html);
    // Text and subject show what was written, and nothing is rendered twice.
    assert!(rendered.subject.contains(HOSTILE), "{}", rendered.subject);
    assert!(rendered.text.matches(HOSTILE).count() >= 6, "{}", rendered.text);
}

#[test]
fn a_description_keeps_its_harmless_html() {
    let mut mail = Mail::new("en");
    mail.meeting.description = Some(
        "<p>Read <a href=\"https://x.example/plan\">the plan</a> & <b>smile</b></p><script>alert(1)</script>"
            .to_owned(),
    );
    let rendered = mail.render();
    let link =
        "<a href=\"https://x.example/plan\" rel=\"noopener noreferrer\">the plan</a> &amp; <b>smile</b>";
    assert!(rendered.html.contains(link), "{}", rendered.html);
    assert!(!rendered.html.contains("alert"));
    assert!(
        rendered
            .text
            .contains("Read the plan <https://x.example/plan> & smile"),
        "{}",
        rendered.text
    );
    assert!(!rendered.text.contains("alert"));
}

#[test]
fn a_subject_is_one_line() {
    let templates = with(&[(
        "invitation/meeting/subject.txt",
        "{{ location }}\n\n: {{ name }}\n",
    )]);
    let mut mail = Mail::new("en");
    mail.meeting.location = Some("Room\r\nBcc: spy@x.example\u{2028}\u{0}x".to_owned());
    let rendered = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
    assert_eq!(
        rendered.subject,
        "Room Bcc: spy@x.example x : Kick-off; phase 1, \"Orion\""
    );
    let empty = with(&[("invitation/meeting/subject.txt", "{{ location }}")]);
    mail.meeting.location = None;
    let error = mail.try_render(&empty, TemplateName::INVITATION).unwrap_err();
    assert_eq!(error.problems()[0].code, "empty_subject");
}

#[test]
fn a_description_made_safe_before_is_used_as_it_is() {
    let safe = sanitize_description("<b>once</b>");
    let mail = Mail::new("en");
    let rendered = Templates::built_in()
        .unwrap()
        .render(
            TemplateName::INVITATION,
            &InvitationContext {
                meeting: &mail.meeting,
                description: Some(&safe),
                revision: Revision(0),
                invitee: &mail.invitee,
                invitee_zone: &mail.zone,
                language: &mail.language,
                organizer: &mail.organizer,
                organization: &mail.organization,
                join_url: None,
                online_name: None,
                online: None,
                record_url: None,
                answer_links: None,
                change: None,
                cancellation: Cancellation::CalledOff,
                new_organizer: None,
                participants: &ParticipantNames::default(),
            },
        )
        .unwrap();
    assert!(rendered.html.contains("<b>once</b>") && rendered.text.contains("once"));
}
