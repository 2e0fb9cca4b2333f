import { expect, test } from 'vitest'
import { KILN_PLANS, runCollected } from '../collected-io.ts'

function graph(...more: string[]) {
  return runCollected(['plan', 'graph', 'kiln', '--plans', KILN_PLANS, ...more])
}

test('the world is drawn as a tree of states with their checks, edges, tasks and costs', async () => {
  const { code, stdout } = await graph()
  expect(code).toBe(0)
  expect(stdout).toBe(`kiln
├─ ● cold  check isCold, priority 1
│  ├──HEAT 5───▶ hot.idle  heat
│  └──BREAK 1──▶ broken    smash
├─ ○ hot  #glowing
│  ├──COOL 3──▶ cold  cool
│  ├─ ● idle  check isIdle
│  │  └──LOAD 2──▶ hot.loaded  load
│  └─ ○ loaded  check isLoaded, serial
│     └──UNLOAD 1──▶ hot.idle  unload
└─ ◎ broken

● initial  ○ other  ▣ parallel  ◎ final  ↺ history
`)
})

test('--format mermaid prints a state diagram', async () => {
  const { stdout } = await graph('--format', 'mermaid')
  expect(stdout).toMatch(/^stateDiagram-v2\n {2}\[\*\] --> cold\n/)
})

test('with --json states and edges are data', async () => {
  const { stdout } = await graph('--json')
  const { plan, states, edges } = JSON.parse(stdout)
  expect(plan).toBe('kiln')
  expect(states.map(({ path }: { path: string }) => path)).toEqual([
    'cold',
    'hot',
    'hot.idle',
    'hot.loaded',
    'broken',
  ])
  expect(edges).toContainEqual({
    from: 'hot',
    event: 'COOL',
    guard: null,
    to: 'cold',
    task: 'cool',
    cost: 3,
  })
})
