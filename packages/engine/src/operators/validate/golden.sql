-- output out
SELECT "id", "email", "phone", "age", "__mr_file", "__mr_line"
FROM (
SELECT *, ("id" IS NOT NULL AND row_number() OVER (PARTITION BY "id"
ORDER BY "__mr_order") > 1) AS "__mr_repeated_0"
FROM (
SELECT *, row_number() OVER () AS "__mr_order"
FROM "test.in"))
WHERE (NOT coalesce(("id" IS NULL OR trim(CAST("id" AS VARCHAR)) = ''), false)) AND (NOT "__mr_repeated_0") AND (NOT coalesce(NOT regexp_full_match(CAST("email" AS VARCHAR), '[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+'), false)) AND (NOT coalesce(NOT regexp_full_match(CAST("phone" AS VARCHAR), '(?:(?:\+?86[ -]?)?1[3-9][0-9]{9}|(?:\+?86[ -]?)?(?:0[0-9]{2,3}[ -]?)[0-9]{7,8}(?:-[0-9]{1,6})?|\+[1-9](?:[ ().-]?[0-9]){6,14})'), false)) AND (NOT coalesce(NOT ("age" >= CAST('18' AS BIGINT)) AND ("age" <= CAST('99' AS BIGINT)), false))
ORDER BY "__mr_order";

-- rejects
SELECT * EXCLUDE ("__mr_order", "__mr_repeated_0")
FROM (
SELECT *, list_filter([CASE WHEN coalesce(("id" IS NULL OR trim(CAST("id" AS VARCHAR)) = ''), false) THEN {'column': 'id', 'value': CAST(CAST("id" AS VARCHAR) AS VARCHAR), 'rule': 'required', 'reason': 'the value is missing'} END, CASE WHEN "__mr_repeated_0" THEN {'column': 'id', 'value': CAST(CAST("id" AS VARCHAR) AS VARCHAR), 'rule': 'unique', 'reason': '“' || left(CAST("id" AS VARCHAR), 200) || '” stands in an earlier row'} END, CASE WHEN coalesce(NOT regexp_full_match(CAST("email" AS VARCHAR), '[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+'), false) THEN {'column': 'email', 'value': CAST(CAST("email" AS VARCHAR) AS VARCHAR), 'rule': 'email', 'reason': '“' || left(CAST("email" AS VARCHAR), 200) || '” is not an e-mail address'} END, CASE WHEN coalesce(NOT regexp_full_match(CAST("phone" AS VARCHAR), '(?:(?:\+?86[ -]?)?1[3-9][0-9]{9}|(?:\+?86[ -]?)?(?:0[0-9]{2,3}[ -]?)[0-9]{7,8}(?:-[0-9]{1,6})?|\+[1-9](?:[ ().-]?[0-9]){6,14})'), false) THEN {'column': 'phone', 'value': CAST(CAST("phone" AS VARCHAR) AS VARCHAR), 'rule': 'phone', 'reason': '“' || left(CAST("phone" AS VARCHAR), 200) || '” is not a phone number'} END, CASE WHEN coalesce(NOT ("age" >= CAST('18' AS BIGINT)) AND ("age" <= CAST('99' AS BIGINT)), false) THEN {'column': 'age', 'value': CAST(CAST("age" AS VARCHAR) AS VARCHAR), 'rule': 'range', 'reason': '“' || left(CAST("age" AS VARCHAR), 200) || '” is not between 18 and 99'} END], lambda fault: fault IS NOT NULL) AS "__mr_faults"
FROM (
SELECT *, ("id" IS NOT NULL AND row_number() OVER (PARTITION BY "id"
ORDER BY "__mr_order") > 1) AS "__mr_repeated_0"
FROM (
SELECT *, row_number() OVER () AS "__mr_order"
FROM "test.in"))
WHERE NOT ((NOT coalesce(("id" IS NULL OR trim(CAST("id" AS VARCHAR)) = ''), false)) AND (NOT "__mr_repeated_0") AND (NOT coalesce(NOT regexp_full_match(CAST("email" AS VARCHAR), '[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+'), false)) AND (NOT coalesce(NOT regexp_full_match(CAST("phone" AS VARCHAR), '(?:(?:\+?86[ -]?)?1[3-9][0-9]{9}|(?:\+?86[ -]?)?(?:0[0-9]{2,3}[ -]?)[0-9]{7,8}(?:-[0-9]{1,6})?|\+[1-9](?:[ ().-]?[0-9]){6,14})'), false)) AND (NOT coalesce(NOT ("age" >= CAST('18' AS BIGINT)) AND ("age" <= CAST('99' AS BIGINT)), false))))
ORDER BY "__mr_order";
