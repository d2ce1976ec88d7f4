//! The time zone ids that Zoom lists for its meetings, and the id for each of our zones.
//!
//! Zoom's list is older than today's tz database: it has `Europe/Kiev` and `Asia/Saigon`, and lacks most smaller zones.
//! The zone only decides how Zoom *shows* the time; the start itself is sent in UTC.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::meeting::Zone;

/// The id for zones that Zoom does not list.
const FALLBACK: &str = "UTC";

/// The id of a zone at Zoom: its own name if Zoom lists it, otherwise a listed older or newer name of the same zone,
/// otherwise `UTC`.
#[must_use]
pub fn zoom_time_zone(zone: &Zone) -> &'static str {
    if let Ok(at) = LISTED.binary_search(&zone.name()) {
        return LISTED[at];
    }
    BY_PRIMARY_NAME
        .get(zone.primary_name())
        .copied()
        .unwrap_or(FALLBACK)
}

static BY_PRIMARY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for &id in LISTED {
        let Ok(zone) = Zone::new(id) else { continue };
        let primary = zone.primary_name().to_owned();
        if primary == id {
            names.insert(primary, id);
        } else {
            names.entry(primary).or_insert(id);
        }
    }
    names
});

/// Sorted, for the binary search.
#[rustfmt::skip]
const LISTED: &[&str] = &[
    "Africa/Algiers",
    "Africa/Bangui",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Djibouti",
    "Africa/Harare",
    "Africa/Johannesburg",
    "Africa/Khartoum",
    "Africa/Mogadishu",
    "Africa/Nairobi",
    "Africa/Nouakchott",
    "Africa/Tripoli",
    "Africa/Tunis",
    "America/Anchorage",
    "America/Araguaina",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Costa_Rica",
    "America/Denver",
    "America/Edmonton",
    "America/El_Salvador",
    "America/Godthab",
    "America/Guatemala",
    "America/Halifax",
    "America/Indianapolis",
    "America/Lima",
    "America/Los_Angeles",
    "America/Managua",
    "America/Mazatlan",
    "America/Mexico_City",
    "America/Montevideo",
    "America/Montreal",
    "America/New_York",
    "America/Panama",
    "America/Phoenix",
    "America/Puerto_Rico",
    "America/Regina",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Tegucigalpa",
    "America/Tijuana",
    "America/Vancouver",
    "America/Winnipeg",
    "Asia/Aden",
    "Asia/Almaty",
    "Asia/Amman",
    "Asia/Baghdad",
    "Asia/Bahrain",
    "Asia/Baku",
    "Asia/Bangkok",
    "Asia/Beirut",
    "Asia/Calcutta",
    "Asia/Dacca",
    "Asia/Damascus",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Irkutsk",
    "Asia/Jakarta",
    "Asia/Jerusalem",
    "Asia/Kabul",
    "Asia/Kamchatka",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Krasnoyarsk",
    "Asia/Kuala_Lumpur",
    "Asia/Kuwait",
    "Asia/Magadan",
    "Asia/Manila",
    "Asia/Muscat",
    "Asia/Nicosia",
    "Asia/Novosibirsk",
    "Asia/Qatar",
    "Asia/Riyadh",
    "Asia/Saigon",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Taipei",
    "Asia/Tashkent",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Asia/Vladivostok",
    "Asia/Yakutsk",
    "Asia/Yekaterinburg",
    "Atlantic/Azores",
    "Atlantic/Cape_Verde",
    "Atlantic/Reykjavik",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Darwin",
    "Australia/Hobart",
    "Australia/Perth",
    "Australia/Sydney",
    "Canada/Atlantic",
    "Etc/Greenwich",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Belgrade",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Bucharest",
    "Europe/Budapest",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Kiev",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Moscow",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Sofia",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Fiji",
    "Pacific/Honolulu",
    "Pacific/Midway",
    "Pacific/Noumea",
    "Pacific/Pago_Pago",
    "Pacific/Port_Moresby",
    "UTC",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> &'static str {
        zoom_time_zone(&Zone::new(name).unwrap())
    }

    #[test]
    fn the_list_is_sorted_and_every_id_is_a_zone() {
        assert!(LISTED.is_sorted());
        let unknown: Vec<_> = LISTED.iter().filter(|id| Zone::new(id).is_err()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        for id in LISTED {
            assert_eq!(told(id), *id);
        }
    }

    #[test]
    fn a_zone_goes_by_the_name_that_zoom_knows() {
        for (ours, zooms) in [
            ("Europe/Kyiv", "Europe/Kiev"),
            ("Asia/Ho_Chi_Minh", "Asia/Saigon"),
            ("America/Nuuk", "America/Godthab"),
            ("Asia/Calcutta", "Asia/Calcutta"),
            ("Asia/Kolkata", "Asia/Kolkata"),
            ("Asia/Katmandu", "Asia/Kathmandu"),
            ("America/Indiana/Indianapolis", "America/Indianapolis"),
            ("US/Eastern", "America/New_York"),
            ("Etc/UTC", "UTC"),
            ("America/Halifax", "America/Halifax"),
        ] {
            assert_eq!(told(ours), zooms, "{ours}");
        }
    }

    #[test]
    fn a_zone_that_zoom_does_not_list_is_told_as_utc() {
        for name in ["Australia/Lord_Howe", "Antarctica/Troll", "Asia/Pyongyang"] {
            assert_eq!(told(name), "UTC", "{name}");
        }
    }
}
