-- name: lock_chain
-- One writer at a time, until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('feedback evidence chain'));

-- name: head
-- The last row, and the time by the database's clock.
SELECT clock_timestamp() AS at, coalesce(c.number, 0) AS number, coalesce(c.hash, '') AS hash
FROM (SELECT 1) AS one LEFT JOIN (SELECT number, hash FROM evidence_chain ORDER BY number DESC LIMIT 1) AS c ON true;

-- name: append
-- Further rows of the chain.
INSERT INTO evidence_chain (number, at, what, incident_id, digest, who, reason, about, previous, hash)
SELECT * FROM unnest(
    $1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[]
);

-- name: links
-- The chain after a number, a portion at a time.
SELECT * FROM evidence_chain WHERE number > $1 ORDER BY number LIMIT $2;

-- name: links_of
-- What happened to the evidence of an incident, the first first.
SELECT number, at, what, digest, who, reason, about FROM evidence_chain WHERE incident_id = $1 ORDER BY number;

-- name: kept_here
-- What of this content an incident has.
SELECT about::text AS about FROM v_kept WHERE incident_id = $1 AND digest = $2 LIMIT 1;

-- name: kept_of
-- The pictures and clips of these incidents that are kept now.
SELECT incident_id, digest, about::text AS about FROM v_kept WHERE incident_id = ANY($1::text[]);

-- name: stands
-- How it stands with content $2 and incident $1: what is kept of it here and elsewhere, whether the incident was
-- held or released last, and whether the content was deleted since row $3.
SELECT (SELECT about::text FROM v_kept WHERE incident_id = $1 AND digest = $2 LIMIT 1) AS about,
       (SELECT incident_id FROM v_kept WHERE digest = $2 AND incident_id <> $1 LIMIT 1) AS elsewhere,
       (SELECT what FROM evidence_chain WHERE incident_id = $1 AND what IN ('held', 'released')
        ORDER BY number DESC LIMIT 1) AS last_turn,
       EXISTS (SELECT FROM evidence_chain WHERE digest = $2 AND what = 'deleted' AND number > $3) AS is_deleted;

-- name: elsewhere
-- Other incidents for which this content is kept.
SELECT incident_id FROM v_kept WHERE digest = $1 AND incident_id <> $2 LIMIT 1;

-- name: everything
-- Each content that is kept, once.
SELECT DISTINCT digest FROM v_kept ORDER BY digest;

-- name: case_of
-- Category of an incident, and where the chain ends now.
SELECT category_code, (SELECT coalesce(max(number), 0) FROM evidence_chain) AS reached FROM ledger WHERE incident_id = $1;

-- name: last_turn
-- Whether the evidence of an incident was held or released last; nothing: neither.
SELECT what FROM evidence_chain WHERE incident_id = $1 AND what IN ('held', 'released') ORDER BY number DESC LIMIT 1;

-- name: holds
-- What must be kept, since when, by whom and why.
SELECT * FROM v_hold ORDER BY at;

-- name: ownerless
-- Of these contents, those that are kept for no incident, and that none which is held ever had.
SELECT t.digest FROM unnest($1::text[]) AS t (digest)
WHERE NOT EXISTS (SELECT FROM v_kept k WHERE k.digest = t.digest)
  AND NOT EXISTS (
      SELECT FROM evidence_chain e JOIN v_hold h USING (incident_id) WHERE e.digest = t.digest AND e.what = 'added'
  );

-- name: is_restored
-- Whether the tables came back from a backup, and nobody has looked yet at what that left behind.
SELECT EXISTS (SELECT FROM published) OR EXISTS (SELECT FROM catch_up);

-- name: due
-- Evidence of closed incidents, not held, whose time of keeping is over: $1 codes, $2 their days, $3 days of all others.
SELECT e.incident_id, e.digest, l.category_code, l.closed_at
FROM v_kept e JOIN ledger l USING (incident_id)
LEFT JOIN unnest($1::text[], $2::int[]) AS r (code, days) ON r.code = l.category_code
WHERE l.state = 'closed' AND l.closed_at < $4::timestamptz - make_interval(days => coalesce(r.days, $3))
    AND NOT EXISTS (SELECT FROM v_hold h WHERE h.incident_id = e.incident_id)
ORDER BY e.number LIMIT $5;
