-- output out
SELECT "id", "customer", "id_right", "name"
FROM (
SELECT "__mr_left"."id", "__mr_left"."customer", "__mr_right"."id" AS "id_right", "__mr_right"."name" AS "name", "__mr_is_left", "__mr_is_right"
FROM (
SELECT *, true AS "__mr_is_left"
FROM "test.left") AS "__mr_left"
FULL JOIN (
SELECT *, true AS "__mr_is_right"
FROM "test.right") AS "__mr_right" ON ("__mr_left"."customer" = "__mr_right"."id"))
WHERE "__mr_is_left" IS NOT NULL;
