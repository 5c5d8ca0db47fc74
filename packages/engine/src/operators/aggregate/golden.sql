-- output out
SELECT "city", "orders", "total"
FROM (
SELECT "city", count(*) AS "orders", CAST(sum("amount") AS DECIMAL(38,0)) AS "total", count(*) AS "__mr_size"
FROM "test.in"
GROUP BY "city"
ORDER BY "city");
