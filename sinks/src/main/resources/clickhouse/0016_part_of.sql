-- Which alerts are part of something larger, of which people were told instead: a fleet incident, a maintenance?

ALTER TABLE alert ADD COLUMN IF NOT EXISTS
    part_of String COMMENT 'id of the fleet incident, or maintenance and its name, that it is part of: nobody was notified; empty when it stands for itself'
    AFTER cause;

ALTER TABLE shadow_alert ADD COLUMN IF NOT EXISTS
    part_of String COMMENT 'id of the fleet incident, or maintenance and its name, that it is part of; empty when it stands for itself'
    AFTER cause;

CREATE OR REPLACE VIEW alert_episode AS
SELECT
    id,
    any(rule)                                          AS rule,
    max(severity)                                      AS severity,
    any(cluster)                                       AS cluster,
    any(member)                                        AS member,
    any(started_at)                                    AS started_at,
    minOrNullIf(at, status = 'firing')                 AS fired_at,
    maxOrNullIf(at, status = 'resolved')               AS resolved_at,
    argMax(status, (at, status))                       AS last_status,
    argMax(summary, (at, status))                      AS summary,
    argMaxIf(cause, (at, status), cause != '')         AS cause,
    argMax(part_of, (at, status))                      AS part_of,
    count()                                            AS transitions
FROM alert FINAL
GROUP BY id
COMMENT 'One row per episode of an alert: when it began, fired and resolved, why, as far as known, and what larger thing it is part of';
