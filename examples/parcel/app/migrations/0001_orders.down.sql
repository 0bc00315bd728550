DROP TABLE payments;
DROP TABLE appointments;
DROP TABLE jobs;
DROP TABLE order_events;
DROP TABLE orders;
DROP TABLE users;
