-- name: make_offsets
-- The fence has a row for each partition from the first batch on.
INSERT INTO consumer_offset (topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) ON CONFLICT DO NOTHING;

-- name: lock_offsets
-- Lock the fence, always in the same order; who comes second waits and then sees the truth.
SELECT topic, partition, next_offset FROM consumer_offset
WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::int[]))
ORDER BY topic, partition FOR UPDATE;

-- name: store_offsets
-- Move the fence behind what this batch has taken.
UPDATE consumer_offset o SET next_offset = b.next_offset
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS b (topic, partition, next_offset)
WHERE o.topic = b.topic AND o.partition = b.partition;

-- name: all_offsets
-- Where this service stands in each partition.
SELECT topic, partition, next_offset FROM consumer_offset;

-- name: enter_inbox
-- Keep what was never seen; what was seen does not come back.
INSERT INTO inbox (identity) SELECT i FROM unnest($1::bytea[]) AS i ORDER BY i
ON CONFLICT DO NOTHING RETURNING identity;

-- name: leave_inbox
-- What died had no effect: it may come again.
DELETE FROM inbox WHERE identity = ANY($1::bytea[]);

-- name: sweep_inbox
-- Forget what is older than topics and redrives can be.
DELETE FROM inbox WHERE seen_at < now() - make_interval(days => $1);

-- name: lock_subjects
-- Load and lock all subjects of a batch, always in the same order.
SELECT id, state::text AS state, seen::text AS seen, sequence, parked, express FROM subject
WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE;

-- name: update_subjects
-- The new states of subjects that were there.
UPDATE subject s
SET state = b.state::json, seen = b.seen::json, sequence = b.sequence, parked = b.parked, express = b.express
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::bool[])
    AS b (id, state, seen, sequence, parked, express)
WHERE s.id = b.id;

-- name: park
-- Keep what has come before its predecessor.
INSERT INTO parked (subject, source, sequence, topic, partition, record_offset, record_timestamp, key, value, headers)
SELECT a, b, c, d, e, f, g, h, i, j::json
FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[], $10::text[])
    AS r (a, b, c, d, e, f, g, h, i, j);

-- name: parked_of
-- What waits behind these subjects, in the order in which it may go on.
SELECT subject, topic, partition, record_offset, record_timestamp, key, value, headers::text AS headers,
       extract(epoch FROM clock_timestamp() - parked_at)::float8 AS waited
FROM parked WHERE subject = ANY($1::text[])
ORDER BY subject, source, sequence, topic, partition, record_offset LIMIT $2;

-- name: parked_subjects
-- Subjects in which something waits, a page at a time.
SELECT DISTINCT subject FROM parked WHERE subject > $1 ORDER BY subject LIMIT $2;

-- name: lock_parked
-- Which of these still wait; locked, so that nobody else releases them too.
SELECT topic, partition, record_offset FROM parked
WHERE (topic, partition, record_offset) IN (SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]))
ORDER BY topic, partition, record_offset FOR UPDATE;

-- name: unpark
-- These wait no longer.
DELETE FROM parked p USING unnest($1::text[], $2::int[], $3::bigint[]) AS b (topic, partition, record_offset)
WHERE p.topic = b.topic AND p.partition = b.partition AND p.record_offset = b.record_offset
RETURNING p.subject;

-- name: set_timers
-- Timers that a state wants, at the time that it wants now.
INSERT INTO timer (subject, name, due_at) SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
ON CONFLICT (subject, name) DO UPDATE SET due_at = EXCLUDED.due_at;

-- name: drop_timers
-- Timers that a step has made moot.
DELETE FROM timer t USING unnest($1::text[], $2::text[]) AS b (subject, name)
WHERE t.subject = b.subject AND t.name = b.name;

-- name: due_timers
-- Timers whose time has come, earliest first, leaving those whose subject is worked on or, after a restore, waits for its past.
SELECT t.subject, t.name, t.due_at FROM timer t JOIN subject s ON s.id = t.subject
WHERE t.due_at <= $1 AND (s.parked = 0 OR NOT $3) ORDER BY t.due_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED;

-- name: claim_timers
-- Take them, if they are still set for that time now that the subject is locked.
DELETE FROM timer t USING unnest($1::text[], $2::text[], $3::timestamptz[]) AS b (subject, name, due_at)
WHERE t.subject = b.subject AND t.name = b.name AND t.due_at = b.due_at
RETURNING t.subject, t.name, t.due_at;

-- name: next_timer
-- When the next timer is due.
SELECT min(due_at) FROM timer;

-- name: number_mail
-- Numbers for what goes out, taken while its subjects are locked: a later event has a higher one.
SELECT nextval('outbox_seq_seq') AS seq FROM generate_series(1, $1);

-- name: own_shards
-- Become the one owner of these shards of the outbox, as far as nobody else is.
SELECT s AS shard FROM unnest($1::int[]) AS s
WHERE pg_try_advisory_lock(hashtext(current_schema() || ' outbox'), s);

-- name: next_mail
-- The oldest rows of my shards.
SELECT seq, aggregatetype AS topic, aggregateid AS subject, headers::text AS headers, payload FROM outbox
WHERE shard = ANY($1::int[]) ORDER BY seq LIMIT $2;

-- name: mail_up_to
-- How many rows there are up to a number, as far as it matters: one more than expected is enough.
SELECT count(*) FROM (SELECT FROM outbox WHERE seq <= $1 LIMIT $2) AS rows_up_to;

-- name: mail_sent
-- Kafka has these.
DELETE FROM outbox WHERE seq = ANY($1::bigint[]);

-- name: bury
-- Dead letters; the same record dies once.
INSERT INTO dead_letter (topic, partition, record_offset, record_timestamp, key, event_id, subject, error, reason, attempts, trace_id, code_version)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::text[], $12::text[])
ON CONFLICT (topic, partition, record_offset, event_id) DO UPDATE
SET attempts = dead_letter.attempts + 1, reason = EXCLUDED.reason, error = EXCLUDED.error, died_at = now();

-- name: backlog
-- What health and metrics show: rows that should be few, and how old they are.
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT 100000) x) AS outbox,
       (SELECT coalesce(extract(epoch FROM now() - min(posted_at)), 0) FROM (SELECT posted_at FROM outbox ORDER BY seq LIMIT 1) x) AS outbox_age,
       (SELECT count(*) FROM (SELECT 1 FROM parked LIMIT 100000) x) AS parked,
       (SELECT coalesce(extract(epoch FROM now() - min(parked_at)), 0) FROM parked) AS parked_age,
       (SELECT count(*) FROM dead_letter WHERE redriven_at IS NULL) AS dead_letters,
       (SELECT count(*) FROM (SELECT 1 FROM timer WHERE due_at < now() LIMIT 100000) x) AS timers_due,
       (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM timer WHERE due_at < now()) AS timer_lateness;

-- name: has_published
-- Whether this service came back from a backup, and has something to remember.
SELECT EXISTS (SELECT FROM published) OR EXISTS (SELECT FROM catch_up);

-- name: published_of
-- What was said of these subjects, or because of these messages, as it lies in the topics.
SELECT subject, id, cause, type, sequence, payload, express FROM published WHERE subject = ANY($1::text[]) OR cause = ANY($2::text[]);

-- name: said_again
-- These were decided anew, as they were before.
DELETE FROM published WHERE id = ANY($1::text[]);

-- name: is_catching_up
-- Whether something lies in the topics that had its effect before the restore, and must have it again first.
SELECT EXISTS (SELECT FROM catch_up c LEFT JOIN consumer_offset o USING (topic, partition)
               WHERE coalesce(o.next_offset, 0) < c.until);
