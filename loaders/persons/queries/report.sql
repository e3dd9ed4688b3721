-- What is known of who is who.
SELECT (SELECT count(*) FROM (SELECT id FROM events.customers UNION SELECT record FROM identity.records)),
       (SELECT count(DISTINCT person) FROM identity.records),
       (SELECT count(*) FROM identity.records),
       (SELECT count(*) FROM identity.links AS l
        LEFT JOIN identity.records AS p ON p.record = l.a LEFT JOIN identity.records AS q ON q.record = l.b
        WHERE coalesce(p.person, l.a) <> coalesce(q.person, l.b)
          AND NOT EXISTS (SELECT 1 FROM identity.overrides AS o WHERE o.a = l.a AND o.b = l.b)),
       (SELECT count(DISTINCT id) FROM identity.holders ANTI JOIN (SELECT record AS id FROM identity.records) USING (id)),
       (SELECT count(*) FROM (SELECT DISTINCT id FROM identity.spellings) ANTI JOIN identity.holders USING (id))
