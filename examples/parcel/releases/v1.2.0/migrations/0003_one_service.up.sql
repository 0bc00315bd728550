-- change: contract
-- way back: restore
ALTER TABLE orders DROP COLUMN service;
