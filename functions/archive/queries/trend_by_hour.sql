-- Events and people per UTC hour from since until; of one event, or of all when event is ''. People are counted by `person`: who logged in meanwhile may count twice.
-- parameters: since, since, until, event
select date_format(occurred_at, '%Y-%m-%d %H:00') as hour, count(*) as events, count(distinct person) as people
from events
where dt >= date_format(date_add('day', -1, cast(? as timestamp)), '%Y-%m-%d')
  and occurred_at >= cast(? as timestamp)
  and occurred_at < cast(? as timestamp)
  and ? in ('', name)
group by date_format(occurred_at, '%Y-%m-%d %H:00')
order by hour
