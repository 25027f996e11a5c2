-- What did every part of every member show meanwhile, with the events where they happened?
--
-- A row per member and window and a row per event, in the order of time: disk, backend, peers, proposals, requests, machine.
-- Quantiles are at most the figure shown.
SELECT *
FROM incident_evidence(cluster = {cluster:String}, from = {from:DateTime64(3, 'UTC')}, to = {to:DateTime64(3, 'UTC')})
ORDER BY at, cluster, event = '', member
