-- Each rejected event once. DynamoDB's stream may bring an item again, within a day: each day is compared with itself and
-- with the day before it. What `headrace doctor` sends is left out.
select
  rejected_id, event_id, name, source, protocol, user_id, anonymous_id, code, field, message, reasons, received_at, dt
from (
  select *, row_number() over (partition by dt, rejected_id order by received_at) as copy
  from rejected_raw
  where source <> 'headrace-doctor'
) of_the_day
left join (
  select distinct
    rejected_id as earlier_rejected_id,
    date_format(date_add('day', 1, date_parse(dt, '%Y-%m-%d')), '%Y-%m-%d') as day_after
  from rejected_raw
) the_day_before
  on dt = day_after and rejected_id = earlier_rejected_id
where copy = 1 and earlier_rejected_id is null
