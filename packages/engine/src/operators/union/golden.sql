-- output out
SELECT "id", "name"
FROM "test.in"
UNION ALL BY NAME
SELECT "name", "city"
FROM "test.in#2";
