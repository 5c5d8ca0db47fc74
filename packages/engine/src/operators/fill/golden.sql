-- output out
SELECT coalesce(CASE WHEN trim("city") <> '' THEN "city" END, last_value(CASE WHEN trim("city") <> '' THEN "city" END IGNORE NULLS) OVER (ORDER BY "__mr_order" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS "city", coalesce("score", CAST(avg("score") OVER () AS DOUBLE)) AS "score", "__mr_file", "__mr_line"
FROM (
SELECT *, row_number() OVER () AS "__mr_order"
FROM "test.in")
ORDER BY "__mr_order";
