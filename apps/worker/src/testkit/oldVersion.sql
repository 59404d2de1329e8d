-- Notifications as an earlier version stored them.
update notification_nova set facts = null
 where event ~ '\.(soft_delete|force_delete|restore)\.end$' or (event ~ 'rebuild' and id % 2 = 0);
update notification_nova set instance = null where event = 'attach_volume';
update notification_generic set instance = null, tenant = null;
update notification_nova set instance = 'no such instance', tenant = 'old'
 where instance = (select min(instance) from notification_nova) and id % 2 = 0;
update notification_nova set instance = 'another instance' where event = 'compute.instance.reboot.start';
update notification_nova set state = 'old', image_type = 7 where id % 11 = 0;
update notification_glance set facts = null where event not in ('image.activate', 'image.delete', 'image.exists');
update notification_glance set status = null where id % 2 = 0;

-- What follows from them.
delete from notification_span where kind = 'instance';
insert into notification_span
select 'nova', 'instance', instance, min("when") / 86400000000 * 86400000000, (max("when") / 86400000000 + 1) * 86400000000
  from notification_nova where instance is not null group by instance;
delete from backlog;
insert into backlog (kind, key, "when", notification_id, shard)
select 'instance', instance, "when", id, abs(hashtextextended(instance, 0) % $shards)
  from notification_nova where instance is not null
union all
select 'request', request_id, 0, id, abs(hashtextextended(request_id, 0) % $shards)
  from notification_nova where instance is null and request_id <> ''
union all
select distinct 'image', image ->> 'uuid', "when", id, abs(hashtextextended(image ->> 'uuid', 0) % $shards)
  from notification_glance, json_array_elements(facts -> 'images') as image where image ->> 'uuid' is not null;
