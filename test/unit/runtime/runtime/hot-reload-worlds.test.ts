import { describe, expect, it } from 'vitest'
import { definePlan, type PlanDefinition } from '../../../../src/plan/define.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'

/** A gate outside, and what versions of its plan do with it. */
class Gate {
  at = 'closed'
  /** Every piece of code that ran, as `version:piece`. */
  readonly seen: string[] = []
  readonly held = new Map<string, PromiseWithResolvers<void>>()

  /** Keeps the piece of code from ending until it is let go. */
  hold(piece: string): void {
    this.held.set(piece, Promise.withResolvers())
  }

  letGo(piece: string): void {
    this.held.get(piece)?.resolve()
    this.held.delete(piece)
  }

  /** `open` is the name of the state that this version has for an open gate. */
  version(name: string, open = 'open', stuck = false): PlanDefinition {
    const run = (piece: string, work: () => void = () => {}) => {
      const full = `${name}:${piece}`
      return async () => {
        this.seen.push(full)
        await this.held.get(full)?.promise
        work()
        return name
      }
    }
    return definePlan({
      name: 'gate',
      description: name,
      machine: {
        id: 'gate',
        initial: 'closed',
        states: {
          closed: {
            meta: { check: 'closed' },
            on: { OPEN: { target: open, meta: { task: 'open' } } },
          },
          [open]: {
            meta: { check: 'open' },
            on: { CLOSE: { target: 'closed', meta: { task: 'close' } } },
          },
          ...(stuck && {
            stuck: {
              meta: { check: 'stuck' },
              on: { CLOSE: { target: 'closed', meta: { task: 'close' } } },
            },
          }),
        },
      },
      checks: {
        closed: () => this.at === 'closed',
        open: () => this.at === 'open',
        ...(stuck && { stuck: () => false }),
      },
      tasks: {
        open: run('open', () => {
          this.at = 'open'
        }),
        close: run('close', () => {
          this.at = 'closed'
        }),
        pass: { requires: open, run: run('pass') },
        lock: { requires: 'closed', run: run('lock') },
        look: run('look'),
      },
    } as unknown as Parameters<typeof definePlan>[0]) as PlanDefinition
  }
}

async function start() {
  const gate = new Gate()
  const started = await startRuntime(compilePlan(gate.version('one')))
  const load = async (definition: PlanDefinition) => {
    const [report] = await started.runtime.reload(definition)
    expect(report).toMatchObject({ changed: true, diagnostics: [] })
  }
  return { gate, load, ...started }
}

describe('a world while its plan is loaded again', () => {
  it('is brought to the end of its way with the checks, transitions and code it began with', async () => {
    const { gate, load, runtime } = await start()
    gate.hold('one:open')
    const old = await runtime.submit('gate/pass')
    await allDone()
    await load(gate.version('two'))
    gate.letGo('one:open')
    expect(await old.result()).toBe('one')
    expect(gate.seen).toEqual(['one:open', 'one:pass'])

    expect(await runtime.call('gate/lock')).toBe('two')
    expect(gate.seen.slice(2)).toEqual(['two:close', 'two:lock'])
  })

  it('is shared by work of both versions while their states stand for the same', async () => {
    const { gate, load, runtime } = await start()
    gate.hold('one:pass')
    const old = await runtime.submit('gate/pass')
    await allDone()
    await load(gate.version('two'))
    expect(await runtime.call('gate/pass')).toBe('two')
    gate.letGo('one:pass')
    expect(await old.result()).toBe('one')
    expect(gate.seen).toEqual(['one:open', 'one:pass', 'two:pass'])
  })

  it('is not touched by work of a version with another machine before the older has let go', async () => {
    const { gate, load, runtime } = await start()
    gate.hold('one:pass')
    const old = await runtime.submit('gate/pass')
    await allDone()
    await load(gate.version('two', 'ajar'))
    const waiting = await runtime.submit('gate/pass')
    expect(await runtime.call('gate/look')).toBe('two')
    await allDone()
    expect(gate.seen).toEqual(['one:open', 'one:pass', 'two:look'])
    const { reasons } = await runtime.explain(waiting.id)
    expect(reasons.map(({ code }) => code)).toContain('state')

    gate.letGo('one:pass')
    expect(await old.result()).toBe('one')
    expect(await waiting.result()).toBe('two')
    expect(runtime.plan('gate').belief()?.states).toEqual(['ajar'])
  })

  it('is still believed where it was if the new machine has that state, but not as fresh', async () => {
    const { gate, load, runtime } = await start()
    await runtime.call('gate/pass')
    const before = runtime.plan('gate').actor
    const { at } = runtime.plan('gate').belief() ?? {}
    await load(gate.version('two', 'open', true))
    expect(runtime.plan('gate').belief()).toMatchObject({
      states: ['open'],
      source: 'restored',
      at,
    })
    expect(runtime.plan('gate').actor).not.toBe(before)
    expect(runtime.plan('gate').actor?.getSnapshot().value).toBe('open')

    await load(gate.version('three', 'ajar'))
    expect(runtime.plan('gate').belief()).toBeUndefined()
    gate.at = 'closed'
    expect(await runtime.call('gate/lock')).toBe('three')
  })

  it('is known to the new version as the older one leaves it', async () => {
    const { gate, load, runtime, events } = await start()
    gate.hold('one:open')
    const old = await runtime.submit('gate/pass')
    await allDone()
    await load(gate.version('two'))
    expect(runtime.plan('gate').belief()?.states).toEqual(['closed'])
    gate.letGo('one:open')
    await old.result()
    expect(runtime.plan('gate').belief()).toMatchObject({ states: ['open'], source: 'restored' })
    expect(events.filter(({ name }) => name === 'belief.changed').at(-1)?.data).toMatchObject({
      states: ['open'],
    })
  })

  it('is asked for in the words of the version that runs, by work that was queued before', async () => {
    const { gate, load, runtime, clock } = await start()
    const queued = await runtime.submit('gate/pass', undefined, { delay: '1m' })
    await load(gate.version('two', 'ajar'))
    await clock.advance('1m')
    expect(await queued.result()).toBe('two')
    expect(gate.seen).toEqual(['two:open', 'two:pass'])
  })

  it('may be new to a plan, and may be gone again', async () => {
    const { gate, load, runtime } = await start()
    await runtime.call('gate/pass')
    const bare = definePlan({ name: 'gate', tasks: { look: () => 'bare' } })
    await load(bare)
    expect(() => runtime.plan('gate').belief()).toThrow('has no machine')
    expect(await runtime.call('gate/look')).toBe('bare')
    await load(gate.version('two'))
    expect(await runtime.call('gate/pass')).toBe('two')
  })
})
