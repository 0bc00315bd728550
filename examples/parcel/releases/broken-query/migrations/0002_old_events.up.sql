-- change: contract
-- way back: restore
DELETE FROM order_events WHERE at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-14 days');
