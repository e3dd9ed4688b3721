-- Where a foreign source waits for sync_customers, sync_products and sync_ties.
CREATE OR REPLACE TEMP TABLE new_customers (id VARCHAR, attributes VARCHAR, n UINTEGER);
CREATE OR REPLACE TEMP TABLE new_products (
    id VARCHAR, name VARCHAR, category VARCHAR, price DOUBLE, available_from TIMESTAMP, available_to TIMESTAMP
);
CREATE OR REPLACE TEMP TABLE new_ties (
    kind VARCHAR, from_id VARCHAR, to_id VARCHAR, weight DOUBLE, count BIGINT, messages BIGINT, seconds BIGINT,
    quantity DOUBLE, amount DOUBLE, first_at TIMESTAMP, last_at TIMESTAMP
);
