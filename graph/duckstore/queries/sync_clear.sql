DELETE FROM graph.call_ties;
DELETE FROM graph.product_ties
