/** File names of packages, for all sets of task names and ids. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { fileName, taskFileName } from "../src/fileName.js"

interface Task {
  readonly id: string
  readonly name: Option.Option<string>
}

const task = (id: string, name?: string): Task => ({ id, name: Option.fromNullable(name) })

const namesOf = (jobId: string, tasks: ReadonlyArray<Task>) => tasks.map((it) => taskFileName(jobId, it, tasks))

/** Compares names like the most tolerant file systems. */
const folded = (name: string) => name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC")

const fragments = fc.constantFrom(
  ...[
    "a",
    "A",
    "tile",
    "Tile",
    "é",
    "e\u0301",
    "É",
    "ß",
    "ẞ",
    "ss",
    "SS",
    "σ",
    "ς",
    "Σ",
    "ı",
    "I",
    "i",
    "İ",
    "ﬁ",
    "fi"
  ],
  ...[
    "\u212a",
    "k",
    "Å",
    "\u212b",
    "한",
    "\u1112\u1161\u11ab",
    "वर्गीकरण",
    "ज़",
    "ज\u093c",
    "作物",
    "\u{20000}",
    "🌾",
    "½"
  ],
  ...["\ud800", "\udfff", "\ufffd", "\u200d", "\u200b", "\u3164", "\ufe0f", "\u0338", "\u034f", "\u202e"],
  ...["-", "_", ".", "..", ".zip", ".ZIP", ".zip.part", " ", "~", "%", "%20", "/", "\\", ":", "*", "\u0000", "\n"],
  ...["con", "NUL", "com1", "lpt¹", "x".repeat(190), "क".repeat(90)]
)
const text = fc.oneof(
  { weight: 3, arbitrary: fc.array(fragments, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("")) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 300 })
      .map((units) => String.fromCharCode(...units))
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 }) }
)
const tasks = fc.uniqueArray(fc.record({ id: text, name: fc.option(text).map(Option.fromNullable) }), {
  selector: ({ id }) => id,
  minLength: 1,
  maxLength: 12
})
const runs = { numRuns: 500 }

/** Every file and folder created by a download and its unpacking for a name. */
const madeFor = (name: string) => [
  name,
  ...["", ".part", ".part.json", ".part.lock", ".part.json.lock"].map((it) => `${name}.zip${it}`)
]

describe("the file names of a job's tasks", () => {
  it("differ on file systems that ignore case and normal form, and so do all files created for them", () => {
    fc.assert(
      fc.property(text, tasks, (jobId, tasks) => {
        const made = namesOf(jobId, tasks).flatMap(madeFor).map(folded)
        assert.strictEqual(new Set(made).size, made.length)
      }),
      runs
    )
  })

  it("do not depend on the order of the tasks", () => {
    fc.assert(
      fc.property(text, tasks, (jobId, tasks) => {
        const backwards = [...tasks].reverse()
        assert.deepStrictEqual(namesOf(jobId, tasks), namesOf(jobId, backwards).reverse())
      }),
      runs
    )
  })

  it("are allowed on every file system", () => {
    fc.assert(
      fc.property(text, tasks, (jobId, tasks) => {
        for (const name of namesOf(jobId, tasks)) {
          assert.isAtMost(Buffer.byteLength(name), 200)
          assert.strictEqual(name, name.normalize("NFC"))
          assert.notMatch(name, /[\p{C}\p{Z}<>:"/\\|?*]/u)
          assert.notMatch(name, /^\.|\.$/)
          assert.notMatch(name, /^(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\.|$)/i)
        }
      }),
      runs
    )
  })

  it("are readable in any script, and get a hash only if another task of the job has the same name", () => {
    const hindi = "फसलवर्गीकरणऔरउपजअनुमानमानचित्र"
    assert.deepStrictEqual(
      namesOf("job-1", [
        task("1", `${hindi}एक`),
        task("2", `${hindi}दो`),
        task("3", "Tile"),
        task("4", "tile"),
        task("5", "tile-2"),
        task("6", "é"),
        task("7", "e\u0301"),
        task("8"),
        task("9", "8"),
        task("10", "classify crops"),
        task("11", "\ud800")
      ]).map((name) => name.replace(/~[0-9a-f]{16}$/, "~#")),
      [
        `job-1-${hindi}एक`,
        `job-1-${hindi}दो`,
        "job-1-Tile~#",
        "job-1-tile~#",
        "job-1-tile-2",
        "job-1-é~#",
        "job-1-é~#",
        "job-1-8~#",
        "job-1-8~#",
        "job-1-classify%20crops",
        "job-1-%ED%A0%80"
      ]
    )
  })
})

describe("the file name of a task", () => {
  it("differs for ids that differ only in a lone surrogate", () => {
    const [first, second] = namesOf("job-1", [task("\ud800", "tile"), task("\ud801", "tile")])
    assert.notStrictEqual(first, second)
  })
})

describe("the file name of a job", () => {
  it.each([
    ["con", "%63on"],
    ["COM1.x", "%43OM1.x"],
    ["console", "console"],
    ["a.", "a%2e"],
    [".hidden", "%2ehidden"],
    ["a.zip", "a%2ezip"],
    ["a.zipper", "a.zipper"],
    ["a~b%20", "a%7Eb%2520"],
    ["\udc00", "%ED%B0%80"],
    ["👩‍🌾", "%F0%9F%91%A9%E2%80%8D%F0%9F%8C%BE"]
  ])("is portable: %j is %j", (id, name) => assert.strictEqual(fileName(id), name))

  it("ends in a hash of the whole id if too long", () => {
    const names = ["1", "2"].map((end) => fileName("क".repeat(100) + end))
    assert.notStrictEqual(names[0], names[1])
    for (const name of names) assert.match(name, /^क{61}~[0-9a-f]{16}$/)
  })
})
