-- output large
SELECT *
FROM "test.in"
WHERE ((coalesce("amount" >= CAST('100' AS BIGINT), false)));

-- output any
SELECT *
FROM "test.in"
WHERE (NOT ((coalesce("amount" >= CAST('100' AS BIGINT), false)))) AND ((true) AND (coalesce((amount > 0
), false)));

-- output otherwise
SELECT *
FROM "test.in"
WHERE NOT (((coalesce("amount" >= CAST('100' AS BIGINT), false))) OR ((true) AND (coalesce((amount > 0
), false))));

-- tally copied
SELECT CAST(0 AS BIGINT);
