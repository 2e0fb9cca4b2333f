import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createActor, transition } from 'xstate'
import { type QueueEventType, queueMachine } from '../../../machines/queue.ts'

const EVENTS = queueMachine.events as QueueEventType[]

type Name =
  | 'open.idle'
  | 'open.claiming'
  | 'open.claimingAgain'
  | 'open.backingOff'
  | 'full'
  | 'paused.quiet'
  | 'paused.claiming'
  | 'draining'

const OPEN = { 'queue.pause': 'paused.quiet', 'queue.drain': 'draining' } as const
const CLAIMING = { 'queue.pause': 'paused.claiming', 'queue.drain': 'draining' } as const
const CLAIM = ['claim']

type Row = Partial<Record<QueueEventType, Name | readonly [Name, readonly string[]]>>

/** Where each event leads, and with which effects; what is not listed changes nothing. */
const TABLE: Record<Name, Row> = {
  'open.idle': {
    ...OPEN,
    'work.available': ['open.claiming', CLAIM],
    'room.freed': ['open.claiming', CLAIM],
  },
  'open.claiming': {
    ...CLAIMING,
    'work.available': 'open.claimingAgain',
    'room.freed': 'open.claimingAgain',
    'claim.exhausted': 'open.idle',
    'claim.more': ['open.claiming', CLAIM],
    'claim.full': 'full',
    'claim.failed': ['open.backingOff', ['scheduleRetry']],
  },
  'open.claimingAgain': {
    ...CLAIMING,
    'claim.exhausted': ['open.claiming', CLAIM],
    'claim.more': ['open.claiming', CLAIM],
    'claim.full': ['open.claiming', CLAIM],
    'claim.failed': ['open.backingOff', ['scheduleRetry']],
  },
  'open.backingOff': { ...OPEN, 'claim.retry': ['open.claiming', CLAIM] },
  full: { ...OPEN, 'room.freed': ['open.claiming', CLAIM] },
  'paused.quiet': { 'queue.drain': 'draining', 'queue.resume': ['open.claiming', CLAIM] },
  'paused.claiming': {
    'queue.drain': 'draining',
    'queue.resume': 'open.claimingAgain',
    'claim.exhausted': 'paused.quiet',
    'claim.more': 'paused.quiet',
    'claim.full': 'paused.quiet',
    'claim.failed': 'paused.quiet',
  },
  draining: {},
}

function toValue(name: Name) {
  const [outer, inner] = name.split('.') as [string, string | undefined]
  return (inner === undefined ? outer : { [outer]: inner }) as Parameters<
    typeof queueMachine.resolveState
  >[0]['value']
}

function step(from: Name, type: QueueEventType) {
  const snapshot = queueMachine.resolveState({ value: toValue(from), context: { name: 'main' } })
  const [next, actions] = transition(queueMachine, snapshot, { type })
  return { to: next.value, effects: actions.map(({ type }) => type) }
}

/** A queue beside the claims that are really under way. */
function startQueue() {
  const underWay = { now: 0, most: 0 }
  const claim = () => {
    underWay.now += 1
    underWay.most = Math.max(underWay.most, underWay.now)
  }
  const logic = queueMachine.provide({ actions: { claim } })
  const actor = createActor(logic, { input: { name: 'main' } })
  actor.start()
  return {
    actor,
    underWay,
    /** An answer comes only to a claim that was made. */
    send(type: QueueEventType) {
      const isAnswer = type.startsWith('claim.') && type !== 'claim.retry'
      if (isAnswer && underWay.now === 0) return
      if (isAnswer) underWay.now -= 1
      actor.send({ type })
    },
  }
}

describe('the queue machine', () => {
  it.each(Object.keys(TABLE) as Name[])('answers every event in %s as the table says', (from) => {
    for (const type of EVENTS) {
      const expected = TABLE[from][type] ?? from
      const [to, effects] = typeof expected === 'string' ? [expected, []] : expected
      expect({ type, ...step(from, type) }).toEqual({ type, to: toValue(to), effects })
    }
  })

  it('asks for work as soon as it starts', () => {
    const { actor, underWay } = startQueue()
    expect(actor.getSnapshot().value).toEqual({ open: 'claiming' })
    expect(underWay.now).toBe(1)
  })

  it('never stays idle while work came during its last claim', () => {
    const noise = fc.constantFrom<QueueEventType>('work.available', 'room.freed')
    fc.assert(
      fc.property(fc.array(noise, { minLength: 1 }), (noise) => {
        const { actor, underWay, send } = startQueue()
        for (const type of noise) send(type)
        send('claim.exhausted')
        expect(underWay.now).toBe(1)
        send('claim.exhausted')
        expect(actor.getSnapshot().value).toEqual({ open: 'idle' })
      }),
    )
  })

  it('never has two claims under way, whatever happens while it is not paused', () => {
    const events = fc.constantFrom(...EVENTS.filter((type) => type !== 'queue.pause'))
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (events) => {
        const { underWay, send } = startQueue()
        for (const type of events) send(type)
        expect(underWay.most).toBe(1)
      }),
    )
  })

  it('never has two claims under way, also when it is paused and resumed', () => {
    const events = fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 })
    fc.assert(
      fc.property(events, (events) => {
        const { underWay, send } = startQueue()
        for (const type of events) send(type)
        expect(underWay.most).toBe(1)
      }),
    )
  })

  it('hands out nothing once it drains', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        const { actor, underWay, send } = startQueue()
        send('queue.drain')
        for (const type of events) send(type)
        expect(actor.getSnapshot().value).toBe('draining')
        expect(underWay.now).toBeLessThanOrEqual(1)
      }),
    )
  })
})
