-- Reports of which classification is too unsure, until somebody answers.
CREATE TABLE waiting_review (
    thread text PRIMARY KEY,
    source text NOT NULL,
    channel text NOT NULL,
    text text NOT NULL,
    confidential boolean NOT NULL,
    candidates jsonb NOT NULL,
    reasons text[] NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    asked_at timestamptz
);
CREATE INDEX waiting_review_order ON waiting_review (requested_at);

-- Chat that was dismissed, for people to look at a sample of it.
CREATE TABLE dismissed_report (
    thread text PRIMARY KEY,
    channel text NOT NULL,
    text text NOT NULL,
    reasons text[] NOT NULL,
    dismissed_at timestamptz NOT NULL
);
CREATE INDEX dismissed_report_time ON dismissed_report (dismissed_at);

-- What people said that texts are: what the model can learn from. Texts are masked.
CREATE TABLE human_label (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    about text NOT NULL,
    origin text NOT NULL,
    text text NOT NULL,
    channel text NOT NULL,
    code text NOT NULL,
    danger boolean NOT NULL,
    labelled_by text NOT NULL,
    labelled_at timestamptz NOT NULL
);

-- The emergencies in force: what they raise.
CREATE TABLE mode_in_force (
    mode_id text PRIMARY KEY,
    area text NOT NULL,
    level text NOT NULL,
    trigger text NOT NULL,
    expires_at timestamptz NOT NULL
);

-- What a language model was asked and has cost, by day (Beijing).
CREATE TABLE advice_spent (
    day date PRIMARY KEY,
    calls integer NOT NULL,
    cost float8 NOT NULL
);
