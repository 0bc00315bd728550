// Runs one query in a process of its own: SQLite does not give way while it works, and a process can be ended.
import { Buffer } from "node:buffer";
import { performance } from "node:perf_hooks";
import { argv, stdout } from "node:process";
import { DatabaseSync } from "node:sqlite";

const { path, sql, parameters } = JSON.parse(argv[2]);
const mostRows = 10_000;

const value = (given) => {
  if (typeof given === "bigint") return Number.isSafeInteger(Number(given)) ? Number(given) : String(given);
  return given instanceof Uint8Array ? Buffer.from(given).toString("hex") : given;
};

const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
const began = performance.now();
const statement = database.prepare(sql);
statement.setReadBigInts(true);
const rows = [];
for (const row of statement.iterate(...parameters)) {
  if (rows.length === mostRows) throw new Error(`the query answers more than ${mostRows} rows`);
  rows.push(Object.fromEntries(Object.entries(row).map(([name, given]) => [name, value(given)])));
}
const milliseconds = performance.now() - began;
stdout.write(JSON.stringify({ rows, milliseconds }));
