"""What the service measures of itself, for Prometheus: one set of numbers per process."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

#: From milliseconds of the intake to the minutes after which count rates can be there.
_ALERT_BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 0.6, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
_WORK_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 900.0)

#: "issued": from when the alert was issued until it was received. "stored", "understood", "geometry", "search", "draft": from when it was
#: received, or from when its work could begin (a search waits for its window), until the stage stood. "told": from the result on.
ALERT_SECONDS = Histogram(
    "transients_alert_seconds", "Time from an alert to each stage of its event.", ["stage"], buckets=_ALERT_BUCKETS
)
ALERTS = Counter("transients_alerts", "Documents taken in, by what they turned out to be.", ["outcome"])
JOB_SECONDS = Histogram("transients_job_seconds", "Time that an attempt of a job took.", ["kind"], buckets=_WORK_BUCKETS)
JOB_ATTEMPTS = Counter("transients_job_attempts", "Attempts of jobs, by how they ended.", ["kind", "outcome"])
LOOP_LAG = Histogram(
    "transients_loop_lag_seconds", "How late the event loop came round.", buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0)
)

# Of the database: every process that tells them tells the same.
JOBS_OPEN = Gauge("transients_jobs_open", "Jobs that are queued or running, by kind.", ["kind", "state"])
JOBS_FAILED = Gauge("transients_jobs_failed", "Jobs given up, by kind.", ["kind"])
JOB_OVERDUE = Gauge("transients_job_overdue_seconds", "How long the job that waits longest has been due.")
LINE_AGE = Gauge("transients_source_age_seconds", "Time since a source of alerts was last heard.", ["source"])
LINE_UP = Gauge("transients_line_up", "1 while the line of a source is connected, as the process that listens says.", ["source"])
GAPS_OPEN = Gauge("transients_gaps_open", "Stretches of lines in which alerts may be missing, not looked into yet.")
QUARANTINE = Gauge("transients_quarantine_documents", "Documents that no handler took, by reason.", ["reason"])
BACKLOG = Gauge("transients_documents_waiting", "Documents stored and not understood yet.")
HOLD = Gauge("transients_hold", "1 while nothing leaves the house.")
CANARY_AGE = Gauge("transients_canary_age_seconds", "Time since the last canary that came through was let fly.")
CANARY_SECONDS = Gauge("transients_canary_seconds", "Time that the last canary took from its receipt to its result.")
CANARY_LATE = Counter("transients_canary_late", "Canaries that did not come through, by everybody told of them.")
DATABASE_UP = Gauge("transients_database_up", "1 while the database answers.")
BUILD = Gauge("transients_build_info", "The version that runs.", ["version"])
