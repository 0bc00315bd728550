ALTER TABLE orders RENAME COLUMN addressee TO recipient;
