-- output out
SELECT "id", unnest(CASE WHEN len("items") > 0 THEN "items" ELSE [NULL] END) AS "items", "__mr_file", "__mr_line"
FROM "test.in";

-- tally added
SELECT CAST(coalesce(sum(greatest(len("items") - 1, 0)), 0) AS BIGINT)
FROM "test.in";
