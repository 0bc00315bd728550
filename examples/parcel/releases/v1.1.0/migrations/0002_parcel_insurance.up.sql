-- change: expand
-- way back: reversible
ALTER TABLE orders ADD COLUMN insured_cents INTEGER NOT NULL DEFAULT 0;
