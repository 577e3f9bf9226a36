BEGIN TRANSACTION;
CREATE TABLE ages (domain text primary key, created text, why text, fetched_at text not null)
           without rowid;
INSERT INTO "ages" VALUES('vieux.example','2001-02-03',NULL,'2026-12-02T12:00:00+00:00');
CREATE TABLE exceptions (host text primary key, added_at text not null) without rowid;
INSERT INTO "exceptions" VALUES('mon-jardin.example','2026-11-24T12:00:00+00:00');
CREATE TABLE questions (day text primary key, asked integer not null);
CREATE TABLE secrets (name text primary key, value blob not null) without rowid;
INSERT INTO "secrets" VALUES('visits',X'D3F336CADBF2BC64A2CAFF136FD4AA0D487EAA39146B2650A0F4CF788DD9DDF2');
CREATE TABLE visits (key blob primary key, days integer not null, first_day integer not null,
           last_day integer not null) without rowid;
INSERT INTO "visits" VALUES(X'B5A535851F12B952BF72FA063580DF91F23984C023B1B3C2522533BC4D85DFAA',3,739944,739952);
CREATE INDEX visits_by_last_day on visits (last_day);
COMMIT;
pragma user_version = 1;
