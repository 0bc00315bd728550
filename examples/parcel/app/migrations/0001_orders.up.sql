-- change: expand
-- way back: reversible
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('customer', 'staff', 'admin', 'sales', 'support')),
  password TEXT NOT NULL
);

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  customer_id INTEGER REFERENCES users (id),
  recipient TEXT NOT NULL,
  street TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  weight_grams INTEGER NOT NULL,
  service TEXT NOT NULL DEFAULT 'standard' CHECK (service IN ('standard', 'express', 'overnight')),
  status TEXT NOT NULL DEFAULT 'created' CHECK (status IN ('created', 'labelled', 'in transit', 'delivered')),
  label TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE order_events (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id),
  at TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX order_events_order ON order_events (order_id);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  order_id INTEGER REFERENCES orders (id),
  subject TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  run_after TEXT NOT NULL,
  done_at TEXT,
  done_by TEXT,
  error TEXT
);
CREATE INDEX jobs_waiting ON jobs (id) WHERE done_at IS NULL;

CREATE TABLE appointments (
  id INTEGER PRIMARY KEY,
  day TEXT NOT NULL,
  slot TEXT NOT NULL CHECK (slot IN ('morning', 'afternoon', 'evening')),
  place TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  booked_by TEXT NOT NULL
);

CREATE TABLE payments (
  id INTEGER PRIMARY KEY,
  payment TEXT NOT NULL UNIQUE,
  reference TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  received_at TEXT NOT NULL
);
CREATE INDEX payments_reference ON payments (reference);

-- Demo accounts: the password of each is its name and "-demo", as in admin-demo.
INSERT INTO users (email, name, role, password) VALUES
  ('admin@parcel.test', 'Ines Duarte', 'admin',
    'scrypt$16384$8$1$cGFyY2VsLWRlbW8tYWRtaW4uLi4$9LqbOHnyXZaMRnMZVKyjsXraN_zsrmtOzTlvGOuGG58'),
  ('staff@parcel.test', 'Tomas Lindqvist', 'staff',
    'scrypt$16384$8$1$cGFyY2VsLWRlbW8tc3RhZmYuLi4$jt_ZNEDCmGFekX2TlJMZjKrmfPengOM9CC1ly0p3MV8'),
  ('customer@parcel.test', 'Clara Benedek', 'customer',
    'scrypt$16384$8$1$cGFyY2VsLWRlbW8tY3VzdG9tZXI$BpLDSVQPNc59LRnwupScV8a2bCsD7lzfNH8e7YYjbI4'),
  ('sales@parcel.test', 'Matteo Villa', 'sales',
    'scrypt$16384$8$1$cGFyY2VsLWRlbW8tc2FsZXMuLi4$C4Kan_jGe6GmSmdj8v3P28l3XluEoHLjqSXh18u2cO4'),
  ('support@parcel.test', 'Aino Laine', 'support',
    'scrypt$16384$8$1$cGFyY2VsLWRlbW8tc3VwcG9ydC4$srYFxo_jZ4_EKpCzF-rJf1jtYnCpTS3Tx-OjFTcbFPw');

-- The ages in hours make the demo orders recent whenever the database is made.
WITH demo (customer, recipient, street, postal_code, city, country, weight_grams, service, status, label, age) AS (VALUES
  (3, 'Mette Sørensen', 'Vesterbrogade 41', '1620', 'København', 'DK', 850, 'standard', 'delivered', 'PX000000014EU', 410),
  (NULL, 'Jan Kowalski', 'ul. Długa 12/4', '31-147', 'Kraków', 'PL', 2400, 'standard', 'delivered', 'PX000000028EU', 396),
  (3, 'Elena Rossi', 'Via Garibaldi 8', '10122', 'Torino', 'IT', 430, 'standard', 'delivered', 'PX000000031EU', 371),
  (3, 'Lukas Brandt', 'Kastanienallee 77', '10435', 'Berlin', 'DE', 12800, 'express', 'delivered', 'PX000000045EU', 355),
  (NULL, 'Sophie Lambert', '12 rue des Martyrs', '75009', 'Paris', 'FR', 1200, 'overnight', 'delivered', 'PX000000059EU', 340),
  (3, 'Pieter de Vries', 'Oudegracht 210', '3511 NR', 'Utrecht', 'NL', 640, 'standard', 'delivered', 'PX000000062EU', 318),
  (3, 'Ana Ferreira', 'Rua das Flores 55', '4050-265', 'Porto', 'PT', 5300, 'standard', 'delivered', 'PX000000076EU', 301),
  (NULL, 'Marta Nováková', 'Vinohradská 30', '120 00', 'Praha', 'CZ', 320, 'standard', 'delivered', 'PX000000080EU', 290),
  (3, 'Oskar Nyström', 'Hornsgatan 18', '118 20', 'Stockholm', 'SE', 1750, 'express', 'delivered', 'PX000000093EU', 262),
  (3, 'Lucía Romero', 'Calle Mayor 3', '28013', 'Madrid', 'ES', 980, 'overnight', 'delivered', 'PX000000102EU', 245),
  (NULL, 'Hanna Gruber', 'Mariahilfer Straße 101', '1060', 'Wien', 'AT', 7600, 'standard', 'delivered', 'PX000000116EU', 221),
  (3, 'Thomas Claes', 'Korte Gasthuisstraat 9', '2000', 'Antwerpen', 'BE', 2100, 'standard', 'delivered', 'PX000000120EU', 204),
  (3, 'Giulia Conti', 'Corso Italia 22', '20122', 'Milano', 'IT', 560, 'standard', 'in transit', 'PX000000133EU', 190),
  (NULL, 'Felix Wagner', 'Lange Reihe 64', '20099', 'Hamburg', 'DE', 18900, 'express', 'in transit', 'PX000000147EU', 171),
  (3, 'Camille Moreau', '5 quai Saint-Antoine', '69002', 'Lyon', 'FR', 1450, 'overnight', 'in transit', 'PX000000155EU', 160),
  (3, 'Ewa Zielińska', 'ul. Świdnicka 7', '50-066', 'Wrocław', 'PL', 390, 'standard', 'in transit', 'PX000000164EU', 142),
  (NULL, 'Rasmus Holm', 'Åboulevarden 33', '8000', 'Aarhus', 'DK', 3300, 'standard', 'in transit', 'PX000000178EU', 121),
  (3, 'Nuria Vidal', 'Carrer de Girona 88', '08009', 'Barcelona', 'ES', 700, 'standard', 'in transit', 'PX000000181EU', 110),
  (3, 'Johanna Berg', 'Avenyn 14', '411 36', 'Göteborg', 'SE', 4100, 'express', 'in transit', 'PX000000195EU', 92),
  (NULL, 'Sander Visser', 'Witte de Withstraat 52', '3012 BR', 'Rotterdam', 'NL', 260, 'overnight', 'in transit', 'PX000000204EU', 76),
  (3, 'Katharina Huber', 'Getreidegasse 21', '5020', 'Salzburg', 'AT', 1600, 'standard', 'in transit', 'PX000000218EU', 61),
  (3, 'Jakub Dvořák', 'Masarykova 5', '602 00', 'Brno', 'CZ', 8800, 'standard', 'in transit', 'PX000000221EU', 46),
  (NULL, 'Inês Carvalho', 'Avenida da Liberdade 110', '1250-146', 'Lisboa', 'PT', 510, 'standard', 'labelled', 'PX000000235EU', 29),
  (3, 'Noor Peeters', 'Veldstraat 27', '9000', 'Gent', 'BE', 1900, 'express', 'labelled', 'PX000000249EU', 17),
  (3, 'Marlene Vogt', 'Schwabentorring 3', '79098', 'Freiburg', 'DE', 1100, 'overnight', 'labelled', 'PX000000252EU', 5)
)
INSERT INTO orders (number, customer_id, recipient, street, postal_code, city, country, weight_grams, service, status, label, created_by, created_at)
SELECT 'PX-' || (24000 + row_number() OVER (ORDER BY age DESC)), customer, recipient, street, postal_code, city, country,
  weight_grams, service, status, label, iif(customer IS NULL, 'staff@parcel.test', 'customer@parcel.test'),
  strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || age || ' hours')
FROM demo;

INSERT INTO order_events (order_id, at, text)
SELECT id, created_at, 'Order received' FROM orders
UNION ALL
SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+4 seconds'), 'Label ' || label || ' printed' FROM orders
UNION ALL
SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+7 hours'), 'Picked up' FROM orders WHERE status IN ('in transit', 'delivered')
UNION ALL
SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+52 hours'), 'Handed over to ' || recipient FROM orders WHERE status = 'delivered';
