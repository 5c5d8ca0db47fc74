-- output out
SELECT *
FROM "test.in"
WHERE (coalesce("state" = 'active', false)) AND coalesce((amount > 10
), false);
