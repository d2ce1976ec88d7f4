## หัวเรื่อง
subject-invitation = คำเชิญ: { $name } ({ $when })
subject-update = เปลี่ยนแปลง: { $name } ({ $when })
subject-cancellation = ยกเลิก: { $name } ({ $when })
subject-removed = ถอนคำเชิญ: { $name } ({ $when })
subject-new-host = เปลี่ยนผู้จัด: { $name } ({ $when })
subject-reminder = แจ้งเตือน: { $name } ({ $when })

## หัวข้อและคำขึ้นต้น
title-invitation = คุณได้รับคำเชิญ
title-update = การประชุมมีการเปลี่ยนแปลง
title-cancellation = การประชุมถูกยกเลิก
title-removed = คุณไม่อยู่ในรายชื่อผู้รับเชิญแล้ว
title-new-host = การประชุมมีผู้จัดคนใหม่
title-reminder = แจ้งเตือน
greeting = เรียน { $name }
intro-invitation = { $organizer } ขอเชิญคุณเข้าร่วมการประชุม
intro-update = { $organizer } ได้เปลี่ยนแปลงการประชุมนี้
intro-cancellation = จะไม่มีการจัดการประชุมนี้ คุณไม่ต้องดำเนินการใด ๆ
intro-removed = คุณไม่อยู่ในรายชื่อผู้รับเชิญของการประชุมนี้แล้ว คุณไม่ต้องดำเนินการใด ๆ
intro-new-host = { $organizer } เป็นผู้จัดคนใหม่ของการประชุมนี้และจะส่งคำเชิญใหม่ รายการเดิมจะถูกนำออกจากปฏิทินของคุณ
new-host = { $organizer } เป็นผู้จัดคนใหม่
intro-reminder = ใกล้ถึงเวลาการประชุมนี้แล้ว

## ข้อความเดียวกันสำหรับการโทร
title-update-call = การโทรมีการเปลี่ยนแปลง
title-cancellation-call = การโทรถูกยกเลิก
title-new-host-call = การโทรมีผู้จัดคนใหม่
intro-invitation-call = { $organizer } ขอเชิญคุณเข้าร่วมการโทร
intro-update-call = { $organizer } ได้เปลี่ยนแปลงการโทรนี้
intro-cancellation-call = จะไม่มีการโทรนี้ คุณไม่ต้องดำเนินการใด ๆ
intro-removed-call = คุณไม่อยู่ในรายชื่อผู้รับเชิญของการโทรนี้แล้ว คุณไม่ต้องดำเนินการใด ๆ
intro-new-host-call = { $organizer } เป็นผู้จัดคนใหม่ของการโทรนี้และจะส่งคำเชิญใหม่ รายการเดิมจะถูกนำออกจากปฏิทินของคุณ
intro-reminder-call = ใกล้ถึงเวลาการโทรนี้แล้ว
join-call = เข้าร่วมการโทร

## รายละเอียดนัดหมาย
when = วันและเวลา
where = สถานที่
organizer = ผู้จัด
duration = ระยะเวลา
about = รายละเอียด
meeting-id = รหัสการประชุม
passcode = รหัสผ่าน
organizer-time = ตามเวลาของผู้จัด: { $when }
fact = { $label }: { $value }
before = เดิม: { $value }

## การเข้าร่วมและการตอบรับ
join = เข้าร่วมการประชุม
join-link = หรือเปิดลิงก์นี้:
join-online = เข้าร่วมออนไลน์
join-code = หรือสแกนรหัสนี้ด้วยโทรศัพท์ของคุณ:
join-code-alt = คิวอาร์โค้ดที่มีลิงก์สำหรับเข้าร่วม
answer-question = คุณจะเข้าร่วมหรือไม่
answer-accept = เข้าร่วม
answer-tentative = อาจจะ
answer-decline = ไม่เข้าร่วม
open-record = เปิดใน CRM
calendar-hint = มีไฟล์ปฏิทินแนบมาด้วย
add-to-calendar = เพิ่มลงในปฏิทินของคุณ:
footer = ส่งโดย { $organization }

## การทดสอบเทมเพลต
test-subject = [ทดสอบ] { $subject }
test-notice = นี่คือการทดสอบเทมเพลต ไม่มีการเชิญผู้ใด

## เวลา
range = { $start } – { $end }
duration-days = { $count } วัน
duration-hours = { $count } ชั่วโมง
duration-minutes = { $count } นาที
duration-join = { $first } { $then }
