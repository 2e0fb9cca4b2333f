import type { EdgeView, StateView } from '../plan/interchange/view.ts'
import { formatArrow } from './path-text.ts'
import type { Style } from './style.ts'

export const LEGEND = '● initial  ○ other  ▣ parallel  ◎ final  ↺ history'

/** A world as an indented tree: below each state its edges, then the states in it. */
export function drawWorld(root: StateView, title: string, style: Style): string {
  return [style.bold(title), ...drawInside(root, '', style)].join('\n')
}

function drawInside(view: StateView, indent: string, style: Style): string[] {
  const edges = drawEdges(view.edges, style)
  const last = edges.length + view.states.length - 1
  const branch = (index: number) => style.dim(`${indent}${index === last ? '└' : '├'}`)
  return [
    ...edges.map((edge, index) => branch(index) + edge),
    ...view.states.flatMap((state, position) => {
      const index = edges.length + position
      const inner = `${indent}${index === last ? ' ' : '│'}  `
      const head = `${branch(index)}${style.dim('─')} ${drawState(state, style)}`
      return [head, ...drawInside(state, inner, style)]
    }),
  ]
}

/** Edges of one state: their arrows end, and their tasks begin, in the same column. */
function drawEdges(edges: readonly EdgeView[], style: Style): readonly string[] {
  const labels = edges.map(labelOf)
  const labelWidth = Math.max(0, ...labels.map(({ length }) => length))
  const targetWidth = Math.max(0, ...edges.map((edge) => targetOf(edge).length))
  return edges.map((edge, index) => {
    const arrow = formatArrow(labels[index] ?? '', style, labelWidth)
    if (edge.task === undefined) return `${arrow} ${targetOf(edge)}`
    return `${arrow} ${targetOf(edge).padEnd(targetWidth)}  ${style.dim(edge.task)}`
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

function labelOf({ event, guard, cost }: EdgeView): string {
  return [event, guard && `[${guard}]`, cost].filter((part) => part !== undefined).join(' ')
}

function targetOf({ to }: EdgeView): string {
  return to === undefined ? '(stays)' : to
}
