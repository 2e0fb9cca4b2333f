import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { executionMachine } from '../../../machines/execution.ts'
import { preparationMachine } from '../../../machines/preparation.ts'
import { queueMachine } from '../../../machines/queue.ts'
import { scheduleMachine } from '../../../machines/schedule.ts'
import { schedulerMachine } from '../../../machines/scheduler.ts'
import { taskletMachine } from '../../../machines/tasklet.ts'

const MACHINES = [
  taskletMachine,
  queueMachine,
  executionMachine,
  preparationMachine,
  schedulerMachine,
  scheduleMachine,
].map(({ id, config }) => [id, config as Config] as const)

interface Config {
  readonly description?: string
  readonly entry?: unknown
  readonly exit?: unknown
  readonly on?: object
  readonly after?: object
  readonly always?: object
  readonly invoke?: { readonly src: unknown; readonly onDone?: object; readonly onError?: object }
  readonly states?: Readonly<Record<string, Config>>
}

interface Transition {
  readonly target?: unknown
  readonly actions?: unknown
  readonly guard?: unknown
}

type Part = readonly [path: string, config: Config]

function partsOf(config: Config, path = ''): Part[] {
  const children = Object.entries(config.states ?? {})
  return [
    [path, config],
    ...children.flatMap(([key, child]) => partsOf(child, path === '' ? key : `${path}.${key}`)),
  ]
}

function transitionsOf({ on = {}, after = {}, always = [], invoke }: Config): Transition[] {
  const written = [...Object.values(on), ...Object.values(after), always]
  return [...written, invoke?.onDone ?? [], invoke?.onError ?? []].flat()
}

function effectsOf(config: Config): unknown[] {
  const inTransitions = transitionsOf(config).map(({ actions }) => actions)
  return [config.entry, config.exit, ...inTransitions].flat().filter((one) => one !== undefined)
}

function isNamed(part: unknown): boolean {
  return typeof part === 'string' || typeof (part as { type?: unknown }).type === 'string'
}

describe.each(MACHINES)('the machine %s', (_, config) => {
  const parts = partsOf(config)

  it('describes every state in a sentence', () => {
    const silent = parts.filter(([path, { description = '' }]) => {
      return path !== '' && !/^[A-Z].{8,}\.$/.test(description)
    })
    expect(silent.map(([path]) => path)).toEqual([])
  })

  it('writes every transition as an object', () => {
    const transitions = parts.flatMap(([, part]) => transitionsOf(part))
    expect(transitions).not.toEqual([])
    for (const transition of transitions) {
      expect(transition).toBeTypeOf('object')
      expect(['string', 'undefined']).toContain(typeof transition.target)
    }
  })

  it('names its effects, guards, delays and actors instead of writing them out', () => {
    for (const [, part] of parts) {
      expect(effectsOf(part).filter((effect) => !isNamed(effect))).toEqual([])
      expect(part.invoke === undefined || isNamed(part.invoke.src)).toBe(true)
      expect(Object.keys(part.after ?? {}).filter((delay) => /^\d/.test(delay))).toEqual([])
      const guards = transitionsOf(part).flatMap(({ guard }) => guard ?? [])
      expect(guards.filter((guard) => !isNamed(guard))).toEqual([])
    }
  })

  it('names states in lower camel case and events with a dot', () => {
    for (const [path, { on = {} }] of parts) {
      for (const key of path.split('.')) expect(key).toMatch(/^([a-z][a-zA-Z]*)?$/)
      for (const event of Object.keys(on)) expect(event).toMatch(/^[a-z]+(\.[a-z*]+)+$/)
    }
  })
})

it('would notice a transition that is written as text', () => {
  const { config } = createMachine({ initial: 'a', states: { a: { on: { 'x.y': 'a' } } } })
  const transitions = partsOf(config as Config).flatMap(([, part]) => transitionsOf(part))
  expect(transitions).toEqual(['a'])
})
