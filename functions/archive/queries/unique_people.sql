-- Different people from since until: all of them, somebody who logged in by then once, and those known by a user id by then; of one event, or of all when event is ''. Whose anonymous and user id never came in one event counts twice.
-- parameters: since, since, until, event
with asked as (
  select name, person, user_id, anonymous_id, received_at
  from events
  where dt >= date_format(date_add('day', -1, cast(? as timestamp)), '%Y-%m-%d')
    and occurred_at >= cast(? as timestamp)
    and occurred_at < cast(? as timestamp)
),
became as (
  select anonymous_id, min_by(user_id, received_at) as user_id
  from asked
  where anonymous_id is not null and user_id is not null
  group by anonymous_id
)
select
  count(distinct coalesce('user:' || coalesce(asked.user_id, became.user_id), person)) as people,
  count(distinct coalesce(asked.user_id, became.user_id)) as known_people,
  count(*) as events
from asked
left join became on became.anonymous_id = asked.anonymous_id
where ? in ('', name)
