-- Visits of pages, and of people who have not said yet who they are: an empty
-- customer with a session. A session belongs to the customer whose id stands
-- beside it in some visit. One that stands beside several belongs to none, as
-- nobody knows who of them it was.
ALTER TABLE events.visits ADD COLUMN page VARCHAR DEFAULT '';     -- what was looked at on the web, empty when unknown
ALTER TABLE events.visits ADD COLUMN session VARCHAR DEFAULT '';  -- session or cookie, empty when unknown
ALTER TABLE events.visits ALTER COLUMN page SET NOT NULL;
ALTER TABLE events.visits ALTER COLUMN session SET NOT NULL;

-- Sessions and their customers, as far as they were known before a time.
CREATE MACRO events.sessions(until) AS TABLE
SELECT session, min(customer) AS customer
FROM events.visits
WHERE session <> '' AND customer <> '' AND (time IS NULL OR time < until)
GROUP BY session
HAVING min(customer) = max(customer);

-- The visits of customers before a time, those of their sessions included.
CREATE MACRO events.known_visits(until) AS TABLE
SELECT customer, product, page, session, time, seconds
FROM events.visits
WHERE customer <> '' AND (time IS NULL OR time < until)
UNION ALL
SELECT s.customer, v.product, v.page, v.session, v.time, v.seconds
FROM events.visits AS v
JOIN events.sessions(until) AS s ON s.session = v.session
WHERE v.customer = '' AND v.session <> '' AND (v.time IS NULL OR v.time < until);
