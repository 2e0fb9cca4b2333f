import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileDeclaration } from '../../../src/plan/compile.ts'
import { codeFromExports } from '../../../src/plan/declaration.ts'
import type { Diagnostic } from '../../../src/plan/diagnostic.ts'
import { PlanError } from '../../../src/plan/diagnostic.ts'
import { compileTemplate } from '../../../src/plan/expressions/compile.ts'
import { ExpressionError } from '../../../src/plan/expressions/error.ts'
import { loadPlan } from '../../../src/plan/load.ts'
import { parseSource } from '../../../src/plan/source/source.ts'
import { seededRandom } from '../../bench/random.ts'
import type { Fault, FaultContext, Figure } from '../fault.ts'
import { none } from '../fault.ts'
import { junkExpression, junkPlan } from '../junk.ts'

export const fault: Fault = {
  id: 'R8',
  title: 'Junk as plans and expressions',
  description:
    'Plans and expressions that are mutated, random or made to be expensive: alias bombs, keys of the prototype, deep nesting, huge numbers, paths out of the folder, patterns that other engines hang on. Each is accepted or refused, in less than a second of processor time, and a refusal names its place.',
  inflict,
}

const COUNTS = { full: 100_000, short: 3000 } as const
/** One in so many plans goes through a folder, as a user's would. */
const FOLDER_EVERY = 20
const LONGEST = 1000

interface Tally {
  accepted: number
  refused: number
  longest: number
  readonly crashes: string[]
  readonly slow: string[]
  readonly placeless: string[]
}

async function inflict({ seed, form, folder, progress }: FaultContext): Promise<readonly Figure[]> {
  const random = seededRandom(seed)
  const half = COUNTS[form] / 2
  const plans = newTally()
  for (let n = 0; n < half; n++) {
    if (n % 5000 === 0) progress(`${n} plans`)
    const text = junkPlan(random)
    const load = n % FOLDER_EVERY === 0 ? loadFromFolder(folder, n) : loadText
    await timed(plans, text, load)
  }
  const expressions = newTally()
  progress(`${half} plans, now expressions`)
  for (let n = 0; n < half; n++) await timed(expressions, junkExpression(random), evaluateText)
  return [...figures('plans', plans), ...figures('expressions', expressions)]
}

function newTally(): Tally {
  return { accepted: 0, refused: 0, longest: 0, crashes: [], slow: [], placeless: [] }
}

function figures(what: string, tally: Tally): readonly Figure[] {
  return [
    { name: `${what} accepted`, value: tally.accepted },
    { name: `${what} refused`, value: tally.refused },
    { name: `longest of the ${what}, ms`, value: Math.round(tally.longest) },
    none(`${what} that crashed it`, tally.crashes),
    none(`${what} that took a second`, tally.slow),
    none(`${what} refused without a place`, tally.placeless),
  ]
}

/** What came of a text: nothing when it was accepted, else whether the refusal names its place. */
type Outcome = { readonly placed: boolean } | undefined

async function timed(
  tally: Tally,
  text: string,
  run: (text: string) => Outcome | Promise<Outcome>,
): Promise<void> {
  const shown = JSON.stringify(text.slice(0, 300))
  // Processor time: a busy machine makes nothing slow.
  const before = process.cpuUsage()
  try {
    const outcome = await run(text)
    if (outcome === undefined) tally.accepted++
    else tally.refused++
    if (outcome?.placed === false) tally.placeless.push(shown)
  } catch (error) {
    tally.crashes.push(`${error instanceof Error ? error.stack : String(error)}: ${shown}`)
  }
  const { user, system } = process.cpuUsage(before)
  const taken = (user + system) / 1000
  tally.longest = Math.max(tally.longest, taken)
  if (taken > LONGEST) tally.slow.push(`${Math.round(taken)} ms: ${shown}`)
}

/** Code in which every name stands for something, so that plans fail by themselves or not at all. */
class EveryName extends Map<string, unknown> {
  override has(_name: string): boolean {
    return true
  }

  override get(_name: string): unknown {
    return () => true
  }
}

const CODE = codeFromExports(new EveryName())

function loadText(text: string): Outcome {
  const source = parseSource('plan.yaml', text)
  const { plan, diagnostics } = compileDeclaration({
    value: source.value,
    code: CODE,
    locate: (path, at) => ({ file: source.file, ...source.locate(path, at) }),
    folder: undefined,
    version: '',
    taskFiles: new Set(),
    unread: { machine: false, tasks: new Set() },
  })
  const found = [...source.diagnostics, ...diagnostics]
  if (found.length === 0 && plan !== undefined) return undefined
  return { placed: found.length > 0 && found.every((each) => isPlaced(each, text)) }
}

function isPlaced({ file, line = 0, column = 0 }: Diagnostic, text: string): boolean {
  const lines = text.split('\n', line + 1).length
  return file !== undefined && line >= 1 && line <= lines && column >= 1
}

function loadFromFolder(folder: string, n: number): (text: string) => Promise<Outcome> {
  return async (text) => {
    const place = join(folder, String(n))
    mkdirSync(place)
    writeFileSync(join(place, 'plan.yaml'), text)
    try {
      await loadPlan(place)
      return undefined
    } catch (error) {
      if (!(error instanceof PlanError)) throw error
      return { placed: error.diagnostics.every(({ file }) => file !== undefined) }
    }
  }
}

const NAMES = { variables: new Set(['input', 'steps', 'item']), outcome: true }
const SCOPE = {
  input: {
    n: 2,
    text: 'a'.repeat(5000),
    list: Array.from({ length: 2000 }, (_, n) => n),
    map: { x: null },
  },
  steps: { tables: { output: ['users', 'orders'], status: 'completed' } },
  item: 7,
}

function evaluateText(text: string): Outcome {
  const { template, findings } = compileTemplate(`\${{ ${text} }}`, ['x'], NAMES)
  if (template === undefined) {
    const placed = findings.every(({ message }) => /column \d+|never closed/.test(message))
    return { placed: findings.length > 0 && placed }
  }
  try {
    template.evaluate(SCOPE)
    return undefined
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { placed: /\n\s+\^+$/.test(error.message) }
  }
}
