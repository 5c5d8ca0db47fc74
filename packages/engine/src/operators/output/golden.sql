-- output out
SELECT *
FROM "test.in";
