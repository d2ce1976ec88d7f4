## Subjek
subject-invitation = Undangan: { $name } ({ $when })
subject-update = Perubahan: { $name } ({ $when })
subject-cancellation = Dibatalkan: { $name } ({ $when })
subject-removed = Tidak lagi diundang: { $name } ({ $when })
subject-new-host = Penyelenggara baru: { $name } ({ $when })
subject-reminder = Pengingat: { $name } ({ $when })

## Judul dan pembuka
title-invitation = Anda diundang
title-update = Rapat telah diubah
title-cancellation = Rapat dibatalkan
title-removed = Anda tidak lagi diundang
title-new-host = Rapat memiliki penyelenggara baru
title-reminder = Pengingat
greeting = Yth. { $name },
intro-invitation = { $organizer } mengundang Anda ke sebuah rapat.
intro-update = { $organizer } telah mengubah rapat ini.
intro-cancellation = Rapat ini tidak jadi diadakan. Anda tidak perlu melakukan apa pun.
intro-removed = Anda tidak lagi diundang ke rapat ini. Anda tidak perlu melakukan apa pun.
intro-new-host = { $organizer } kini menjadi penyelenggara rapat ini dan mengirim undangan baru. Entri lama akan hilang dari kalender Anda.
new-host = { $organizer } kini menjadi penyelenggara.
intro-reminder = Rapat ini akan segera berlangsung.

## Hal yang sama untuk panggilan
title-update-call = Panggilan telah diubah
title-cancellation-call = Panggilan dibatalkan
title-new-host-call = Panggilan memiliki penyelenggara baru
intro-invitation-call = { $organizer } mengundang Anda ke sebuah panggilan.
intro-update-call = { $organizer } telah mengubah panggilan ini.
intro-cancellation-call = Panggilan ini tidak jadi dilakukan. Anda tidak perlu melakukan apa pun.
intro-removed-call = Anda tidak lagi diundang ke panggilan ini. Anda tidak perlu melakukan apa pun.
intro-new-host-call = { $organizer } kini menjadi penyelenggara panggilan ini dan mengirim undangan baru. Entri lama akan hilang dari kalender Anda.
intro-reminder-call = Panggilan ini akan segera berlangsung.
join-call = Gabung ke panggilan

## Keterangan
when = Waktu
where = Tempat
organizer = Penyelenggara
duration = Durasi
about = Deskripsi
meeting-id = ID rapat
passcode = Kode sandi
organizer-time = Menurut waktu penyelenggara: { $when }
fact = { $label }: { $value }
before = Sebelumnya: { $value }

## Bergabung dan menjawab
join = Gabung ke rapat
join-link = Atau buka tautan ini:
join-online = Gabung secara daring
join-code = Atau pindai kode ini dengan ponsel Anda:
join-code-alt = Kode QR berisi tautan untuk bergabung
answer-question = Apakah Anda akan ikut serta?
answer-accept = Ya
answer-tentative = Mungkin
answer-decline = Tidak
open-record = Buka di CRM
calendar-hint = Berkas kalender terlampir.
add-to-calendar = Tambahkan ke kalender Anda:
footer = Dikirim oleh { $organization }

## Uji coba templat
test-subject = [Uji coba] { $subject }
test-notice = Ini adalah uji coba templat. Tidak ada yang diundang.

## Waktu
range = { $start } – { $end }
duration-days = { $count } hari
duration-hours = { $count } jam
duration-minutes = { $count } menit
duration-join = { $first } { $then }
