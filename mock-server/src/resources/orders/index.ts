/** The report of orders: CSV, whose columns are not documented. Orders themselves are not served. */
import { timeZone } from "../../http/parameters.js"
import { type Handlers, operationsOf, type Resource } from "../Resource.js"

const operations = operationsOf(
  { query: [], needs: "view" },
  { DownloadOrderReport: { method: "GET", route: "/v0/reports", query: ["tz"], role: "read", subject: "report" } }
)

/** Made up. */
const reported = [
  { id: "order-2024-0017", createdAt: "2024-06-01T22:30:00Z", type: "TASKING", area: 120, tokens: 240 },
  { id: "order-2024-0018", createdAt: "2024-06-03T09:12:44Z", type: "ARCHIVE", area: 48, tokens: 36 }
]

const handlers: Handlers<typeof operations> = {
  DownloadOrderReport: (request, reply) => {
    // Swedish writes times as 2024-06-03 09:12:44
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: timeZone(request, "tz"),
      dateStyle: "short",
      timeStyle: "medium"
    })
    const lines = reported.map(({ area, createdAt, id, tokens, type }) =>
      [id, format.format(Date.parse(createdAt)), type, area, tokens].join(",")
    )
    return reply
      .type("text/csv; charset=utf-8")
      .send(`${["order_id,created_at,type,area_km2,tokens", ...lines].join("\n")}\n`)
  }
}

export const orders = { operations, handlers } as const satisfies Resource
