-- Where the nodes of a foreign source wait for sync_nodes.
CREATE OR REPLACE TEMP TABLE new_customers (id VARCHAR, attributes VARCHAR);
CREATE OR REPLACE TEMP TABLE new_products (
    id VARCHAR, name VARCHAR, category VARCHAR, price DOUBLE, available_from TIMESTAMP, available_to TIMESTAMP
);
