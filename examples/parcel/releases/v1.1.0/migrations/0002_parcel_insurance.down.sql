ALTER TABLE orders DROP COLUMN insured_cents;
