-- output out
SELECT "city", "__mr_pair".n AS "month", "__mr_pair".v AS "amount", "__mr_file", "__mr_line"
FROM (
SELECT *, unnest([{'n': 'jan', 'v': CAST("jan" AS BIGINT)}, {'n': 'feb', 'v': CAST("feb" AS BIGINT)}]) AS "__mr_pair"
FROM "test.in");

-- tally added
SELECT count(*) * 1
FROM "test.in";
