-- Each event once. A record, a bus entry or a queue message that is delivered again writes its events again; an event
-- is known by (partition_key, source, event_id, name), and the copy that came first is shown. Some senders number each
-- person's events from 1, hence the partition key: it is the person as the event names them, the same in every copy,
-- whereas `person` follows merges.
--
-- A copy may land in the next day's partition, so each day is compared with itself and with the day before it; copies
-- that came more than a day apart are both shown. A condition on dt reaches both scans: only the days asked for, and
-- of the day before them the four columns that name an event, are read.
--
-- What `headrace doctor` sends is nobody's event: only events_raw has it.
select
  event_id, type, name, source, protocol, person, user_id, anonymous_id, previous_id, session_id,
  occurred_at, original_timestamp, sent_at, received_at,
  device_id, device_type, device_manufacturer, device_model, os_name, os_version,
  app_name, app_version, app_build, library_name, library_version, locale, timezone, country, city,
  page_url, page_path, page_title, page_referrer,
  campaign_name, campaign_source, campaign_medium, campaign_term, campaign_content,
  revenue, currency, properties, partition_key, sequence_number, ordinal, dt
from (
  select
    *,
    row_number() over (
      partition by dt, partition_key, source, event_id, name
      order by received_at, sequence_number, ordinal
    ) as copy
  from events_raw
  where source <> 'headrace-doctor'
) of_the_day
left join (
  select distinct
    partition_key as earlier_partition_key,
    source as earlier_source,
    event_id as earlier_event_id,
    name as earlier_name,
    date_format(date_add('day', 1, date_parse(dt, '%Y-%m-%d')), '%Y-%m-%d') as day_after
  from events_raw
) the_day_before
  on dt = day_after and partition_key = earlier_partition_key
  and source = earlier_source and event_id = earlier_event_id and name = earlier_name
where copy = 1 and earlier_event_id is null
