-- output out
SELECT *
FROM "test.in" LIMIT 2 OFFSET 1;
