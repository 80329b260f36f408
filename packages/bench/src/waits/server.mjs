// A server with many running jobs as a separate process, so that the benchmark measures the waits.
import { createServer } from "node:http"

/** The jobs end one after the other, within a sixth of the first job's duration. */
const stateOf = (index, { began, jobs, takes }) => {
  const end = began + takes * (1 + index / jobs / 6)
  const progress = Math.min(100, Math.floor(((Date.now() - began) / (end - began)) * 100))
  const over = progress === 100
  return { id: `job-${index}`, workflow_id: "w", status: over ? "completed" : "running", progress: `${progress}%` }
}

const task = (n) => ({ id: `task-${n}`, name: `step-${n}`, status: "running", block_info: { id: "b", name: "b" } })

let story
let counts
const server = createServer((request, response) => {
  const id = /\/jobs\/job-(\d+)$/.exec(request.url)?.[1]
  response.setHeader("content-type", "application/json")
  if (id === undefined) {
    counts.lists++
    const jobs = Array.from({ length: story.jobs }, (_, index) => stateOf(index, story))
    response.end(JSON.stringify({ jobs }))
  } else {
    counts.gets++
    response.end(JSON.stringify({ ...stateOf(Number(id), story), tasks: [task(1), task(2), task(3)] }))
  }
})
server.listen(0, "127.0.0.1", () => process.send(server.address().port))

process.on("message", (message) => {
  if (message === "count") return process.send(counts)
  story = { ...message, began: Date.now() }
  counts = { lists: 0, gets: 0 }
  process.send("begun")
})
process.on("disconnect", () => process.exit())
