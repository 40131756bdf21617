-- How often each event happened, and to how many people, from since until (UTC). People are counted by `person`: who logged in meanwhile may count twice.
-- parameters: since, since, until
select name as event, count(*) as events, count(distinct person) as people
from events
where dt >= date_format(date_add('day', -1, cast(? as timestamp)), '%Y-%m-%d')
  and occurred_at >= cast(? as timestamp)
  and occurred_at < cast(? as timestamp)
group by name
order by events desc, event
