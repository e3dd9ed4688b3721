-- Lists the ids of which rows went before what later imports have said.
CREATE TEMP TABLE folded AS SELECT DISTINCT id FROM staged WHERE problem = 'aside';

INSERT INTO covering VALUES ({{.Import}}, {{.Place}}, {{.Covers}}, true)
