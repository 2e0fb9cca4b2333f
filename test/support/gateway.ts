import { createGateway, type GatewayOptions } from '../../src/gateway/gateway.ts'
import { StoredTokens } from '../../src/gateway/security/stored-tokens.ts'
import type { Log } from '../../src/plan/handler.ts'
import { planOf, startRuntime } from './runtimes.ts'

export interface FieldLog extends Log {
  readonly lines: {
    readonly message: string
    readonly fields: Record<string, unknown> | undefined
  }[]
}

/** A log that keeps everything that it is told. */
export function fieldLog(): FieldLog {
  const lines: FieldLog['lines'][number][] = []
  const keep = (message: string, fields?: Record<string, unknown>) =>
    void lines.push({ message, fields })
  return { lines, debug: keep, info: keep, warn: keep, error: keep }
}

/** A gateway over a runtime with the task `plan/greet`, and tokens of every scope when asked for. */
export async function startGateway(options: GatewayOptions = {}) {
  const made = await startRuntime(planOf({ greet: async () => 'hello' }))
  const log = fieldLog()
  const app = createGateway(made.runtime, { clock: made.clock, log, ...options })
  return { ...made, log, app }
}

export async function startGuarded(options: GatewayOptions = {}) {
  const made = await startRuntime(planOf({ greet: async () => 'hello' }))
  const stored = new StoredTokens(made.store, made.clock)
  const add = (scope: 'read' | 'submit' | 'admin') => stored.add({ name: scope, scope })
  const tokens = { read: await add('read'), submit: await add('submit'), admin: await add('admin') }
  const log = fieldLog()
  const app = createGateway(made.runtime, { clock: made.clock, log, tokens: stored, ...options })
  return { ...made, stored, tokens, log, app }
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}
