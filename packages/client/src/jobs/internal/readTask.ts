/** Reads tasks from the wire format. */
import * as Option from "effect/Option"
import { TaskId } from "../../Ids.js"
import * as wire from "../../internal/wire.js"
import { BlockInfo, Task } from "../Task.js"

const readBlockInfo = wire.object(({ get }) => {
  const block = new BlockInfo(
    { id: get(wire.text, "id"), name: get(wire.text, "name"), version: get(wire.text, "version") },
    true
  )
  // Go sends an empty struct for a missing block.
  return Option.isSome(block.id) || Option.isSome(block.name) || Option.isSome(block.version)
    ? Option.some(block)
    : Option.none()
})

export const readTask = wire.object(({ all, get, need }) =>
  Option.map(need(wire.id(TaskId), "id"), (id) => {
    const timeTakenText = get(wire.text, "time_taken")
    return new Task(
      {
        id,
        name: get(wire.text, "name"),
        dependsOn: all(wire.texts, "depends_on"),
        status: get(wire.text, "status"),
        stateMsg: get(wire.text, "state_msg"),
        progress: get(wire.progress, "progress"),
        estimatedTimeDuration: get(wire.seconds, "estimated_time_duration"),
        timeTaken: Option.flatMap(timeTakenText, wire.goDuration),
        timeTakenText,
        createdAt: get(wire.time, "created_at"),
        updatedAt: get(wire.time, "updated_at"),
        finishedAt: get(wire.time, "finished_at"),
        recvTime: get(wire.time, "recv_time"),
        sendTime: get(wire.time, "send_time"),
        blockInfStartTime: get(wire.time, "block_inf_start_time"),
        blockInfEndTime: get(wire.time, "block_inf_end_time"),
        blockInfo: get(readBlockInfo, "block_info"),
        inputs: get(wire.json, "inputs"),
        result: get(wire.json, "result"),
        infoLogs: get(wire.json, "info_logs"),
        disclaimer: all(wire.texts, "disclaimer"),
        errMsg: get(wire.text, "err_msg"),
        failureType: get(wire.text, "failure_type")
      },
      true
    )
  })
)
