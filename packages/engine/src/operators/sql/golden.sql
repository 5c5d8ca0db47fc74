-- output out
WITH "orders" AS (
SELECT *
FROM "test.in"), "input2" AS (
SELECT *
FROM "test.in#2")
SELECT *
FROM (
SELECT o.id, c.name
FROM orders
o JOIN input2 c ON c.id = o.customer
ORDER BY o.id
);

-- tally used
SELECT (
SELECT count(*)
FROM "test.in") + (
SELECT count(*)
FROM "test.in#2");
