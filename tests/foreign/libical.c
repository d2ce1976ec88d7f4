/* Reads calendar objects with libical, and prints what it finds: one JSON object a line. Standard input has the
 * objects, each followed by a NUL. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text(const char *s)
{
    if (!s) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void moment(const char *name, struct icaltimetype t)
{
    if (t.is_date) {
        printf(",\"%s\":\"%04d-%02d-%02d\"", name, t.year, t.month, t.day);
        return;
    }
    printf(",\"%s\":%lld", name, (long long)icaltime_as_timet_with_zone(t, t.zone));
}

/* A parameter's value without the quotes around it, or null. */
static void parameter(icalproperty *property, const char *name)
{
    char *value = icalproperty_get_parameter_as_string_r(property, name);
    text(value);
    free(value);
}

static void read_one(const char *ics)
{
    icalcomponent *calendar = icalparser_parse_string(ics);
    icalcomponent *event = calendar ? icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT) : NULL;
    if (!event) {
        puts("{\"errors\":-1}");
        return;
    }
    icalproperty *p;
    printf("{\"errors\":%d,\"method\":", icalcomponent_count_errors(calendar));
    text(icalproperty_method_to_string(icalcomponent_get_method(calendar)));
    printf(",\"uid\":");
    text(icalcomponent_get_uid(event));
    printf(",\"sequence\":%d,\"summary\":", icalcomponent_get_sequence(event));
    text(icalcomponent_get_summary(event));
    printf(",\"location\":");
    text(icalcomponent_get_location(event));
    printf(",\"description\":");
    text(icalcomponent_get_description(event));
    printf(",\"status\":");
    p = icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);
    text(p ? icalproperty_status_to_string(icalproperty_get_status(p)) : NULL);
    moment("start", icalcomponent_get_dtstart(event));
    moment("end", icalcomponent_get_dtend(event));
    printf(",\"organizer\":");
    p = icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY);
    text(p ? icalproperty_get_organizer(p) : NULL);
    printf(",\"attendees\":[");
    const char *comma = "";
    for (p = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY); p;
         p = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY)) {
        printf("%s[", comma);
        comma = ",";
        text(icalproperty_get_attendee(p));
        putchar(',');
        parameter(p, "CN");
        putchar(',');
        parameter(p, "PARTSTAT");
        putchar(']');
    }
    puts("]}");
    icalcomponent_free(calendar);
}

int main(void)
{
    char *object = NULL;
    size_t room = 0;
    while (getdelim(&object, &room, '\0', stdin) > 0)
        read_one(object);
    free(object);
    return 0;
}
