-- change: contract
-- way back: restore
ALTER TABLE appointments DROP COLUMN note;
