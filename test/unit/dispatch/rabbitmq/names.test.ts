import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandQueue, bandQueues } from '../../../../src/dispatch/rabbitmq/bands.ts'
import { toBrokerName } from '../../../../src/dispatch/rabbitmq/names.ts'
import { groupQueue } from '../../../../src/topics/rabbitmq/group.ts'

const LONGEST_AT_BROKER = 255

describe('a name at the broker', () => {
  it('leaves letters, digits, "_" and "-" as they are, and writes the rest byte by byte', () => {
    expect(toBrokerName('Main_queue-1')).toBe('Main_queue-1')
    expect(toBrokerName('a.b/c%')).toBe('a%2Eb%2Fc%25')
    expect(toBrokerName('é')).toBe('%C3%A9')
  })

  it('is short enough, whatever it stands for', () => {
    const prefix = 'p'.repeat(40)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (name) => {
        const made = [...bandQueues(prefix, name), groupQueue(prefix, name)]
        expect(made.every((each) => Buffer.byteLength(each) <= LONGEST_AT_BROKER)).toBe(true)
      }),
    )
  })

  it('differs for different names, also where only the end of a long one differs', () => {
    const long = 'x'.repeat(300)
    expect(toBrokerName(`${long}a`)).not.toBe(toBrokerName(`${long}b`))
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(toBrokerName(one) === toBrokerName(other)).toBe(one === other)
      }),
    )
  })
})

describe('the bands of a queue', () => {
  it('hold one named priority each, and are served in their order', () => {
    const made = [0, 100, 500, 900].map((priority) => bandQueue('setpoint', 'main', priority))
    expect(made).toEqual(bandQueues('setpoint', 'main'))
  })

  it('never turn the order of priorities round', () => {
    const places = Array.from({ length: 1001 }, (_, priority) =>
      bandQueues('p', 'main').indexOf(bandQueue('p', 'main', priority)),
    )
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places).not.toContain(-1)
  })
})
