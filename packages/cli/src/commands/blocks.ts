/** `pixxel blocks`: find blocks, the analyses of which workflows and insights are made. */
import * as Options from "@effect/cli/Options"
import type { DataType } from "@effect-pixxel/client"
import type { Block } from "@effect-pixxel/client/blocks/Block"
import { BlocksApi } from "@effect-pixxel/client/blocks/BlocksApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { part } from "../render/results.js"
import type { Style } from "../render/style.js"
import { type Column, fields, sections } from "../render/table.js"
import { time, tokens } from "../render/words.js"
import { group, listed, shown, using } from "./calling.js"
import { positional } from "./command.js"
import { block as blockOption, flag, maybe, text } from "./options.js"

const calling = using(BlocksApi, BlocksApi.layer)

const titleOf = ({ spec }: Block) => Option.flatMap(spec, ({ title }) => title)
const priceOf = ({ spec }: Block) => tokens(Option.flatMap(spec, ({ price }) => price))

const columns: ReadonlyArray<Column<Block>> = [
  { head: "NAME", of: (block) => block.name },
  { head: "VERSION", of: (block) => block.version },
  { head: "TITLE", cuts: true, of: titleOf },
  {
    head: "INPUTS",
    cuts: true,
    of: (block) => block.inputs.map(({ name }) => Option.getOrElse(name, () => "-")).join(", ")
  },
  { head: "STATUS", minor: true, of: (block) => block.status }
]

const pricedColumns: ReadonlyArray<Column<Block>> = [...columns, { head: "PRICE", of: priceOf }]

/** A default in a template, as its wire format has it. */
const defaultOf = (data: DataType) =>
  Option.map<unknown, string>(data.default, (it) => (typeof it === "object" ? JSON.stringify(it) : String(it)))

const dataColumns = (head: string): ReadonlyArray<Column<DataType>> => [
  { head, of: (data) => data.name },
  { head: "FORMAT", of: (data) => data.format },
  { head: "DEFAULT", cuts: true, of: defaultOf },
  { head: "DESCRIPTION", cuts: true, of: (data) => data.description }
]

const details = (block: Block, style: Style): string =>
  sections(
    fields(
      [
        ["block", block.name],
        ["version", block.version],
        ["title", titleOf(block)],
        ["description", Option.flatMap(block.spec, ({ description }) => description)],
        ["status", block.status],
        ["error", block.err],
        ["price", priceOf(block)],
        ["created", time(block.createdAt)]
      ],
      style
    ),
    part(dataColumns("INPUT"), block.inputs, style),
    part(dataColumns("OUTPUT"), block.outputs, style)
  )

const list = calling(
  "blocks list --mode insight",
  "List all blocks.",
  {
    mode: maybe(
      Options.choice("mode", ["insight", "workflow"]).pipe(Options.withDescription("Only blocks that run so."))
    ),
    guide: flag("guide", "Ask in the form of the guide, which has prices; for insights without --mode.")
  },
  ({ guide, mode }, api) =>
    Effect.map(
      api.list(guide ? { form: "guide", mode: mode ?? "insight" } : { mode }),
      listed("blocks", guide ? pricedColumns : columns)
    )
)

const versions = calling(
  "blocks versions --name cropclassification",
  "List the versions of a block.",
  { name: positional(text("name", "NAME", "The name of the block.")) },
  (options, api) => Effect.map(api.versions(options), listed("blocks", columns))
)

const get = calling(
  "blocks get --block cropclassification@1.0.0",
  "Show a version of a block, with its inputs and outputs.",
  { block: positional(blockOption) },
  ({ block }, api) => Effect.map(api.get(block), shown(details))
)

export const blocks = group("blocks", "Find blocks, and show their inputs.", [list, versions, get])
