-- name: ask_people
-- Reports that wait for a person, with what the model thought of them.
INSERT INTO waiting_review (thread, source, channel, text, confidential, candidates, reasons, requested_at, expires_at)
SELECT thread, source, channel, text, confidential, candidates::jsonb, string_to_array(reasons, E'\n'), requested_at, expires_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
    AS asked (thread, source, channel, text, confidential, candidates, reasons, requested_at, expires_at)
ON CONFLICT (thread) DO NOTHING;

-- name: learn_answers
-- What people answered, beside the text that was asked about; nothing confidential is learned.
INSERT INTO human_label (about, origin, text, channel, code, danger, labelled_by, labelled_at)
SELECT w.thread, 'review', w.text, w.channel, a.code, false, a.reviewer, a.answered_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS a (thread, code, reviewer, answered_at)
JOIN waiting_review w USING (thread) WHERE NOT w.confidential;

-- name: learn_restored
-- What people brought back with a category, beside its text.
INSERT INTO human_label (about, origin, text, channel, code, danger, labelled_by, labelled_at)
SELECT d.thread, 'restored', d.text, d.channel, a.code, false, a.reviewer, a.at
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS a (thread, code, reviewer, at)
JOIN dismissed_report d USING (thread) WHERE a.code <> '';

-- name: learn_corrected
-- What people said an open incident is.
INSERT INTO human_label (about, origin, text, channel, code, danger, labelled_by, labelled_at)
SELECT about, 'corrected', text, '', code, danger, by, at
FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::text[], $6::timestamptz[]) AS a (about, text, code, danger, by, at);

-- name: stop_asking
-- Reports about which nobody need decide any more.
DELETE FROM waiting_review WHERE thread = ANY($1::text[]);

-- name: dismiss
-- Chat, kept for the daily look of people.
INSERT INTO dismissed_report (thread, channel, text, reasons, dismissed_at)
SELECT thread, channel, text, string_to_array(reasons, E'\n'), dismissed_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS d (thread, channel, text, reasons, dismissed_at)
ON CONFLICT (thread) DO NOTHING;

-- name: bring_back
-- What was no chat after all, or was taken back.
DELETE FROM dismissed_report WHERE thread = ANY($1::text[]);

-- name: kept_reports
-- The reports of these threads, as far as they are kept.
SELECT id AS thread, (state->'report')::text AS report FROM subject
WHERE id = ANY($1::text[]) AND json_typeof(state->'report') = 'object';

-- name: incidents_of
-- Which incidents these sources led to.
SELECT state->>'incident_id' AS incident_id FROM subject
WHERE id = ANY($1::text[]) AND state->>'incident_id' IS NOT NULL;

-- name: waiting
-- The reviews that wait, the oldest first.
SELECT thread, source, text, candidates::text AS candidates, reasons, requested_at, expires_at
FROM waiting_review ORDER BY requested_at LIMIT $1;

-- name: sample_of_day
-- Some of the chat that was dismissed on a day: the same every time the day is looked at.
SELECT thread, text, reasons, dismissed_at FROM dismissed_report
WHERE dismissed_at >= $1 AND dismissed_at < $2 ORDER BY md5(thread) LIMIT $3;

-- name: labels
-- What people said, for training.
SELECT id, text, channel, code, danger FROM human_label WHERE id > $1 ORDER BY id LIMIT 1000;

-- name: declare
-- Emergencies that hold from now on.
INSERT INTO mode_in_force (mode_id, area, level, trigger, expires_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT (mode_id) DO UPDATE SET area = excluded.area, level = excluded.level,
    trigger = excluded.trigger, expires_at = excluded.expires_at;

-- name: end
-- Emergencies that are over.
DELETE FROM mode_in_force WHERE mode_id = ANY($1::text[]);

-- name: in_force
-- The emergencies that hold now.
SELECT area, level, trigger FROM mode_in_force WHERE expires_at > $1;

-- name: take_unasked
-- Some waiting reports that the language model has not been asked about; each is taken once.
UPDATE waiting_review SET asked_at = $2 WHERE thread IN (
    SELECT thread FROM waiting_review
    WHERE asked_at IS NULL AND NOT confidential AND expires_at > $2
    ORDER BY requested_at LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING thread, text, candidates::text AS candidates;

-- name: spent
-- What the language model has cost on a day.
SELECT coalesce(sum(cost), 0) FROM advice_spent WHERE day = $1;

-- name: spend
-- One more question to the language model.
INSERT INTO advice_spent (day, calls, cost) VALUES ($1, 1, $2)
ON CONFLICT (day) DO UPDATE SET calls = advice_spent.calls + 1, cost = advice_spent.cost + excluded.cost;

-- name: queue
-- How many wait, and for how many seconds the oldest.
SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(requested_at)), 0)::float8 AS oldest
FROM waiting_review;
