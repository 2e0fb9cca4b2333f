import { formatDuration } from '../core/duration.ts'
import type { PathStepSummary } from '../core/events.ts'
import type { TrailStep } from '../core/tasklet.ts'
import { printable, type Style } from './style.ts'

/** `stopped ──START 5──▶ up.serving ──DRAIN 2──▶ up.drained` */
export function formatPath(from: string, steps: readonly PathStepSummary[], style: Style): string {
  const arrows = steps.map(
    ({ event, cost, to }) =>
      `${formatArrow(`${event} ${roundCost(cost)}`, style)} ${style.bold(to)}`,
  )
  return [style.bold(from), ...arrows].join(' ')
}

/** One edge that was tried: by which task, how long it took, and why it failed. */
export function formatTrailStep(step: TrailStep, style: Style): string {
  const mark = step.outcome === 'moved' ? style.green('✔') : style.red('✖')
  const edge = formatPath(step.from, [step], style)
  const reason = step.message === undefined ? '' : `: ${printable(step.message)}`
  return `${mark} ${edge}  ${style.dim(`${step.task}, ${formatDuration(step.duration)}`)}${reason}`
}

/** `──label──▶`, with as many dashes behind the label as bring it to the width. */
export function formatArrow(label: string, style: Style, width = label.length): string {
  return `${style.dim('──')}${label}${style.dim(`${'─'.repeat(2 + width - label.length)}▶`)}`
}

/** Learned costs have many digits, of which two behind the point say enough. */
export function roundCost(cost: number): number {
  return Math.round(cost * 100) / 100
}
