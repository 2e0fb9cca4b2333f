import { expect, test } from 'vitest'
import { styleFor } from '../../../src/cli/style.ts'
import { drawWorld } from '../../../src/cli/world-drawing.ts'
import { definePlan } from '../../../src/plan/define.ts'
import { toMermaid } from '../../../src/plan/interchange/mermaid.ts'
import { viewWorld } from '../../../src/plan/interchange/view.ts'
import { compilePlan } from '../../../src/plan/load.ts'
import { collectedIo } from './collected-io.ts'

const io = collectedIo()
const PLAIN = styleFor(io.stdout, io.env)

const house = compilePlan(
  definePlan({
    name: 'house',
    machine: {
      id: 'house',
      type: 'parallel',
      states: {
        door: {
          initial: 'shut',
          states: {
            shut: {
              meta: { check: 'yes' },
              on: {
                OPEN: [
                  { target: 'open', guard: 'isSafe', meta: { task: 'open' } },
                  { target: 'ajar', meta: { task: 'open', cost: 0.5 } },
                ],
              },
            },
            open: { meta: { check: 'yes' }, after: { 30000: { target: 'shut' } } },
            ajar: {
              meta: { check: 'yes' },
              on: { SHUT: { target: 'shut', meta: { task: 'shut' } } },
            },
          },
        },
        'door-light': {
          initial: 'off',
          states: {
            off: { meta: { check: 'yes' }, on: { ON: { target: 'on', meta: { task: 'light' } } } },
            on: { meta: { check: 'yes' }, on: { OFF: { target: 'off', meta: { task: 'light' } } } },
          },
        },
      },
    },
    checks: { yes: () => true },
    guards: { isSafe: () => true },
    tasks: { open: () => {}, shut: () => {}, light: () => {} },
  }),
)

function view() {
  if (house.world === undefined) throw new Error('the house has no world')
  return viewWorld(house.world)
}

test('regions, guards and delays have their place in the tree', () => {
  expect(drawWorld(view(), 'house', PLAIN)).toBe(`house
├─ ● door
│  ├─ ● shut  check yes
│  │  ├──OPEN [isSafe] 1──▶ door.open  open
│  │  └──OPEN 0.5─────────▶ door.ajar  open
│  ├─ ○ open  check yes
│  │  └──after 30.0 s──▶ door.shut
│  └─ ○ ajar  check yes
│     └──SHUT 1──▶ door.shut  shut
└─ ● door-light
   ├─ ● off  check yes
   │  └──ON 1──▶ door-light.on  light
   └─ ○ on  check yes
      └──OFF 1──▶ door-light.off  light`)
})

test('a mermaid diagram separates regions and gives every state an id of its own', () => {
  expect(toMermaid(view())).toBe(`stateDiagram-v2
  state "door" as door {
    [*] --> door_shut
    state "shut" as door_shut
    state "open" as door_open
    state "ajar" as door_ajar
  }
  --
  state "door-light" as door_light {
    [*] --> door_light_off
    state "off" as door_light_off
    state "on" as door_light_on
  }
  door_shut --> door_open : OPEN [isSafe] (open, 1)
  door_shut --> door_ajar : OPEN (open, 0.5)
  door_open --> door_shut : after 30.0 s
  door_ajar --> door_shut : SHUT (shut, 1)
  door_light_off --> door_light_on : ON (light, 1)
  door_light_on --> door_light_off : OFF (light, 1)`)
})
