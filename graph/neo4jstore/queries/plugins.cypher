// Which of the functions are there that tell a plugin's version.
SHOW FUNCTIONS YIELD name
WHERE name IN ['gds.version', 'apoc.version']
RETURN name ORDER BY name
