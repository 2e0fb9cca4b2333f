import { formatDuration } from '../core/duration.ts'
import { fullTaskName, type Tasklet } from '../core/tasklet.ts'
import { printable, type Style } from './style.ts'
import { type Column, formatTable } from './table.ts'
import { formatAge, formatStatus } from './tasklet-text.ts'

export function formatTasklets(tasklets: readonly Tasklet[], now: number, style: Style): string {
  const columns = [
    { title: 'id' },
    { title: 'task', style: style.bold },
    { title: 'status', style: (text: string) => formatStatus(text.trimEnd(), style, text) },
    { title: 'attempts', align: 'right' },
    { title: 'age', align: 'right' },
    { title: 'duration', align: 'right' },
  ] as const
  const rows = tasklets.map((tasklet) => [
    tasklet.id,
    fullTaskName(tasklet),
    tasklet.status,
    `${tasklet.attempts}/${tasklet.maxAttempts}`,
    formatAge(now - tasklet.createdAt),
    tasklet.actualDuration === undefined ? '-' : formatDuration(tasklet.actualDuration),
  ])
  return formatTable(columns, rows, style.dim)
}

/** Waiting tasklets with their positions in the queue, from `first` on. */
export function formatWaiting(
  tasklets: readonly Tasklet[],
  first: number,
  now: number,
  style: Style,
): string {
  const columns: readonly Column[] = [
    { title: '#', align: 'right' },
    { title: 'id' },
    { title: 'task', style: style.bold },
    { title: 'priority', align: 'right' },
    { title: 'group' },
    { title: 'age', align: 'right' },
  ]
  const rows = tasklets.map((tasklet, index) => [
    String(first + index),
    tasklet.id,
    fullTaskName(tasklet),
    String(tasklet.priority),
    printable(tasklet.group ?? '-'),
    formatAge(now - tasklet.createdAt),
  ])
  return formatTable(columns, rows, style.dim)
}

const WIDEST_MESSAGE = 60

/** Dead letters with what ended them. */
export function formatDeadLetters(tasklets: readonly Tasklet[], now: number, style: Style): string {
  const columns: readonly Column[] = [
    { title: 'id' },
    { title: 'task', style: style.bold },
    { title: 'attempts', align: 'right' },
    { title: 'failed', align: 'right' },
    { title: 'kind', style: style.red },
    { title: 'message' },
  ]
  const rows = tasklets.map((tasklet) => [
    tasklet.id,
    fullTaskName(tasklet),
    `${tasklet.attempts}/${tasklet.maxAttempts}`,
    `${formatAge(now - (tasklet.settledAt ?? tasklet.updatedAt))} ago`,
    tasklet.error?.kind ?? '-',
    clip(tasklet.error?.message ?? ''),
  ])
  return formatTable(columns, rows, style.dim)
}

function clip(message: string): string {
  const [line = ''] = printable(message).replaceAll('\t', ' ').split('\n', 1)
  return line.length <= WIDEST_MESSAGE ? line : `${line.slice(0, WIDEST_MESSAGE - 1)}…`
}
