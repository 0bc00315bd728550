/** The Prometheus text format, as applications write it and as it must not trip us. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readMetrics, total } from "../../../actions/watch/prometheus-text.ts";

const page = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="503",} 3
http_requests_total { method = "get" , code = "200" } 1e3

msdos_file{path="C:\\\\DIR\\\\",error="Cannot \\"find\\"\\nit, } # {"} 1.5
plain 12.47
infinite +Inf
broken{x=1} 3
alone
histogram_bucket{le="0.1"} 8 # {trace_id="KOO5S4vxi0o"} 0.067
# EOF
`;

test("samples with their labels, whatever stands around them", () => {
  const of = (name: string) => readMetrics(page).filter((sample) => sample.name === name);
  expect(of("http_requests_total").map(({ labels, value }) => [labels, value])).toEqual([
    [{ method: "post", code: "200" }, 1027],
    [{ method: "post", code: "503" }, 3],
    [{ method: "get", code: "200" }, 1000],
  ]);
  expect(of("plain")).toEqual([{ name: "plain", labels: {}, value: 12.47 }]);
  expect(of("histogram_bucket").map(({ value }) => value)).toEqual([8]);
  expect(["infinite", "broken", "alone"].flatMap(of)).toEqual([]);
});

test("quotes, backslashes and new lines in a label", () => {
  const [sample] = readMetrics('a{path="C:\\\\DIR\\\\",error="Cannot \\"find\\"\\nit, } # {"} 1\n');
  expect(sample?.labels).toEqual({ path: "C:\\DIR\\", error: 'Cannot "find"\nit, } # {' });
});

test.each([
  [{ metric: "http_requests_total", labels: {} }, 2030],
  [{ metric: "http_requests_total", labels: { code: "5.." } }, 3],
  [{ metric: "http_requests_total", labels: { code: "200|503", method: "post" } }, 1030],
  [{ metric: "http_requests_total", labels: { code: "50" } }, undefined],
  [{ metric: "http_requests_total", labels: { host: "" } }, 2030],
  [{ metric: "http_requests", labels: {} }, undefined],
])("%j is %s", (selector, sum) => {
  expect(total(readMetrics(page), selector)).toBe(sum);
});

test("any text is read without a crash, in time", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => Array.isArray(readMetrics(text))));
  const hostile = `a{${'b="c",'.repeat(50_000)}\n${"{".repeat(100_000)}\n${'x{y="'.repeat(20_000)}`;
  expect(readMetrics(hostile)).toEqual([]);
});
