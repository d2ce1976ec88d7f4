//! The conformance suites of the test kit, against this adapter.

use std::sync::Mutex;

use super::home::Home;
use crate::testing::{Rights, crm_suite, outbox_suite};

pub(super) async fn what_a_crm_must_keep_is_kept(home: &Home) {
    // The databases last as long as the suite.
    let homes = Mutex::new(Vec::new());
    let failures = crm_suite(async |contents| {
        // The built-in CRM withholds nothing.
        if contents.rights != Rights::All {
            return None;
        }
        let home = home.another();
        let database = home.open().await;
        homes.lock().unwrap().push(home);
        database.import(&contents.into(), "suite").await.unwrap();
        Some(database)
    })
    .await;
    assert_eq!(failures, []);
    assert!(homes.lock().unwrap().len() > 1);
}

pub(super) async fn what_an_outbox_must_keep_is_kept(home: &Home) {
    let homes = Mutex::new(Vec::new());
    let failures = outbox_suite(async |clock| {
        let home = home.another();
        let database = home.open().await.with_clock(clock);
        homes.lock().unwrap().push(home);
        database
    })
    .await;
    assert_eq!(failures, []);
    assert!(homes.lock().unwrap().len() > 1);
}
