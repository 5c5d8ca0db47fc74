-- output out
SELECT CAST(CASE CAST("source" AS VARCHAR) WHEN '网络推广' THEN 'online' WHEN '展会' THEN 'fair' ELSE CAST("source" AS VARCHAR) END AS VARCHAR) AS "source", "n", "__mr_file", "__mr_line"
FROM "test.in";
