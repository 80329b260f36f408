// Loaded into a server before its own code: tells the benchmark how much of the processor it has used, in microseconds.
process.on("message", () => {
  const { system, user } = process.cpuUsage()
  process.send(user + system)
})
