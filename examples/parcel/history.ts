import { brokenReleases } from "./broken-releases.ts";

/** The history of the sample application: which commits a release consists of. The files of v1.0.0 are in app/, those of
 * every other release that differ from its parent are in releases/<tag>/. */
export interface Release {
  readonly tag: string;
  readonly parent?: string;
  readonly branch: string;
  /** What the annotated tag says. */
  readonly message: string;
  readonly commits: readonly Commit[];
}

export interface Commit {
  readonly message: string;
  readonly author: Author;
  readonly date: string;
  /** Files, or folders with a slash at their end. */
  readonly writes: readonly string[];
  readonly removes?: readonly string[];
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

const mira: Author = { name: "Mira Okafor", email: "mira@parcel.test" };
const jonas: Author = { name: "Jonas Feld", email: "jonas@parcel.test" };

export const history: readonly Release[] = [
  {
    tag: "v1.0.0",
    branch: "main",
    message: "The first release",
    commits: [
      {
        message: "Keep orders, accounts and the label queue in SQLite",
        author: mira,
        date: "2026-09-07T08:40:00Z",
        writes: [
          ...["package.json", ".gitignore", "migrations/", "database/", "orders/", "accounts/", "labels/", "host/"],
          ...["appointments/", "files/", "invoices/", "payments/"],
        ],
      },
      {
        message: "Serve pages and a JSON API",
        author: jonas,
        date: "2026-09-14T13:05:00Z",
        writes: ["web/", "pages/", "public/", "build.ts"],
      },
      {
        message: "Replace the running release without losing a request",
        author: mira,
        date: "2026-09-21T09:20:00Z",
        writes: ["bin/", "supervisor/", "README.md", "CHANGELOG.md"],
      },
    ],
  },
  {
    tag: "v1.1.0",
    parent: "v1.0.0",
    branch: "main",
    message: "Parcels can be insured",
    commits: [
      {
        message: "Add the column orders.insured_cents",
        author: jonas,
        date: "2026-10-05T07:55:00Z",
        writes: ["migrations/0002_parcel_insurance.up.sql", "migrations/0002_parcel_insurance.down.sql"],
      },
      {
        message: "Let customers insure a parcel",
        author: jonas,
        date: "2026-10-05T14:30:00Z",
        writes: [
          ...["database/schema.ts", "orders/order.ts", "orders/draft.ts"],
          ...["pages/format.ts", "pages/order-form.ts", "pages/order.ts", "pages/orders.ts"],
        ],
      },
      {
        message: "Prepare v1.1.0",
        author: mira,
        date: "2026-10-06T09:00:00Z",
        writes: ["package.json", "CHANGELOG.md"],
      },
    ],
  },
  {
    tag: "v1.2.0",
    parent: "v1.1.0",
    branch: "main",
    message: "One service for all parcels",
    commits: [
      {
        message: "Offer one service only",
        author: mira,
        date: "2026-10-19T10:15:00Z",
        writes: [
          ...["database/schema.ts", "orders/order.ts", "orders/draft.ts"],
          ...["pages/order-form.ts", "pages/order.ts", "pages/orders.ts"],
        ],
        removes: ["orders/services.ts"],
      },
      {
        message: "Drop the column orders.service",
        author: mira,
        date: "2026-10-20T08:10:00Z",
        writes: ["migrations/0003_one_service.up.sql"],
      },
      {
        message: "Prepare v1.2.0",
        author: jonas,
        date: "2026-10-20T15:45:00Z",
        writes: ["package.json", "CHANGELOG.md"],
      },
    ],
  },
  {
    tag: "v1.3.0-broken",
    parent: "v1.1.0",
    branch: "carrier-rates",
    message: "Orders show their postage",
    commits: [
      {
        message: "Keep the carrier's rates fresh while running",
        author: jonas,
        date: "2026-10-26T09:35:00Z",
        writes: ["orders/rates.json", "orders/rates.ts", "web/main.ts"],
      },
      {
        message: "Show postage in the list and the age of the rates in the health",
        author: jonas,
        date: "2026-10-26T16:20:00Z",
        writes: ["pages/orders.ts", "web/routes/api.ts", "web/health.ts"],
      },
      {
        message: "Prepare v1.3.0",
        author: jonas,
        date: "2026-10-27T08:00:00Z",
        writes: ["package.json", "CHANGELOG.md"],
      },
    ],
  },
  {
    tag: "v1.4.0-broken",
    parent: "v1.1.0",
    branch: "addressee",
    message: "Recipients are called addressees",
    commits: [
      {
        message: "Rename orders.recipient to addressee, and run on both",
        author: mira,
        date: "2026-11-02T10:00:00Z",
        writes: [
          ...["migrations/0003_addressee.up.sql", "migrations/0003_addressee.down.sql"],
          ...["database/schema.ts", "orders/order.ts", "orders/orders.ts"],
        ],
      },
      {
        message: "Compare password hashes as they are stored",
        author: jonas,
        date: "2026-11-03T13:25:00Z",
        writes: ["accounts/passwords.ts"],
      },
      {
        message: "Prepare v1.4.0",
        author: mira,
        date: "2026-11-04T09:10:00Z",
        writes: ["package.json", "CHANGELOG.md"],
      },
    ],
  },
  ...brokenReleases,
];
