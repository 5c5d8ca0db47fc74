-- output out
SELECT ("name"
) AS "姓名", (net * 1.13
) AS "gross", "__mr_file", "__mr_line"
FROM "test.in";
