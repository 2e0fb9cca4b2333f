import { type ZodType, z } from 'zod'
import { FatalError, RetryLater, toErrorRecord } from '../../core/errors.ts'
import type { TaskContext } from '../handler.ts'
import { problemsOf } from '../problems.ts'
import { issuesOf } from './constant-input.ts'
import { readOutput } from './output.ts'

/** What a plan knows of an action besides its code. */
export interface ActionFacts {
  /** What it takes: says what is wrong with an input, and leaves it as it is. */
  readonly input: ZodType | undefined
  /** False: begun at most once in a tasklet's life. */
  readonly idempotent: boolean
}

// Shared by all copies of this package: a plan may import another one than the runtime.
const FACTS = Symbol.for('setpoint.action')

/** A handler that checks what it is given and what it gives. */
export type Action<Output = unknown> = (context: TaskContext) => Promise<Output>

/** `Result` is what `run` returns, where no schema says what the output is. */
type OutputOf<Schema extends ZodType, Result> =
  unknown extends z.output<Schema> ? Result : z.output<Schema>

export interface ActionDefinition<In extends ZodType, Out extends ZodType, Result> {
  /** Checked, and defaults filled in, before `run` is called. */
  readonly input?: In | undefined
  readonly output?: Out | undefined
  /**
   * False: it must not happen twice, so it is begun at most once in a tasklet's life. What it gave is
   * kept and given again; when it failed, or may have happened without anybody knowing, it fails for
   * good. True unless given.
   */
  readonly idempotent?: boolean | undefined
  readonly run: (
    context: TaskContext<z.output<In>>,
  ) => (Result & z.input<Out>) | Promise<Result & z.input<Out>>
}

/**
 * A handler with schemas, for steps and tasks: an export of `actions.ts`, or an entry of `actions`.
 * It fails at once on an input that does not fit, and with code `invalid_output` on such an output.
 */
export function defineAction<
  In extends ZodType = ZodType,
  Out extends ZodType = ZodType,
  Result = unknown,
>(definition: ActionDefinition<In, Out, Result>): Action<OutputOf<Out, Result>> {
  const { input, idempotent = true } = definition
  const perform = async (context: TaskContext) => {
    const given = withInput(context, await readInput(input, context.input))
    return idempotent ? run(definition, given) : runOnce(context, () => run(definition, given))
  }
  const facts: ActionFacts = { input: input && asCheck(input), idempotent }
  return Object.defineProperty(perform, FACTS, { value: facts })
}

function asCheck(schema: ZodType): ZodType {
  return z.unknown().superRefine((value, context) => {
    const issues = issuesOf(schema, value)
    const left = issues.length > 0 && value == null ? issuesOf(schema, {}) : issues
    for (const { path, message } of left) {
      context.addIssue({ code: 'custom', path: [...path], message })
    }
  })
}

/** Undefined for a plain function. */
export function factsOf(handler: unknown): ActionFacts | undefined {
  if (typeof handler !== 'function') return undefined
  return (handler as { readonly [FACTS]?: ActionFacts })[FACTS]
}

async function run<In extends ZodType, Out extends ZodType, Result>(
  definition: ActionDefinition<In, Out, Result>,
  context: TaskContext<z.output<In>>,
): Promise<OutputOf<Out, Result>> {
  const output: unknown = await definition.run(context)
  const { output: schema } = definition
  // Without a schema it has the type that `run` gave it.
  return (schema === undefined ? output : await readOutput(schema, output)) as OutputOf<Out, Result>
}

/** Nothing given is as good as an empty map, where the schema wants one. */
async function readInput<In extends ZodType>(
  schema: In | undefined,
  input: unknown,
): Promise<z.output<In>> {
  if (schema === undefined) return input as z.output<In>
  const parsed = await schema.safeParseAsync(input)
  if (parsed.success) return parsed.data
  const second = input == null ? await schema.safeParseAsync({}) : parsed
  if (second.success) return second.data
  throw new FatalError(`input does not fit: ${problemsOf(second.error)}`)
}

/** The same context, whose parts are still made only when they are read. */
function withInput<Input>(context: TaskContext, input: Input): TaskContext<Input> {
  const get = (target: TaskContext, key: string | symbol): unknown =>
    key === 'input' ? input : Reflect.get(target, key, target)
  // A proxy has the type of its target, which differs in the input alone.
  return new Proxy(context, { get }) as TaskContext<Input>
}

// Names that no handler would give to steps of its own.
const OUTPUT = '*action'
const begunName = (time: number) => `${OUTPUT} begun ${time}`
const putOffName = (time: number) => `${OUTPUT} put off ${time}`

/** Its output is kept as a step of the handler; so is, before, that it was begun. */
function runOnce<T>(context: TaskContext, work: () => Promise<T>): Promise<T> {
  return context.step(OUTPUT, async () => {
    const time = await begin(context)
    try {
      return await work()
    } catch (error) {
      if (error instanceof RetryLater) await context.step(putOffName(time), () => true)
      if (error instanceof RetryLater || error instanceof FatalError) throw error
      if (context.signal.aborted) throw error
      const { message } = toErrorRecord('error', error)
      throw new FatalError(`${message} (not tried again: the action is not idempotent)`, {
        cause: error,
      })
    }
  })
}

/** The how manieth time it is begun: another one only after it has put itself off. */
async function begin(context: TaskContext): Promise<number> {
  for (let time = 1; ; time += 1) {
    let isFirst = false
    await context.step(begunName(time), () => {
      isFirst = true
      return true
    })
    if (isFirst) return time
    if (!(await isKept(context, putOffName(time)))) throw new FatalError(MAY_HAVE_HAPPENED)
  }
}

const MAY_HAVE_HAPPENED =
  'the action was begun before, was ended before it could say how it went, and is not idempotent: see whether it has happened, then replay the tasklet or discard it'

/** Work that throws is not kept. */
async function isKept(context: TaskContext, name: string): Promise<boolean> {
  const absent = new Error('it is not kept')
  try {
    await context.step(name, () => Promise.reject(absent))
    return true
  } catch (error) {
    if (error === absent) return false
    throw error
  }
}
