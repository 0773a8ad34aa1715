-- What the toy counts. Nothing here is idempotent: an effect that comes twice is seen twice.
CREATE TABLE effect (ce_id text NOT NULL, subject text NOT NULL, amount int NOT NULL, at bigserial);
CREATE TABLE total (subject text PRIMARY KEY, number int NOT NULL);
CREATE TABLE saying (ce_id text NOT NULL, subject text NOT NULL, why text NOT NULL);
