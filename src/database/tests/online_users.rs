//! Which users may have meetings at which provider.

use super::home::Home;
use crate::meeting::OnlineLocation;
use crate::online::{OnlineUser, OnlineUsers as _, zoom};

const OTHER: OnlineLocation = OnlineLocation::from_static("acme-video");

fn user(provider: OnlineLocation, id: &str, enabled: bool, online_id: Option<&str>) -> OnlineUser {
    OnlineUser {
        provider,
        user: id.parse().unwrap(),
        enabled,
        online_id: online_id.map(str::to_owned),
    }
}

pub(super) async fn users_of_providers_are_kept_apart(home: &Home) {
    let database = home.filled().await;
    // As the file of records says.
    let ana = user(zoom::LOCATION, "ana", true, Some("a@zoom.example"));
    let id = ana.user.clone();
    let found = database.online_user(zoom::LOCATION, &id).await.unwrap();
    assert_eq!(found, Some(ana));
    assert_eq!(database.online_user(OTHER, &id).await.unwrap(), None);

    // The CRM need not be ours: `zoe` has no record.
    let zoe = user(OTHER, "zoe", true, None);
    database.set_online_user(&zoe).await.unwrap();
    let ana = user(zoom::LOCATION, "ana", false, None);
    database.set_online_user(&ana).await.unwrap();
    let at_zoom = database.online_users(zoom::LOCATION).await.unwrap();
    assert!(at_zoom.contains(&ana), "{at_zoom:?}");
    assert!(at_zoom.is_sorted_by(|a, b| a.user.as_str() < b.user.as_str()));
    assert_eq!(database.online_users(OTHER).await.unwrap(), [zoe]);
}
