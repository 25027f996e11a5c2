-- With which others was an alert told, and why was nobody told of it?

ALTER TABLE notification ADD COLUMN IF NOT EXISTS
    group_id String COMMENT 'of the group of alerts that it was told with, lower-case hex; empty when nobody was told'
    AFTER key;

ALTER TABLE notification MODIFY COLUMN
    outcome Enum8('delivered' = 1, 'retried' = 2, 'refused' = 3, 'planned' = 4, 'passed_on' = 5, 'silenced' = 6, 'inhibited' = 7)
    COMMENT 'what became of it: passed_on where the fallback has it, planned before it is sent with others; nobody was told where a silence or something larger held it back';

ALTER TABLE notification COMMENT COLUMN key 'the receivers'' deduplication key: of the message; alert id and severity step where it tells of one alert';

ALTER TABLE notification COMMENT COLUMN receiver 'its name in the settings, never an address; nobody when it was held back';

ALTER TABLE notification COMMENT COLUMN attempt '1 for the first; 0 when nothing was sent';

ALTER TABLE notification MODIFY COMMENT
    'What became of one alert transition at one receiver, or why nobody was told: a line of the ledger; key: key, receiver, attempt, attempted_at';
