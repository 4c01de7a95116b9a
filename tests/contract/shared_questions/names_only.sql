SELECT count(*) AS n FROM authored WHERE person IS NULL
