-- The attributes that stand beside each other in some record.
SELECT DISTINCT array_to_string(list_sort(json_keys(nullif(attributes, ''))), chr(31)) FROM events.customers
