-- The commonest values of one property from since until; of one event, or of all when event is ''.
-- parameters: property, since, since, until, event, property, top
select element_at(properties, ?) as value, count(*) as events, count(distinct person) as people
from events
where dt >= date_format(date_add('day', -1, cast(? as timestamp)), '%Y-%m-%d')
  and occurred_at >= cast(? as timestamp)
  and occurred_at < cast(? as timestamp)
  and ? in ('', name)
  and element_at(properties, ?) is not null
group by 1
order by events desc, value
limit ?
