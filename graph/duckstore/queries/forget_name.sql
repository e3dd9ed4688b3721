INSERT INTO temp.forget_names
SELECT name, '(^|[^\pL\pN])' || regexp_escape(name) || '($|[^\pL\pN])', telling
FROM (SELECT CAST(? AS VARCHAR) AS name, CAST(? AS BOOLEAN) AS telling)
