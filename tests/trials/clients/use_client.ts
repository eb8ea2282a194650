// A program that uses the generated TypeScript types. Compiled under strict types, then run.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const address = process.argv[2];
if (address === undefined) throw new Error("usage: use_client ADDRESS");
const client = createClient<paths>({ baseUrl: address });
const series = "usbp.southwest";
const model = "log-random-walk" as const;

const { data, error, response } = await client.GET("/forecast", {
  params: { query: { series: [series], model, horizon: 3 } },
});
if (error) throw new Error(error.detail);
if (typeof data === "string" || !("forecast" in data)) throw new Error("expected one series");
const medians: number[] = data.forecast.map((month) => month.median);
const table = await client.GET("/history.csv", {
  params: { query: { series: [series] } },
  parseAs: "text",
});
const csv: string = table.data ?? "";
const scenario = await client.POST("/scenario", {
  body: { series, model, horizon: 3, events: [{ period: "2026-10", percent: 50 }] },
});
if (scenario.error) throw new Error(scenario.error.detail);
if (typeof scenario.data === "string" || !("difference" in scenario.data)) {
  throw new Error("expected one scenario");
}
const wrong = await client.GET("/history", { params: { query: { series: ["nobody"] } } });
console.log(
  JSON.stringify({
    medians,
    columns: csv.split("\n")[0],
    months: scenario.data.difference.length,
    status: wrong.error?.status,
    etag: response.headers.has("ETag"),
  }),
);
