import { html } from "./html.ts";

/** Stands alone: while maintenance is on, not even the style sheet is served. */
export function maintenancePage(message: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Back soon · Parcel</title>
        <style>
          body {
            margin: 0;
            min-height: 100vh;
            display: grid;
            place-items: center;
            background: #f7f3ec;
            color: #2a2520;
          }
          main {
            max-width: 30rem;
            padding: 2rem;
            font:
              1.1rem/1.6 Georgia,
              "Times New Roman",
              serif;
            text-align: center;
          }
          h1 {
            font-weight: 500;
            letter-spacing: -0.02em;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>Back soon</h1>
          <p>${message}</p>
          <p>Parcels that are on their way travel on meanwhile.</p>
        </main>
      </body>
    </html>`.text;
}
