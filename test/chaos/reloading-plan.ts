import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a handler says of all the code that had a part in its run. */
export interface Said {
  readonly handler: string
  readonly imported: string
  readonly declared: string
  /** Of each transition of the preparation: its code and its declaration. */
  readonly moves: readonly string[]
}

/** A plan of which every piece of code and every declaration names its version. */
export function writeVersion(folder: string, version: string): void {
  writeFileSync(join(folder, 'lib.js'), `export const LIB = '${version}'\n`)
  writeFileSync(join(folder, 'actions.js'), actions(version))
  writeFileSync(join(folder, 'plan.yaml'), plan(version))
}

/** Ways to break the files; `turn` chooses. */
export function breakVersion(folder: string, version: string, turn: number): void {
  writeVersion(folder, version)
  const ways = [
    () => writeFileSync(join(folder, 'actions.js'), `${actions(version)}\nexport const broken = (`),
    () => writeFileSync(join(folder, 'plan.yaml'), `${plan(version)}  broken: { run: missing }\n`),
    () => writeFileSync(join(folder, 'lib.js'), `throw new Error('broken ${version}')\n`),
    () => writeFileSync(join(folder, 'lib.js'), `export const OTHER = '${version}'\n`),
    () => writeFileSync(join(folder, 'plan.yaml'), plan(version).slice(0, -5)),
  ]
  ways[turn % ways.length]?.()
}

function actions(version: string): string {
  return `import { LIB } from './lib.js'
const world = (globalThis.setpointReloading ??= { at: 'closed', moves: new Map() })
const take = (id) => {
  const moves = world.moves.get(id) ?? []
  world.moves.delete(id)
  return moves
}
const move = (to) => async ({ taskletId, input }) => {
  await new Promise((resolve) => setTimeout(resolve, 1))
  world.at = to
  const moves = world.moves.get(taskletId) ?? []
  world.moves.set(taskletId, [...moves, '${version}', input.version])
}
export const isOpen = () => world.at === 'open'
export const isClosed = () => world.at === 'closed'
export const open = move('open')
export const close = move('closed')
export async function work({ input, taskletId, plan }) {
  await new Promise((resolve) => setTimeout(resolve, input.sleep))
  const declared = plan.description
  return { handler: '${version}', imported: LIB, declared, moves: take(taskletId) }
}
// What a version holds, so that one that is not let go of is seen.
export const ballast = new Array(10_000).fill('${version}')
`
}

function plan(version: string): string {
  return `setpoint: 1
name: reloading
description: "${version}"
actions: ./actions.js
machine:
  id: gate
  initial: closed
  states:
    closed:
      meta: { check: isClosed }
      on: { OPEN: { target: open, meta: { task: open, with: { version: "${version}" } } } }
    open:
      meta: { check: isOpen }
      on: { CLOSE: { target: closed, meta: { task: close, with: { version: "${version}" } } } }
tasks:
  open: { run: open }
  close: { run: close }
  plain: { run: work }
  pass: { run: work, requires: open }
  lock: { run: work, requires: closed }
`
}
