## Konular
subject-invitation = Davet: { $name } ({ $when })
subject-update = Değişiklik: { $name } ({ $when })
subject-cancellation = İptal: { $name } ({ $when })
subject-removed = Artık davetli değilsiniz: { $name } ({ $when })
subject-new-host = Düzenleyen değişti: { $name } ({ $when })
subject-reminder = Hatırlatma: { $name } ({ $when })

## Başlıklar ve girişler
title-invitation = Davetlisiniz
title-update = Toplantı değişti
title-cancellation = Toplantı iptal edildi
title-removed = Artık davetli değilsiniz
title-new-host = Toplantıyı düzenleyen kişi değişti
title-reminder = Hatırlatma
greeting = Merhaba { $name },
intro-invitation = { $organizer } sizi bir toplantıya davet ediyor.
intro-update = { $organizer } bu toplantıda değişiklik yaptı.
intro-cancellation = Bu toplantı yapılmayacak. Herhangi bir şey yapmanız gerekmiyor.
intro-removed = Artık bu toplantıya davetli değilsiniz. Herhangi bir şey yapmanız gerekmiyor.
intro-new-host = Bu toplantıyı artık { $organizer } düzenliyor ve yeniden davet gönderiyor. Eski kayıt takviminizden kaldırılacak.
new-host = Artık { $organizer } düzenliyor.
intro-reminder = Bu toplantının zamanı yaklaşıyor.

## Aynıları, görüşmeler için
title-update-call = Görüşme değişti
title-cancellation-call = Görüşme iptal edildi
title-new-host-call = Görüşmeyi düzenleyen kişi değişti
intro-invitation-call = { $organizer } sizi bir görüşmeye davet ediyor.
intro-update-call = { $organizer } bu görüşmede değişiklik yaptı.
intro-cancellation-call = Bu görüşme yapılmayacak. Herhangi bir şey yapmanız gerekmiyor.
intro-removed-call = Artık bu görüşmeye davetli değilsiniz. Herhangi bir şey yapmanız gerekmiyor.
intro-new-host-call = Bu görüşmeyi artık { $organizer } düzenliyor ve yeniden davet gönderiyor. Eski kayıt takviminizden kaldırılacak.
intro-reminder-call = Bu görüşmenin zamanı yaklaşıyor.
join-call = Görüşmeye katılın

## Bilgiler
when = Ne zaman
where = Nerede
organizer = Düzenleyen
duration = Süre
about = Açıklama
meeting-id = Toplantı kimliği
passcode = Parola
organizer-time = Düzenleyenin saatiyle: { $when }
fact = { $label }: { $value }
before = Önceki: { $value }

## Katılma ve yanıtlama
join = Toplantıya katılın
join-link = Ya da bu bağlantıyı açın:
join-online = Çevrim içi katılın
join-code = Ya da bu kodu telefonunuzla tarayın:
join-code-alt = Katılım bağlantısını içeren QR kodu
answer-question = Katılacak mısınız?
answer-accept = Evet
answer-tentative = Belki
answer-decline = Hayır
open-record = CRM’de açın
calendar-hint = Ekte bir takvim dosyası bulunmaktadır.
add-to-calendar = Takviminize ekleyin:
footer = Gönderen: { $organization }

## Şablon denemeleri
test-subject = [Deneme] { $subject }
test-notice = Bu bir şablon denemesidir. Kimse davet edilmedi.

## Zamanlar
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } gün
   *[other] { $count } gün
}
duration-hours = { $count ->
    [one] { $count } saat
   *[other] { $count } saat
}
duration-minutes = { $count ->
    [one] { $count } dakika
   *[other] { $count } dakika
}
duration-join = { $first } { $then }
