/** Tagged structs of ids: their text, and the narrowing of an error to those of one resource. */
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import { ProjectId, WorkflowId } from "../src/index.js"
import { Any, about, tagged } from "../src/internal/tagged.js"

const Order = tagged("Order", { workflowId: WorkflowId, projectId: ProjectId })
class Refused extends Schema.TaggedError<Refused>()("Refused", { target: Any, message: Schema.String }) {}

const target = Order.make({ workflowId: WorkflowId.make("wf"), projectId: ProjectId.make("p") })
const text = "Order(workflowId: wf, projectId: p)"

describe("a tagged struct", () => {
  it("names itself with its ids", () => {
    assert.strictEqual(String(target), text)
  })

  it("keeps its text in an error, also when it or its stored form is plain data", () => {
    assert.strictEqual(String(new Refused({ target, message: "" }).target), text)
    assert.strictEqual(String(new Refused({ target: { ...target }, message: "" }).target), text)
    const json = JSON.stringify(Schema.encodeSync(Refused)(new Refused({ target, message: "" })))
    assert.strictEqual(String(Schema.decodeSync(Schema.parseJson(Refused))(json).target), text)
  })

  it("narrows the error of its resource, and refuses that of another", () => {
    const narrowed = about(Refused, "target", Order)
    const error = Schema.decodeUnknownSync(narrowed)({ _tag: "Refused", target: { ...target }, message: "" })
    expectTypeOf(error.target.workflowId).toEqualTypeOf<WorkflowId>()
    assert.strictEqual(error.target.workflowId, target.workflowId)
    assert.throws(() => Schema.decodeUnknownSync(narrowed)({ _tag: "Refused", target: { _tag: "Job" }, message: "" }))
  })

  it.prop("survives its JSON form", [Arbitrary.make(Refused)], ([error]) => {
    const again = Schema.decodeSync(Schema.parseJson(Refused))(JSON.stringify(Schema.encodeSync(Refused)(error)))
    assert.strictEqual(String(again.target), String(error.target))
  })

  it("has no id with the name of a method", () => {
    const any = Schema.decodeUnknownSync(Any)({ _tag: "Order", toString: "one" })
    assert.strictEqual(String(any), "Order()")
  })

  it("has a JSON Schema", () => {
    assert.containsAllKeys(JSONSchema.make(Refused), ["$defs", "$ref"])
    assert.include(JSON.stringify(JSONSchema.make(Order)), '"workflowId"')
  })
})
