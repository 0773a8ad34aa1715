-- name: clear_of
-- The sealed texts of one thread, oldest first.
SELECT sealed, pseudonym, sealed_at FROM vault WHERE thread = $1 ORDER BY sealed_at;

-- name: earlier_reports
-- How many other threads the same caller opened before this moment.
SELECT count(DISTINCT thread) FROM vault
WHERE pseudonym = $1 AND pseudonym <> '' AND thread <> $2 AND sealed_at <= $3;

-- name: note_opening
-- Write down who opened clear text, or was refused.
INSERT INTO unmasking (thread, role, who, reason, what, granted)
SELECT unnest($1::text[]), $2, $3, $4, $5, $6;

-- name: openings
-- Who opened what, the latest first; of one thread, or of all.
SELECT at, thread, role, who, what, granted, reason FROM unmasking
WHERE $1::text IS NULL OR thread = $1 ORDER BY id DESC LIMIT $2;

-- name: join_threads
-- Which incident the reports of a batch belong to; what was said later holds.
INSERT INTO incident_thread (thread, incident_id, since)
SELECT DISTINCT ON (said.thread) said.thread, said.incident_id, said.since
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS said (thread, incident_id, since)
ORDER BY said.thread, said.since DESC
ON CONFLICT (thread) DO UPDATE SET incident_id = EXCLUDED.incident_id, since = EXCLUDED.since
WHERE incident_thread.since <= EXCLUDED.since;

-- name: absorb_threads
-- The reports of incidents that were absorbed go on under the other one.
UPDATE incident_thread SET incident_id = said.other, since = said.since
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS said (incident_id, other, since)
WHERE incident_thread.incident_id = said.incident_id AND incident_thread.since <= said.since;

-- name: assign
-- Who has an incident: the highest round holds, in whatever order they come.
INSERT INTO assignment (incident_id, round, worker_id)
SELECT DISTINCT ON (said.incident_id) said.incident_id, said.round, said.worker_id
FROM unnest($1::text[], $2::int[], $3::text[]) AS said (incident_id, round, worker_id)
ORDER BY said.incident_id, said.round DESC
ON CONFLICT (incident_id) DO UPDATE SET round = EXCLUDED.round, worker_id = EXCLUDED.worker_id
WHERE assignment.round <= EXCLUDED.round;

-- name: end_rounds
-- These rounds, and all before them, are over.
INSERT INTO assignment (incident_id, over_round)
SELECT said.incident_id, max(said.round) FROM unnest($1::text[], $2::int[]) AS said (incident_id, round)
GROUP BY said.incident_id
ON CONFLICT (incident_id)
DO UPDATE SET over_round = greatest(assignment.over_round, EXCLUDED.over_round);

-- name: assigned
-- Who has an incident at this moment; no row: nobody.
SELECT worker_id, round FROM assignment
WHERE incident_id = $1 AND round > over_round AND worker_id <> '' FOR SHARE;

-- name: clear_of_incident
-- The sealed texts of all reports of an incident, oldest first.
SELECT vault.thread, vault.sealed FROM incident_thread JOIN vault USING (thread)
WHERE incident_thread.incident_id = $1 ORDER BY vault.sealed_at;

-- name: note_pictures
-- Pictures that came with reports; those known already stay as they are, and few are enough.
INSERT INTO picture (thread, mark, embedded, state, sealed, reason)
SELECT said.thread, said.mark, said.embedded, said.state, said.sealed, said.reason
FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::bytea[], $6::text[])
    AS said (thread, mark, embedded, state, sealed, reason)
WHERE (SELECT count(*) FROM picture WHERE picture.thread = said.thread) < $7
ON CONFLICT (thread, mark) DO NOTHING;

-- name: claim_pictures
-- Take pictures whose time has come; they come again if whoever took them dies.
UPDATE picture SET attempts = attempts + 1, due_at = now() + $2
WHERE (thread, mark) IN (
    SELECT thread, mark FROM picture WHERE state = 'waiting' AND due_at <= now()
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING thread, mark, embedded, sealed, attempts;

-- name: settle_pictures
-- Pictures that are kept or refused: what came is forgotten.
UPDATE picture SET state = said.state, reason = said.reason, sealed = NULL
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
    AS said (thread, mark, state, reason)
WHERE picture.thread = said.thread AND picture.mark = said.mark;

-- name: postpone_picture
-- A picture that may come later.
UPDATE picture SET due_at = now() + $3, reason = $4 WHERE thread = $1 AND mark = $2;

-- name: lend_number
-- Lend a number of the pool that nobody has at this moment.
INSERT INTO relay_number (number, thread, worker_id, until)
SELECT pool.number, $2, $3, $4 FROM unnest($1::text[]) AS pool (number)
WHERE NOT EXISTS (SELECT 1 FROM relay_number lent WHERE lent.number = pool.number AND lent.until > now())
LIMIT 1
ON CONFLICT (number) DO UPDATE
SET thread = EXCLUDED.thread, worker_id = EXCLUDED.worker_id, until = EXCLUDED.until
WHERE relay_number.until <= now()
RETURNING number, until;
