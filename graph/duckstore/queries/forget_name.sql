INSERT INTO temp.forget_names
SELECT name, '(^|[^\pL\pN])' || regexp_escape(name) || '($|[^\pL\pN])', length(name) >= 6
FROM (SELECT CAST(? AS VARCHAR) AS name)
