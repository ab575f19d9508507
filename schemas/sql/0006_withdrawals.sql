-- Drafts that must not be sent any more: the event was retracted. The draft itself stays as it was. Only additions: a service of
-- the version before runs on beside this one.
CREATE TABLE circular_withdrawal (
    event_key           text NOT NULL,
    assessment_revision integer NOT NULL,
    variant             text NOT NULL,
    why                 text NOT NULL,
    known_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_key, assessment_revision, variant),
    FOREIGN KEY (event_key, assessment_revision, variant) REFERENCES circular
);
