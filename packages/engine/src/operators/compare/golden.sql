-- output added
SELECT b."id", b."name"
FROM (
SELECT *
FROM "test.new" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS b
WHERE NOT EXISTS (
SELECT 1
FROM (
SELECT *
FROM "test.old" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS a
WHERE (a."id" IS NOT DISTINCT
FROM b."id"));

-- output changed
SELECT b."id", b."name", concat_ws(', ', CASE WHEN a."name" IS DISTINCT
FROM b."name" THEN 'name' END) AS changed_columns
FROM (
SELECT *
FROM "test.new" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS
b JOIN (
SELECT *
FROM "test.old" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS a ON (a."id" IS NOT DISTINCT
FROM b."id")
WHERE concat_ws(', ', CASE WHEN a."name" IS DISTINCT
FROM b."name" THEN 'name' END) <> '';

-- output removed
SELECT a."id", a."name"
FROM (
SELECT *
FROM "test.old" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS a
WHERE NOT EXISTS (
SELECT 1
FROM (
SELECT *
FROM "test.new" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS b
WHERE (a."id" IS NOT DISTINCT
FROM b."id"));

-- output same
SELECT b."id", b."name"
FROM (
SELECT *
FROM "test.new" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS
b JOIN (
SELECT *
FROM "test.old" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS a ON (a."id" IS NOT DISTINCT
FROM b."id")
WHERE concat_ws(', ', CASE WHEN a."name" IS DISTINCT
FROM b."name" THEN 'name' END) = '';

-- tally matched
SELECT count(*)
FROM (
SELECT *
FROM "test.new" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS
b JOIN (
SELECT *
FROM "test.old" QUALIFY row_number() OVER (PARTITION BY "id") = 1) AS a ON (a."id" IS NOT DISTINCT
FROM b."id");

-- tally repeated
SELECT (
SELECT count(*)
FROM "test.old") - (
SELECT count(*)
FROM (
SELECT DISTINCT "id"
FROM "test.old")) + (
SELECT count(*)
FROM "test.new") - (
SELECT count(*)
FROM (
SELECT DISTINCT "id"
FROM "test.new"));
