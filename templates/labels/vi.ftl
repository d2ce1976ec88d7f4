## Tiêu đề thư
subject-invitation = Thư mời: { $name } ({ $when })
subject-update = Thay đổi: { $name } ({ $when })
subject-cancellation = Đã hủy: { $name } ({ $when })
subject-removed = Không còn được mời: { $name } ({ $when })
subject-new-host = Người tổ chức mới: { $name } ({ $when })
subject-reminder = Nhắc hẹn: { $name } ({ $when })

## Đề mục và lời mở đầu
title-invitation = Bạn được mời
title-update = Cuộc họp đã thay đổi
title-cancellation = Cuộc họp đã bị hủy
title-removed = Bạn không còn được mời
title-new-host = Cuộc họp có người tổ chức mới
title-reminder = Nhắc hẹn
greeting = Xin chào { $name },
intro-invitation = { $organizer } mời bạn tham gia một cuộc họp.
intro-update = { $organizer } đã thay đổi cuộc họp này.
intro-cancellation = Cuộc họp này sẽ không diễn ra. Bạn không cần làm gì thêm.
intro-removed = Bạn không còn được mời tham gia cuộc họp này. Bạn không cần làm gì thêm.
intro-new-host = { $organizer } hiện là người tổ chức cuộc họp này và gửi thư mời mới. Mục cũ sẽ bị xóa khỏi lịch của bạn.
new-host = { $organizer } hiện là người tổ chức.
intro-reminder = Cuộc họp này sắp diễn ra.

## Tương tự cho cuộc gọi
title-update-call = Cuộc gọi đã thay đổi
title-cancellation-call = Cuộc gọi đã bị hủy
title-new-host-call = Cuộc gọi có người tổ chức mới
intro-invitation-call = { $organizer } mời bạn tham gia một cuộc gọi.
intro-update-call = { $organizer } đã thay đổi cuộc gọi này.
intro-cancellation-call = Cuộc gọi này sẽ không diễn ra. Bạn không cần làm gì thêm.
intro-removed-call = Bạn không còn được mời tham gia cuộc gọi này. Bạn không cần làm gì thêm.
intro-new-host-call = { $organizer } hiện là người tổ chức cuộc gọi này và gửi thư mời mới. Mục cũ sẽ bị xóa khỏi lịch của bạn.
intro-reminder-call = Cuộc gọi này sắp diễn ra.
join-call = Tham gia cuộc gọi

## Thông tin
when = Thời gian
where = Địa điểm
organizer = Người tổ chức
duration = Thời lượng
about = Mô tả
meeting-id = ID cuộc họp
passcode = Mật mã
organizer-time = Theo giờ của người tổ chức: { $when }
fact = { $label }: { $value }
before = Trước đó: { $value }

## Tham gia và trả lời
join = Tham gia cuộc họp
join-link = Hoặc mở liên kết này:
join-online = Tham gia trực tuyến
join-code = Hoặc quét mã này bằng điện thoại:
join-code-alt = Mã QR chứa liên kết tham gia
answer-question = Bạn có tham gia không?
answer-accept = Có
answer-tentative = Có thể
answer-decline = Không
open-record = Mở trong CRM
calendar-hint = Có tệp lịch đính kèm.
add-to-calendar = Thêm vào lịch của bạn:
footer = Người gửi: { $organization }

## Thử mẫu thư
test-subject = [Thử] { $subject }
test-notice = Đây là thư thử một mẫu. Không có ai được mời.

## Thời gian
range = { $start } – { $end }
duration-days = { $count } ngày
duration-hours = { $count } giờ
duration-minutes = { $count } phút
duration-join = { $first } { $then }
