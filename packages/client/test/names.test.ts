/** Names of errors and schemas in an application that also has others: no tag and no component of OpenAPI collides. */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiError from "@effect/platform/HttpApiError"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@effect-pixxel/client"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/** The identifier of a class, or of a union. */
const identifierOf = (schema: Schema.Schema.All) =>
  AST.isTransformation(schema.ast)
    ? AST.getIdentifierAnnotation(schema.ast.to)
    : AST.getIdentifierAnnotation(schema.ast)

/** The schemas of a module that have an identifier; those of Effect's refinements are not ours. */
const schemasIn = (module: object) =>
  Object.entries(module).flatMap(([name, value]) => {
    if (!Schema.isSchema(value) || AST.isRefinement(value.ast)) return []
    return Option.match(identifierOf(value), {
      onNone: () => [],
      onSome: (identifier) => [{ name, identifier, schema: value }]
    })
  })

const schemas = [...schemasIn(Client), ...schemasIn(Client.RunAll)]

const httpErrors = [
  Client.PixxelBadRequest,
  Client.PixxelUnauthorized,
  Client.PixxelForbidden,
  Client.PixxelNotFound,
  Client.PixxelConflict,
  Client.PixxelRateLimited,
  Client.PixxelServerError,
  Client.PixxelUnexpectedStatus,
  Client.PixxelTransportError,
  Client.PixxelRequestTimeout,
  Client.PixxelDecodeError
]

describe("the tag of an error of HTTP", () => {
  it("is no tag of @effect/platform, so that catchTag in a server catches one of both", () => {
    const tags: ReadonlyArray<string> = httpErrors.map(({ _tag }) => _tag)
    assert.lengthOf(new Set(tags), httpErrors.length)
    assert.isAbove(Object.keys(HttpApiError).length, 10)
    for (const name of Object.keys(HttpApiError)) assert.notInclude(tags, name)
    for (const tag of tags) assert.match(tag, /^Pixxel/)
  })
})

describe("the identifier of a schema", () => {
  it("is unique", () => {
    assert.isAbove(schemas.length, 25)
    const owners = new Map(schemas.map(({ identifier, schema }) => [identifier, schema.ast]))
    for (const { identifier, schema } of schemas) assert.strictEqual(owners.get(identifier), schema.ast, identifier)
  })

  it.each(schemas)("is the valid name of an OpenAPI component: $name", ({ identifier }) => {
    assert.match(identifier, /^Pixxel[a-zA-Z0-9._-]*$/)
  })

  it("is a valid component in the OpenAPI description of a server that declares errors and models", () => {
    const endpoint = HttpApiEndpoint.get("job", "/job")
      .addSuccess(Client.Job)
      .addError(Client.PixxelNotFound)
      .addError(Client.HttpError)
    const { components } = OpenApi.fromApi(HttpApi.make("app").add(HttpApiGroup.make("jobs").add(endpoint)))
    const names = Object.keys(components.schemas)
    for (const name of names) assert.match(name, /^[a-zA-Z0-9._-]+$/)
    // Of the encoded form, with the models inside.
    assert.includeMembers(names, ["PixxelJob", "PixxelTask", "PixxelBlockInfo", "PixxelValError"])
  })

  it.each(schemas)("is valid too if a server declares its status: $name", ({ schema }) => {
    const endpoint = HttpApiEndpoint.get("it", "/it").addError(schema, { status: 502 })
    const { components } = OpenApi.fromApi(HttpApi.make("app").add(HttpApiGroup.make("all").add(endpoint)))
    for (const name of Object.keys(components.schemas)) assert.match(name, /^[a-zA-Z0-9._-]+$/)
  })
})
