// Loaded into a server before its own code: reports its CPU time to the benchmark, in microseconds.
process.on("message", () => {
  const { system, user } = process.cpuUsage()
  process.send(user + system)
})
