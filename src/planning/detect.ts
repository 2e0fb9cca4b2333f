import type { World, WorldState } from '../plan/model.ts'
import type { AskOptions, Evidence } from './evidence.ts'
import { askAll } from './evidence.ts'

export type Detection =
  | {
      readonly outcome: 'detected'
      /** The innermost states that are active, in document order; several in different regions. */
      readonly states: readonly string[]
      readonly evidence: readonly Evidence[]
      readonly warnings: readonly string[]
    }
  /** States that exclude each other were all said to be active. */
  | {
      readonly outcome: 'ambiguous'
      readonly states: readonly string[]
      readonly evidence: readonly Evidence[]
    }
  /** No check said yes. */
  | { readonly outcome: 'undetectable'; readonly evidence: readonly Evidence[] }
  /** A check threw, or answered something that is no answer. */
  | {
      readonly outcome: 'check'
      readonly state: string
      readonly error: unknown
      readonly evidence: readonly Evidence[]
    }

export interface DetectOptions extends AskOptions {
  /**
   * How far a state is, by its path: checks of nearer states are asked first, those of equally far
   * ones in document order.
   */
  readonly order?: ((path: string) => number) | undefined
}

/** Asks every check of the world once and says where the world is. Evidence in document order. */
export async function detect(world: World, options: DetectOptions): Promise<Detection> {
  const checked = [...world.states.values()].filter(({ check }) => check !== undefined)
  const answers = await askAll(nearestFirst(checked, options.order), options)
  const byState = new Map(answers.map((answer) => [answer.state, answer]))
  return decide(
    world,
    checked.flatMap(({ path }) => byState.get(path) ?? []),
  )
}

function nearestFirst(states: readonly WorldState[], order: DetectOptions['order']): WorldState[] {
  if (order === undefined) return [...states]
  const distances = new Map(states.map(({ path }) => [path, order(path)]))
  const distanceOf = ({ path }: WorldState) => distances.get(path) ?? Number.POSITIVE_INFINITY
  return states.toSorted((a, b) => compare(distanceOf(a), distanceOf(b)))
}

/** Not by subtraction: two infinite distances are equal. */
function compare(a: number, b: number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** What the answers of all checks mean together. */
export function decide(world: World, evidence: readonly Evidence[]): Detection {
  const broken = evidence.find(({ answer }) => answer === 'error')
  if (broken !== undefined) {
    return { outcome: 'check', state: broken.state, error: broken.error, evidence }
  }
  const claims = evidence.flatMap(({ state, answer }) =>
    answer === true ? (world.states.get(state) ?? []) : [],
  )
  const { accepted, contested, warnings } = settleClaims(world, claims)
  if (contested.length > 0) {
    return { outcome: 'ambiguous', states: innermost(contested), evidence }
  }
  const states = innermost(accepted)
  if (states.length === 0) return { outcome: 'undetectable', evidence }
  return { outcome: 'detected', states, evidence, warnings }
}

/**
 * The claim of the highest priority stands and overrules all that it excludes; then the next one
 * does. Claims of equal priority that exclude each other are contested.
 */
function settleClaims(world: World, claims: readonly WorldState[]) {
  const accepted = new Set<WorldState>()
  const contested = new Set<WorldState>()
  const warnings: string[] = []
  for (const claim of claims.toSorted((a, b) => b.priority - a.priority)) {
    const rivals = [...accepted].filter((other) => !areCompatible(world, claim.path, other.path))
    const winner = rivals.find(({ priority }) => priority > claim.priority)
    if (winner !== undefined) {
      warnings.push(
        `"${claim.path}" and "${winner.path}" both answered true; "${winner.path}" has the higher priority`,
      )
      continue
    }
    accepted.add(claim)
    if (rivals.length > 0) for (const one of [claim, ...rivals]) contested.add(one)
  }
  const inOrder = (some: ReadonlySet<WorldState>) => claims.filter((claim) => some.has(claim))
  return { accepted: inOrder(accepted), contested: inOrder(contested), warnings }
}

function innermost(states: readonly WorldState[]): string[] {
  const paths = states.map(({ path }) => path)
  return paths.filter((path) => !paths.some((other) => other !== path && isWithin(other, path)))
}

/** Two states can be active at once when one contains the other or a parallel state joins them. */
function areCompatible(world: World, a: string, b: string): boolean {
  if (areNested(a, b)) return true
  const [left, right] = [a.split('.'), b.split('.')]
  const fork = left.findIndex((key, index) => key !== right[index])
  const ancestor = left.slice(0, fork).join('.')
  const type = fork === 0 ? world.machine.root.type : world.states.get(ancestor)?.type
  return type === 'parallel'
}

function areNested(a: string, b: string): boolean {
  return a === b || isWithin(a, b) || isWithin(b, a)
}

function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}.`)
}
