-- change: contract
-- way back: reversible
ALTER TABLE orders RENAME COLUMN recipient TO addressee;
