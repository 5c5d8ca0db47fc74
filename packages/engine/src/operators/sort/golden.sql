-- output out
SELECT *
FROM "test.in"
ORDER BY "amount" DESC NULLS LAST, "name" ASC NULLS LAST;
