import { DispatchError, InputError, SetpointError, StoreError } from '../core/errors.ts'
import { ConnectionError, ProblemError } from '../gateway/client/problem-error.ts'
import { PlanError } from '../plan/diagnostic.ts'
import { type Io, writeJson, writeLine } from './io.ts'
import { printable, styleFor } from './style.ts'

/** Exit codes, as `setpoint --help` lists them. */
export const EXIT = {
  done: 0,
  /** The task failed, or the answer is no. */
  failed: 1,
  /** Bad usage or bad input, a plan that cannot be used included. */
  badInput: 2,
  /** The database, the server or a broker cannot be reached. */
  unreachable: 3,
} as const

/** There is no database, or no server, where one was looked for. */
export class UnreachableError extends SetpointError {
  constructor(message: string, options?: ErrorOptions) {
    super('unreachable', message, options)
  }
}

/** Says what went wrong, on stderr and with `json` on stdout too; returns the exit code. */
export function reportFailure(error: unknown, io: Io, json: boolean): number {
  const known = findKnown(error)
  if (json) writeJson(io.stdout, { error: toData(known ?? error) })
  const style = styleFor(io.stderr, io.env)
  const label = style.red('error:')
  if (known === undefined) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    writeLine(io.stderr, `${label} ${printable(stack)}`)
    return EXIT.failed
  }
  writeLine(io.stderr, `${label} ${printable(known.message)}`)
  const hint = hintFor(known)
  if (hint !== undefined) writeLine(io.stderr, style.dim(hint))
  return exitCodeFor(known)
}

/** The error itself or the nearest of its causes that says what to do. */
function findKnown(error: unknown): SetpointError | undefined {
  if (error instanceof SetpointError || !(error instanceof Error)) {
    return error instanceof SetpointError ? error : undefined
  }
  return findKnown(error.cause)
}

function toData(error: unknown) {
  if (!(error instanceof SetpointError)) return { code: 'internal', message: String(error) }
  const { code, message } = error
  return error instanceof PlanError
    ? { code, message, diagnostics: error.diagnostics }
    : { code, message }
}

function hintFor(error: SetpointError): string | undefined {
  if (error instanceof ConnectionError) {
    return 'is it running? "setpoint serve" starts one; --url names another, --db a database instead'
  }
  if (error instanceof ProblemError && error.status === 401) {
    return 'give the token in SETPOINT_TOKEN; "setpoint token add" makes one, where the database is'
  }
  const isMissing =
    error instanceof PlanError &&
    error.diagnostics.some(({ rule }) => rule === 'no-folder' || rule === 'no-plan')
  return isMissing ? 'name a plan folder, or a folder of plans, with --plans DIR' : undefined
}

const NOT_NOW: readonly number[] = [500, 429]

/** As the same refusal would end with a database. */
function exitCodeForStatus({ status, code }: ProblemError): number {
  if (REFUSALS.has(code) || NOT_NOW.includes(status)) return EXIT.failed
  return status < 500 ? EXIT.badInput : EXIT.unreachable
}

/** The database was reached, and what it holds is what speaks against it. */
const REFUSALS: ReadonlySet<string> = new Set(['store_conflict', 'store_illegal_move'])

function exitCodeFor(error: SetpointError): number {
  if (error instanceof ProblemError) return exitCodeForStatus(error)
  if (error instanceof ConnectionError) return EXIT.unreachable
  if (error instanceof PlanError || error instanceof InputError) return EXIT.badInput
  if (error instanceof StoreError && REFUSALS.has(error.code)) return EXIT.failed
  if (error instanceof StoreError || error instanceof DispatchError) return EXIT.unreachable
  if (error instanceof UnreachableError) return EXIT.unreachable
  return EXIT.failed
}
