-- Takes away what the last resolution found; decisions stay.
DELETE FROM identity.resolution;
DELETE FROM identity.links;
DELETE FROM identity.records;
DELETE FROM identity.survival;
DELETE FROM identity.numbers;
DELETE FROM identity.spellings;
