-- output out
SELECT "id", "name", "changed", "__mr_file", "__mr_line"
FROM (
SELECT *, row_number() OVER (PARTITION BY "id"
ORDER BY "changed" DESC NULLS LAST, "__mr_order" DESC) AS "__mr_rank"
FROM (
SELECT *, row_number() OVER () AS "__mr_order"
FROM "test.in"))
WHERE "__mr_rank" = 1
ORDER BY "__mr_order";
