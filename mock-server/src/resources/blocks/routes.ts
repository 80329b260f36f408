/** Routes that list and get the blocks of the fixtures, in either documented form. */
import type { FastifyRequest } from "fastify"
import { contentOf } from "../../core/Shape.js"
import type { World } from "../../core/World.js"
import { named } from "../../http/answers.js"
import { filtered, is, listed } from "../../http/lists.js"
import { optionalWord, pathId } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import { type BlockFixture, modes } from "./fixture.js"
import type { operations } from "./index.js"

/** Returns all versions of all blocks, by name and age. */
const blocksOf = ({ fixtures }: Pick<World, "fixtures">): ReadonlyArray<BlockFixture> =>
  [...(fixtures.blocks?.values() ?? [])].sort((a, b) =>
    a.name === b.name ? a.version.localeCompare(b.version, "en", { numeric: true }) : a.name < b.name ? -1 : 1
  )

const versionsOf = (name: string, world: Pick<World, "fixtures">): ReadonlyArray<BlockFixture> | undefined => {
  const versions = blocksOf(world).filter((block) => block.name === name)
  return versions.length === 0 ? undefined : versions
}

/** Finds a version of a block. */
export const blockOf = (world: Pick<World, "fixtures">, name: string, version: string): BlockFixture | undefined =>
  versionsOf(name, world)?.find((block) => block.version === version)

const encode =
  ({ quirks }: World) =>
  (fixture: BlockFixture) => {
    const { block_status, created_at, modes: _, price, supported_collections_id, ...block } = contentOf(fixture)
    const isGuided = quirks.blocks === "guide"
    return {
      id: block.id,
      block_status,
      spec: {
        kind: "block",
        ...block,
        catalog_content_url: `https://catalog.example.com/${block.name}/${block.version}`,
        supported_collections_id: isGuided ? supported_collections_id.join(",") : supported_collections_id,
        ...(isGuided && { price, info: [{ label: "Price", value: `${price} tokens per km²` }] })
      },
      created_at,
      err: ""
    }
  }

const answer = (request: FastifyRequest, blocks: ReadonlyArray<BlockFixture>) =>
  listed(request, "blocks", blocks, encode(worldOf(request)))

/** Returns the blocks of a mode of the guide, by filters of the guide; absent for another name. */
const guided = (request: FastifyRequest): ReadonlyArray<BlockFixture> | undefined => {
  const world = worldOf(request)
  const mode = modes.find((it) => pathId(request, "name") === `${it}s`)
  if (mode === undefined || world.quirks.blocks !== "guide") return undefined
  const all = blocksOf(world).filter((block) => block.modes.includes(mode))
  return filtered(request, all, { name: is(({ name }) => name), version: is(({ version }) => version) })
}

export const handlers: Handlers<typeof operations> = {
  listBlocks: (request) => {
    const mode = optionalWord(request, "mode", modes)
    const all = blocksOf(worldOf(request))
    return answer(request, mode === undefined ? all : all.filter((block) => block.modes.some((it) => it === mode)))
  },
  getBlockVersions: (request) => answer(request, guided(request) ?? named(request, "name", "block", versionsOf)),
  getBlockByVersion: (request) => {
    const versions = named(request, "name", "block", versionsOf)
    const find = (version: string) => versions.find((block) => block.version === version)
    return encode(worldOf(request))(named(request, "version", "version of the block", find))
  }
}
