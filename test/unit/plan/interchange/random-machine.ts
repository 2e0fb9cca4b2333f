import fc from 'fast-check'

// Machines as they are drawn: every part of an XState config that can describe a world.

const Key = fc.stringMatching(/^[a-zA-Z][\w -]{0,8}$/).map((key) => key.trim())
const Keys = fc.uniqueArray(Key, { minLength: 1, maxLength: 4 })
const Description = fc.string({ maxLength: 20 })
const Guard = fc.oneof(
  fc.constant('isWarm'),
  fc.constant({ type: 'isAbove', params: { degrees: -3.5, names: ['a', null, true] } }),
)

interface Drawn {
  readonly [key: string]: unknown
}

/** What happens by itself: nobody can send it, so no task moves the world along it. */
function driftTo(targets: readonly string[]): fc.Arbitrary<unknown> {
  const target = fc.constantFrom(...targets)
  const drift = fc.record(
    { target, guard: Guard, description: Description },
    { requiredKeys: ['target'] },
  )
  return fc.oneof(target, drift, fc.array(drift, { minLength: 1, maxLength: 2 }))
}

function edgesTo(targets: readonly string[]): fc.Arbitrary<unknown> {
  const target = fc.constantFrom(...targets)
  return fc.oneof(
    driftTo(targets),
    fc.record(
      {
        target,
        actions: fc.oneof(fc.constant('note'), fc.constant(['note', { type: 'count' }])),
        meta: fc.record(
          {
            task: fc.constantFrom('heat', 'cool'),
            cost: fc.double({ min: 0, max: 1e6, noNaN: true }).map((cost) => cost + 0),
            with: fc.jsonValue({ maxDepth: 2 }),
            timeout: fc.constantFrom('30s', 500),
            verify: fc.constant({ tries: 2, delay: '1s' }),
          },
          { requiredKeys: ['task'] },
        ),
      },
      { requiredKeys: ['target'] },
    ),
  )
}

/** What any state may have; `siblings` are what its edges lead to. */
function behaviour(siblings: readonly string[]): fc.Arbitrary<Drawn> {
  const edges = edgesTo(siblings)
  return fc.record(
    {
      description: Description,
      tags: fc.constantFrom('safe', ['a', 'b']),
      meta: fc.record(
        { check: fc.constant('look'), priority: fc.integer(), serial: fc.boolean() },
        { requiredKeys: ['check'] },
      ),
      on: fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_.]{0,6}[A-Z]$/), edges, { maxKeys: 3 }),
      after: fc.dictionary(fc.constantFrom('30s', '1000', '2h'), driftTo(siblings), { maxKeys: 2 }),
      always: fc.record({ target: fc.constantFrom(...siblings), guard: fc.constant('isWarm') }),
      entry: fc.constantFrom('note', ['note', 'count']),
      exit: fc.constant({ type: 'note' }),
    },
    { requiredKeys: ['meta'] },
  ) as fc.Arbitrary<Drawn>
}

function stateIn(siblings: readonly string[], depth: number): fc.Arbitrary<Drawn> {
  const leaf = behaviour(siblings)
  const final = fc.constant({ type: 'final', meta: { check: 'look' } })
  const remembered = fc.constant({ type: 'history', history: 'deep' })
  if (depth === 0) return fc.oneof({ weight: 6, arbitrary: leaf }, final, remembered)
  const nested = fc
    .tuple(leaf, statesAt(depth - 1), fc.boolean())
    .map(([own, { states, initial }, parallel]) =>
      parallel ? { ...own, type: 'parallel', states } : { ...own, initial, states },
    )
  return fc.oneof({ weight: 6, arbitrary: leaf }, { weight: 3, arbitrary: nested }, final)
}

function statesAt(depth: number) {
  return Keys.chain((keys) => {
    const plain = fc.tuple(...keys.map(() => stateIn(keys, depth)))
    // A way back is nothing to begin with, and nothing to lead to.
    return fc.tuple(plain, behaviour(keys)).map(([drawn, first]) => {
      const states = Object.fromEntries(
        keys.map((key, index) => [key, index === 0 ? first : drawn[index]]),
      )
      return { initial: keys[0], states }
    })
  })
}

/** An XState config that is sound as a world. */
export const RandomMachine: fc.Arbitrary<Readonly<Record<string, unknown>>> = statesAt(2).map(
  ({ initial, states }) => ({ id: 'world', initial, states }),
)
