## Θέματα
subject-invitation = Πρόσκληση: { $name } ({ $when })
subject-update = Αλλαγή: { $name } ({ $when })
subject-cancellation = Ακύρωση: { $name } ({ $when })
subject-removed = Ανάκληση πρόσκλησης: { $name } ({ $when })
subject-new-host = Αλλαγή διοργάνωσης: { $name } ({ $when })
subject-reminder = Υπενθύμιση: { $name } ({ $when })

## Τίτλοι και εισαγωγές
title-invitation = Έχετε μια πρόσκληση
title-update = Η συνάντηση άλλαξε
title-cancellation = Η συνάντηση ακυρώθηκε
title-removed = Η πρόσκλησή σας ανακλήθηκε
title-new-host = Τη συνάντηση διοργανώνει πλέον άλλο άτομο
title-reminder = Υπενθύμιση
greeting = Γεια σας, { $name },
intro-invitation = Έχετε λάβει πρόσκληση σε συνάντηση. Διοργάνωση: { $organizer }.
intro-update = Αυτή η συνάντηση άλλαξε. Διοργάνωση: { $organizer }.
intro-cancellation = Αυτή η συνάντηση δεν θα πραγματοποιηθεί. Δεν χρειάζεται να κάνετε κάτι.
intro-removed = Η πρόσκλησή σας σε αυτή τη συνάντηση ανακλήθηκε. Δεν χρειάζεται να κάνετε κάτι.
intro-new-host = Αυτή τη συνάντηση διοργανώνει πλέον άλλο άτομο: { $organizer }. Αποστέλλεται νέα πρόσκληση και η παλιά καταχώριση αφαιρείται από το ημερολόγιό σας.
new-host = Τη διοργάνωση έχει πλέον άλλο άτομο: { $organizer }.
intro-reminder = Αυτή η συνάντηση πλησιάζει.

## Τα ίδια για κλήσεις
title-update-call = Η κλήση άλλαξε
title-cancellation-call = Η κλήση ακυρώθηκε
title-new-host-call = Την κλήση διοργανώνει πλέον άλλο άτομο
intro-invitation-call = Έχετε λάβει πρόσκληση σε κλήση. Διοργάνωση: { $organizer }.
intro-update-call = Αυτή η κλήση άλλαξε. Διοργάνωση: { $organizer }.
intro-cancellation-call = Αυτή η κλήση δεν θα πραγματοποιηθεί. Δεν χρειάζεται να κάνετε κάτι.
intro-removed-call = Η πρόσκλησή σας σε αυτή την κλήση ανακλήθηκε. Δεν χρειάζεται να κάνετε κάτι.
intro-new-host-call = Αυτή την κλήση διοργανώνει πλέον άλλο άτομο: { $organizer }. Αποστέλλεται νέα πρόσκληση και η παλιά καταχώριση αφαιρείται από το ημερολόγιό σας.
intro-reminder-call = Αυτή η κλήση πλησιάζει.
join-call = Συμμετοχή στην κλήση

## Στοιχεία
when = Πότε
where = Πού
organizer = Διοργάνωση
duration = Διάρκεια
about = Περιγραφή
meeting-id = Αναγνωριστικό συνάντησης
passcode = Κωδικός πρόσβασης
organizer-time = Τοπική ώρα διοργάνωσης: { $when }
fact = { $label }: { $value }
before = Προηγουμένως: { $value }

## Συμμετοχή και απάντηση
join = Συμμετοχή στη συνάντηση
join-link = Ή ανοίξτε αυτόν τον σύνδεσμο:
join-online = Διαδικτυακή συμμετοχή
join-code = Ή σαρώστε αυτόν τον κωδικό με το κινητό σας:
join-code-alt = Κωδικός QR με τον σύνδεσμο συμμετοχής
answer-question = Θα συμμετάσχετε;
answer-accept = Ναι
answer-tentative = Ίσως
answer-decline = Όχι
open-record = Άνοιγμα στο CRM
calendar-hint = Επισυνάπτεται αρχείο ημερολογίου.
add-to-calendar = Προσθήκη στο ημερολόγιό σας:
footer = Αποστολή από: { $organization }

## Δοκιμές προτύπου
test-subject = [Δοκιμή] { $subject }
test-notice = Αυτή είναι δοκιμή ενός προτύπου. Δεν προσκλήθηκε κανείς.

## Χρόνοι
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } ημέρα
   *[other] { $count } ημέρες
}
duration-hours = { $count ->
    [one] { $count } ώρα
   *[other] { $count } ώρες
}
duration-minutes = { $count ->
    [one] { $count } λεπτό
   *[other] { $count } λεπτά
}
duration-join = { $first } και { $then }
