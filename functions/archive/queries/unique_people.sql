-- Different people from since until: all of them, and those known by a user id; of one event, or of all when event is ''.
-- parameters: since, since, until, event
select count(distinct person) as people, count(distinct user_id) as known_people, count(*) as events
from events
where dt >= date_format(date_add('day', -1, cast(? as timestamp)), '%Y-%m-%d')
  and occurred_at >= cast(? as timestamp)
  and occurred_at < cast(? as timestamp)
  and ? in ('', name)
