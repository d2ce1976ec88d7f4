## 제목
subject-invitation = 초대: { $name }({ $when })
subject-update = 변경: { $name }({ $when })
subject-cancellation = 취소: { $name }({ $when })
subject-removed = 초대 철회: { $name }({ $when })
subject-new-host = 주최자 변경: { $name }({ $when })
subject-reminder = 알림: { $name }({ $when })

## 표제와 머리말
title-invitation = 초대를 받으셨습니다
title-update = 회의가 변경되었습니다
title-cancellation = 회의가 취소되었습니다
title-removed = 초대가 철회되었습니다
title-new-host = 회의 주최자가 변경되었습니다
title-reminder = 알림
greeting = { $name } 님, 안녕하세요.
intro-invitation = { $organizer } 님이 회의에 초대했습니다.
intro-update = { $organizer } 님이 이 회의를 변경했습니다.
intro-cancellation = 이 회의는 열리지 않습니다. 따로 하실 일은 없습니다.
intro-removed = 이 회의에 대한 초대가 철회되었습니다. 따로 하실 일은 없습니다.
intro-new-host = 이제 { $organizer } 님이 이 회의의 주최자이며 초대를 새로 보냅니다. 이전 일정은 캘린더에서 삭제됩니다.
new-host = 이제 { $organizer } 님이 주최자입니다.
intro-reminder = 이 회의 일정이 다가오고 있습니다.

## 통화의 경우
title-update-call = 통화 일정이 변경되었습니다
title-cancellation-call = 통화 일정이 취소되었습니다
title-new-host-call = 통화 주최자가 변경되었습니다
intro-invitation-call = { $organizer } 님이 통화에 초대했습니다.
intro-update-call = { $organizer } 님이 이 통화 일정을 변경했습니다.
intro-cancellation-call = 이 통화는 진행되지 않습니다. 따로 하실 일은 없습니다.
intro-removed-call = 이 통화에 대한 초대가 철회되었습니다. 따로 하실 일은 없습니다.
intro-new-host-call = 이제 { $organizer } 님이 이 통화의 주최자이며 초대를 새로 보냅니다. 이전 일정은 캘린더에서 삭제됩니다.
intro-reminder-call = 이 통화 일정이 다가오고 있습니다.
join-call = 통화 참가

## 정보
when = 일시
where = 장소
organizer = 주최자
duration = 소요 시간
about = 설명
meeting-id = 회의 ID
passcode = 암호
organizer-time = 주최자 현지 시간: { $when }
fact = { $label }: { $value }
before = 변경 전: { $value }

## 참가와 회신
join = 회의 참가
join-link = 또는 다음 링크를 열어 주세요:
join-online = 온라인으로 참가
join-code = 또는 휴대전화로 이 코드를 스캔해 주세요:
join-code-alt = 참가 링크가 담긴 QR 코드
answer-question = 참석하시겠습니까?
answer-accept = 예
answer-tentative = 미정
answer-decline = 아니요
open-record = CRM에서 열기
calendar-hint = 캘린더 파일이 첨부되어 있습니다.
add-to-calendar = 캘린더에 추가:
footer = 보낸 곳: { $organization }

## 템플릿 테스트
test-subject = [테스트] { $subject }
test-notice = 템플릿 테스트입니다. 실제로 초대된 사람은 없습니다.

## 시간
range = { $start } ~ { $end }
duration-days = { $count }일
duration-hours = { $count }시간
duration-minutes = { $count }분
duration-join = { $first } { $then }
