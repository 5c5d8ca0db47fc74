-- output out
SELECT "city", "active", "closed"
FROM (
SELECT "city", count(*) FILTER (CAST("state" AS VARCHAR) = 'active') AS "active", count(*) FILTER (CAST("state" AS VARCHAR) = 'closed') AS "closed", count(*) AS "__mr_size"
FROM "test.in"
GROUP BY "city"
ORDER BY "city");
