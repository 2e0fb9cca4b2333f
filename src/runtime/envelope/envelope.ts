import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { SubmitOptions } from '../intake/submission.ts'
import { parseMessage } from './message.ts'
import { submissionSchema } from './submission-schema.ts'
import { taskletFields, taskletSchema } from './tasklet-schema.ts'
import { terms } from './values.ts'

/** Grows when a reader of today could not understand a message; new fields leave it as it is. */
export const ENVELOPE_VERSION = 1

/** The message form of a record. Fields that a newer version has added stand beside the known ones. */
export interface TaskletEnvelope {
  readonly setpoint: typeof ENVELOPE_VERSION
  readonly tasklet: Tasklet
}

/** What a producer sends that only knows the name of a task. */
export interface SubmissionEnvelope {
  readonly setpoint: typeof ENVELOPE_VERSION
  readonly submission: {
    /** `plan/task`. */
    readonly task: string
    readonly input?: unknown
    readonly options?: Omit<SubmitOptions, 'signal'>
  }
}

export type Envelope = TaskletEnvelope | SubmissionEnvelope

const version = z
  .literal(ENVELOPE_VERSION)
  .register(terms, { description: 'Version of the envelope.' })

const taskletEnvelope = z.looseObject({ setpoint: version, tasklet: taskletSchema })
const submissionEnvelope = z.looseObject({ setpoint: version, submission: submissionSchema })

/**
 * The message form of a record, as a value that JSON can write. `from` is the envelope that the
 * record was read from, if it was: what it held beside the record goes along.
 */
export function toEnvelope(tasklet: Tasklet, from?: TaskletEnvelope): TaskletEnvelope {
  return { ...from, setpoint: ENVELOPE_VERSION, tasklet }
}

/**
 * Reads a message: its text, or the value that the text stands for. Nothing of it is lost, unknown
 * fields neither; nothing is shared with the given value. Whether the task exists and takes the
 * input is not looked at.
 * @throws {InputError} that names the place of everything that is wrong.
 */
export function fromEnvelope(message: unknown): Envelope {
  const content = parseMessage(message)
  requireVersion(content)
  const hasTasklet = Object.hasOwn(content, 'tasklet')
  if (hasTasklet === Object.hasOwn(content, 'submission')) {
    throw new InputError('an envelope holds either a "tasklet" or a "submission"')
  }
  validate(hasTasklet ? taskletEnvelope : submissionEnvelope, content)
  // From here on the content has been found to be what the schema says.
  if (hasTasklet) complete(content as { readonly tasklet: Record<string, unknown> })
  else resolveTime(content as { readonly submission: { options?: { runAt?: number | string } } })
  return content as unknown as Envelope
}

/** The published JSON Schema (2020-12) of both forms. */
export function envelopeJsonSchema(): Record<string, unknown> {
  const schema = z.union([taskletEnvelope, submissionEnvelope]).register(terms, {
    description: 'A message of Setpoint: the record of a tasklet, or the submission of one.',
  })
  const json = z.toJSONSchema(schema, { io: 'input', metadata: terms })
  return { title: 'Setpoint envelope', ...json }
}

/** Characters of a value that should have been the version. */
const MOST_SHOWN = 100

/** Of another version, nothing else is worth saying. */
function requireVersion({ setpoint }: { readonly setpoint?: unknown }): void {
  if (setpoint === ENVELOPE_VERSION) return
  const found = setpoint === undefined ? 'missing' : JSON.stringify(setpoint).slice(0, MOST_SHOWN)
  throw new InputError(`setpoint: the version is ${found}, and this reads ${ENVELOPE_VERSION}`)
}

/** A message is longer than a line when much is wrong with it. */
const MOST_ISSUES = 8

function validate(schema: z.ZodType, content: unknown): void {
  const { error } = schema.safeParse(content)
  if (error === undefined) return
  const found = error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => {
    const place = z.core.toDotPath(path)
    return place === '' ? message : `${place}: ${message}`
  })
  const more = error.issues.length - found.length
  throw new InputError(`${found.join('; ')}${more > 0 ? `; and ${more} more` : ''}`)
}

/** What a field is that may be missing: nearly always undefined. */
const WHERE_MISSING: readonly (readonly [field: string, value: unknown])[] = Object.entries(
  taskletFields,
).map(([field, schema]) => [field, schema.safeParse(undefined).data])

/** JSON leaves out what is undefined, and older messages what came later; a record has every field. */
function complete({ tasklet }: { readonly tasklet: Record<string, unknown> }): void {
  for (const [field, value] of WHERE_MISSING) {
    if (!Object.hasOwn(tasklet, field)) tasklet[field] = value
  }
}

function resolveTime(content: {
  readonly submission: { options?: { runAt?: number | string } }
}): void {
  const { options } = content.submission
  if (typeof options?.runAt === 'string') options.runAt = Date.parse(options.runAt)
}
