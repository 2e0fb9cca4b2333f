import { formatArrow } from './path-text.ts'
import type { Style } from './style.ts'
import { allStates, type EdgeView, type StateView } from './world-view.ts'

export const LEGEND = '● initial  ○ other  ▣ parallel  ◎ final  ↺ history'

/** A world as an indented tree: below each state its edges, then the states in it. */
export function drawWorld(root: StateView, title: string, style: Style): string {
  const targets = allStates(root).flatMap(({ edges }) => edges.map(targetOf))
  const width = Math.max(0, ...targets.map(({ length }) => length))
  return [style.bold(title), ...drawInside(root, '', { style, width })].join('\n')
}

interface Drawing {
  readonly style: Style
  /** Of the widest target, so that tasks stand in one column of a state. */
  readonly width: number
}

function drawInside(view: StateView, indent: string, drawing: Drawing): string[] {
  const { style } = drawing
  const labels = view.edges.map(labelOf)
  const labelWidth = Math.max(0, ...labels.map(({ length }) => length))
  const blocks = [
    ...view.edges.map((edge, index) => () => [
      drawEdge(edge, formatArrow(labels[index] ?? '', style, labelWidth), drawing),
    ]),
    ...view.states.map((state) => (inner: string) => [
      drawState(state, style),
      ...drawInside(state, inner, drawing),
    ]),
  ]
  return blocks.flatMap((block, index) => {
    const isLast = index === blocks.length - 1
    const [first = '', ...rest] = block(indent + (isLast ? '   ' : '│  '))
    return [`${style.dim(indent + (isLast ? '└─ ' : '├─ '))}${first}`, ...rest]
  })
}

function drawState(view: StateView, style: Style): string {
  const { check, priority = 0, serial, tags = [] } = view.state ?? {}
  const facts = [
    check && `check ${check.name}`,
    serial && 'serial',
    priority !== 0 && `priority ${priority}`,
  ].filter(Boolean)
  return [
    `${markOf(view)} ${style.bold(view.key)}`,
    ...tags.map((tag) => style.cyan(`#${tag}`)),
    ...(facts.length === 0 ? [] : [style.dim(facts.join(', '))]),
  ].join('  ')
}

function markOf({ type, isInitial }: StateView): string {
  if (type === 'parallel') return '▣'
  if (type === 'final') return '◎'
  if (type === 'history') return '↺'
  return isInitial ? '●' : '○'
}

function drawEdge(edge: EdgeView, arrow: string, { style, width }: Drawing): string {
  const target = targetOf(edge)
  const task = edge.task === undefined ? '' : `  ${style.dim(edge.task)}`
  return `${arrow} ${task === '' ? target : target.padEnd(width)}${task}`
}

function labelOf({ event, guard, cost }: EdgeView): string {
  return [event, guard && `[${guard}]`, cost].filter((part) => part !== undefined).join(' ')
}

function targetOf({ to }: EdgeView): string {
  return to === undefined ? '(stays)' : to
}
