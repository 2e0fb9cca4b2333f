import type { z } from 'zod'
import { optionalMilliseconds } from '../../core/duration.ts'
import { listOf, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import { compileExpression, compileTemplate } from '../expressions/compile.ts'
import type { Template } from '../expressions/expression.ts'
import type { Path } from '../finding.ts'
import { unknownTask } from '../finding.ts'
import type { Handler, RetryPolicy } from '../handler.ts'
import { isDuration } from '../schema/values.ts'
import { factsOf } from '../tasks/action.ts'
import { checkConstantInput } from '../tasks/constant-input.ts'
import { notAgain, RetrySchema, toRetry } from '../tasks/retry.ts'
import { checkFunction } from '../world/check-names.ts'
import type { Kind } from './kinds.ts'
import type { StepAction } from './program.ts'
import type { Sight, Surroundings } from './scope.ts'
import { namesFor } from './scope.ts'
import type { Work } from './tree.ts'

type Written = Readonly<Record<string, unknown>>

/** A step that does something itself, with its names resolved. */
export function readAction(
  written: Written,
  kind: Exclude<Kind, 'parallel' | 'steps'>,
  at: Path,
  surroundings: Surroundings,
  sight: Sight,
): Work {
  const value = written[kind]
  const action = actionOf(written, kind, [...at, kind], surroundings, sight)
  const input = inputOf(written, value, at, surroundings, sight)
  const retry = retryOf(written, surroundings)
  if (action.kind === 'run') checkFacts(action, { written, at, input, retry }, surroundings)
  return {
    kind: 'action',
    action,
    input,
    retry,
    timeout: milliseconds(written['timeout']),
    once: written['once'] === true,
  }
}

function actionOf(
  written: Written,
  kind: Exclude<Kind, 'parallel' | 'steps'>,
  path: Path,
  surroundings: Surroundings,
  sight: Sight,
): StepAction {
  const value = written[kind]
  switch (kind) {
    case 'run':
      return runAction(String(value), path, surroundings)
    case 'task':
      checkTaskName(value, path, written['with'], surroundings)
      return { kind, task: String(value) }
    case 'emit':
      return { kind, event: String(typeof value === 'string' ? value : ownValue(value, 'event')) }
    case 'waitFor':
      return waitAction(value, path, surroundings, sight)
    case 'sleep':
      return { kind, for: template(value, path, surroundings, sight) ?? NOTHING }
  }
}

interface Use {
  readonly written: Written
  readonly at: Path
  readonly input: Template | undefined
  readonly retry: RetryPolicy
}

/** Whether the step goes with what its action says of itself. */
function checkFacts(
  { name, handler }: Extract<StepAction, { kind: 'run' }>,
  { written, at, input, retry }: Use,
  { findings }: Surroundings,
): void {
  const facts = factsOf(handler)
  if (facts === undefined) return
  if (!facts.idempotent && retry.attempts > 1) findings.push(notAgain(name, [...at, 'retry']))
  if (input !== undefined && !input.isConstant) return
  const constant = { rule: 'invalid-with', path: [...at, 'with'], owner: [...at, 'run'] }
  const given = { value: written['with'], taker: 'the action', giver: 'this step' }
  findings.push(...checkConstantInput({ ...constant, ...given }, facts.input))
}

function runAction(name: string, path: Path, { handlers, modules, findings }: Surroundings) {
  findings.push(...checkFunction('handler', name, path, handlers))
  const handler = handlers?.get(name) as Handler
  return { kind: 'run', name, handler, module: modules(name) } as const
}

function checkTaskName(
  name: unknown,
  path: Path,
  input: unknown,
  surroundings: Surroundings,
): void {
  if (typeof name !== 'string') return
  const { tasks, unread, findings, subTasks } = surroundings
  if (tasks.has(name)) subTasks.push({ name, path, input })
  if (tasks.has(name) || unread.has(name)) return
  findings.push(unknownTask(path, name, tasks.keys()))
}

function waitAction(
  value: unknown,
  path: Path,
  surroundings: Surroundings,
  sight: Sight,
): StepAction {
  const short = typeof value === 'string'
  const where = ownValue(value, 'where')
  const names = namesFor(surroundings, sight)
  const compiled =
    typeof where === 'string' ? compileExpression(where, [...path, 'where'], names) : undefined
  surroundings.findings.push(...(compiled?.findings ?? []))
  return {
    kind: 'waitFor',
    event: String(short ? value : ownValue(value, 'event')),
    where: compiled?.expression,
    timeout: milliseconds(ownValue(value, 'timeout')),
  }
}

function inputOf(
  written: Written,
  value: unknown,
  at: Path,
  surroundings: Surroundings,
  sight: Sight,
): Template | undefined {
  const data = ownValue(value, 'data')
  if (data === undefined) return template(written['with'], [...at, 'with'], surroundings, sight)
  if (written['with'] !== undefined) {
    const message = `the event's data stands either under ${quote('data')} or under ${quote('with')}`
    surroundings.findings.push({ rule: 'step-fields', path: [...at, 'with'], at: 'key', message })
  }
  return template(data, [...at, 'emit', 'data'], surroundings, sight)
}

const NOTHING: Template = { isConstant: true, variables: new Set(), evaluate: () => undefined }

function template(
  value: unknown,
  path: Path,
  surroundings: Surroundings,
  sight: Sight,
): Template | undefined {
  if (value === undefined) return undefined
  const compiled = compileTemplate(value, path, namesFor(surroundings, sight))
  surroundings.findings.push(...compiled.findings)
  return compiled.template
}

/** That of the step, or of the task it runs. */
function retryOf(written: Written, { tasks }: Surroundings): RetryPolicy {
  const own = written['retry']
  const task = written['task']
  const inherited = typeof task === 'string' ? ownValue(tasks.get(task), 'retry') : undefined
  const { data }: { data?: z.output<typeof RetrySchema> | undefined } = RetrySchema.safeParse(
    own ?? inherited,
  )
  return toRetry(data)
}

function milliseconds(value: unknown): number | undefined {
  const [duration] = listOf(value)
  if (typeof duration !== 'number' && typeof duration !== 'string') return undefined
  return isDuration(duration) ? optionalMilliseconds(duration) : undefined
}
