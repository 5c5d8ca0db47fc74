-- output out
SELECT "name", "dept", "__mr_taken_0" AS "department", "__mr_file", "__mr_line"
FROM (
SELECT "__mr_left".*, coalesce("__mr_hits", 0) AS "__mr_hits", "__mr_taken_0"
FROM (
SELECT *, row_number() OVER () AS "__mr_place"
FROM "test.in") AS "__mr_left"
LEFT JOIN (
SELECT "code" AS "__mr_key_0", count(*) AS "__mr_hits", arg_min(struct_pack(v := "title"), "__mr_rank").v AS "__mr_taken_0"
FROM (
SELECT *, row_number() OVER (PARTITION BY "code"
ORDER BY "__mr_order") AS "__mr_rank"
FROM (
SELECT *, row_number() OVER () AS "__mr_order"
FROM "test.table"))
GROUP BY "code") AS "__mr_found" ON ("__mr_left"."dept" = "__mr_found"."__mr_key_0"))
WHERE (NOT "__mr_hits" = 0) AND (NOT "__mr_hits" > 1)
ORDER BY "__mr_place";

-- rejects
SELECT * EXCLUDE ("__mr_place", "__mr_hits", "__mr_taken_0")
FROM (
SELECT *, list_filter([CASE WHEN "__mr_hits" = 0 THEN {'column': 'dept', 'value': CAST(concat_ws(', ', "dept") AS VARCHAR), 'rule': 'lookup', 'reason': '“' || concat_ws(', ', "dept") || '” is not in the table'} END, CASE WHEN "__mr_hits" > 1 THEN {'column': 'dept', 'value': CAST(concat_ws(', ', "dept") AS VARCHAR), 'rule': 'lookup', 'reason': '“' || concat_ws(', ', "dept") || '” is in the table ' || "__mr_hits" || ' times'} END], lambda fault: fault IS NOT NULL) AS "__mr_faults"
FROM (
SELECT "__mr_left".*, coalesce("__mr_hits", 0) AS "__mr_hits", "__mr_taken_0"
FROM (
SELECT *, row_number() OVER () AS "__mr_place"
FROM "test.in") AS "__mr_left"
LEFT JOIN (
SELECT "code" AS "__mr_key_0", count(*) AS "__mr_hits", arg_min(struct_pack(v := "title"), "__mr_rank").v AS "__mr_taken_0"
FROM (
SELECT *, row_number() OVER (PARTITION BY "code"
ORDER BY "__mr_order") AS "__mr_rank"
FROM (
SELECT *, row_number() OVER () AS "__mr_order"
FROM "test.table"))
GROUP BY "code") AS "__mr_found" ON ("__mr_left"."dept" = "__mr_found"."__mr_key_0"))
WHERE NOT ((NOT "__mr_hits" = 0) AND (NOT "__mr_hits" > 1)))
ORDER BY "__mr_place";
