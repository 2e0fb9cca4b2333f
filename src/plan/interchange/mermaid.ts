import { takeName } from './take-name.ts'
import { allStates, type EdgeView, type StateView } from './view.ts'

/** A world as a mermaid `stateDiagram-v2`. */
export function toMermaid(root: StateView): string {
  const ids = namesOf(root)
  const edges = allStates(root).flatMap((view) => view.edges)
  return [
    'stateDiagram-v2',
    ...statesIn(root, ids, '  '),
    ...edges.flatMap((edge) => edgeLine(edge, ids)),
  ].join('\n')
}

type Ids = ReadonlyMap<string, string>

/** Mermaid's ids are words; two paths that come to the same word are told apart by a number. */
function namesOf(root: StateView): Ids {
  const ids = new Map<string, string>()
  const taken = new Set<string>()
  for (const { path, key } of allStates(root)) {
    const word = (path === '' ? key : path).replace(/\W/g, '_')
    ids.set(path, takeName(word, taken, '_'))
  }
  return ids
}

function statesIn(view: StateView, ids: Ids, indent: string): string[] {
  const initial = view.states.find(({ isInitial }) => isInitial)
  const start =
    view.type === 'parallel' || initial === undefined
      ? []
      : [`${indent}[*] --> ${ids.get(initial.path)}`]
  const states = view.states.flatMap((state, index) => {
    const region = view.type === 'parallel' && index > 0 ? [`${indent}--`] : []
    return [...region, ...stateLines(state, ids, indent)]
  })
  return [...start, ...states]
}

function stateLines(state: StateView, ids: Ids, indent: string): string[] {
  const head = `${indent}state ${JSON.stringify(state.key)} as ${ids.get(state.path)}`
  const final = state.type === 'final' ? [`${indent}${ids.get(state.path)} --> [*]`] : []
  if (state.states.length === 0) return [head, ...final]
  return [`${head} {`, ...statesIn(state, ids, `${indent}  `), `${indent}}`]
}

function edgeLine({ from, event, guard, to, task, cost }: EdgeView, ids: Ids): string[] {
  const target = ids.get(to ?? from)
  if (target === undefined) return []
  const label = [event, guard && `[${guard}]`, task && `(${task}, ${cost})`]
    .filter(Boolean)
    .join(' ')
  return [`  ${ids.get(from)} --> ${target} : ${label.replace(/[:;#\n]/g, ' ')}`]
}
