/** The saved jobs of a world, and the checks of them. */
import type { FixtureSet } from "../../core/Fixture.js"
import { laterThan, type Path, type Problem, reference, repeated, unless } from "../../core/Problem.js"
import { count, elapsed, field, list, name, object, oneOf, optional, type Shaped, time } from "../../core/Shape.js"

const begin = 1_735_689_600_000
const id = "46c469d7-1792-49c6-8c98-7367b0282dc7"

export const event = object(
  {
    kind: field(
      oneOf("delivery", "signal"),
      "Kind of the event. `delivery`: an answer that showed the job was complete. `signal`: the test sent a signal.",
      ["signal"]
    ),
    at: field(elapsed, "Time since the job was created.", [61_000]),
    name: field(optional(name), "Name of a signal. Default: none, for a delivery.", ["start"])
  },
  { title: "an event of a job", description: "An event that a job depends on." }
)

export const asked = object(
  {
    task: field(optional(name), "Id of the task. Default: none, for the package of the job.", [id]),
    at: field(time, "Time of the first request for the package.", [begin + 300_000])
  },
  { title: 'an object of "at", and "task" if it is of one', description: "A requested package." }
)

export const savedJob = object(
  {
    id: field(name, "Id of the job.", [id]),
    workflow: field(name, "Id of its workflow.", ["wf-crop-classification"]),
    story: field(name, "Name of the story that it follows.", ["crop-classification"]),
    createdAt: field(time, "Time of its creation.", [begin]),
    events: field(list(event), "Events of the job, oldest first, if its story depends on any.", [
      [{ kind: "delivery", at: 5_000 }]
    ]),
    asked: field(list(asked), "Packages that were asked for.", [[{ at: begin + 300_000 }]])
  },
  { title: "a job", description: "A job of a saved world." }
)

export const savedWorkflow = object(
  {
    id: field(name, "Id of the workflow.", ["wf-crop-classification"]),
    created: field(count, "Number of jobs that were created; the id of the next one comes from it.", [1]),
    queued: field(list(name), "Names of the stories of its next jobs.", [["water-quality-failed"]])
  },
  { title: "the state of a workflow", description: "The next jobs of a workflow." }
)

export const savedJobs = object(
  {
    jobs: field(list(savedJob), "Jobs, oldest first.", [[]]),
    workflows: field(list(savedWorkflow), "Workflows that have created or queued jobs.", [[]])
  },
  {
    title: "saved jobs",
    description: "The jobs of a saved world, and its next jobs.",
    examples: [{ jobs: [], workflows: [] }]
  }
)

export type SavedJobs = Shaped<typeof savedJobs>

const countProblems = (path: Path, count: number, what: string, most: number): ReadonlyArray<Problem> =>
  unless(count <= most, path, `${count} ${what}`, `at most ${most}: maxJobs allows more`)

/** `maxJobs` includes those of the fixtures. */
export const savedProblems = (
  { jobs, workflows }: SavedJobs,
  fixtures: FixtureSet,
  maxJobs: number,
  now: number
): ReadonlyArray<Problem> => {
  const stories = [...fixtures.jobs.keys()]
  const ids = [...fixtures.workflows.keys()]
  const story = (path: Path, word: string) => reference(path, word, "the name of a story", stories)
  const workflow = (path: Path, word: string) => reference(path, word, "the id of a workflow", ids)
  const queued = workflows.reduce((count, { queued }) => count + queued.length, 0)
  return [
    ...countProblems(["jobs"], jobs.length, "jobs", maxJobs),
    ...countProblems(["workflows"], queued, "queued stories", maxJobs),
    ...jobs.flatMap((job, index) => [
      ...workflow(["jobs", index, "workflow"], job.workflow),
      ...story(["jobs", index, "story"], job.story)
    ]),
    ...repeated(["jobs"], "id", jobs),
    ...workflows.flatMap(({ id, queued }, index) => [
      ...workflow(["workflows", index, "id"], id),
      ...queued.flatMap((word, place) => story(["workflows", index, "queued", place], word))
    ]),
    ...repeated(["workflows"], "id", workflows),
    ...jobs.flatMap(({ asked, createdAt, events }, index) => [
      ...laterThan(now, ["jobs", index, "createdAt"], createdAt),
      ...asked.flatMap(({ at }, place) => laterThan(now, ["jobs", index, "asked", place, "at"], at)),
      ...events.flatMap(({ at }, place) =>
        laterThan(now, ["jobs", index, "events", place, "at"], createdAt + at, `${at} ms after ${createdAt}`)
      )
    ])
  ]
}
