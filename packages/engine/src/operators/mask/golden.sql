-- output out
SELECT "name", CASE WHEN length(CAST("phone" AS VARCHAR)) <= 7 THEN repeat('*', length(CAST("phone" AS VARCHAR))) ELSE left(CAST("phone" AS VARCHAR), 3) || repeat('*', length(CAST("phone" AS VARCHAR)) - 7) || right(CAST("phone" AS VARCHAR), 4) END AS "phone", sha256('s' || CAST("id" AS VARCHAR)) AS "id", "__mr_file", "__mr_line"
FROM "test.in";
