import { formatNumber, formatSpread, type Spread } from './spread.ts'

/** A figure that must come out, and what came out. */
export interface Target {
  readonly name: string
  readonly bound: 'at least' | 'at most'
  readonly limit: number
  readonly unit: string
  readonly measured: Spread
}

/** The median decides; the range shows by how little or much. */
export function isMet({ bound, limit, measured }: Target): boolean {
  return bound === 'at least' ? measured.median >= limit : measured.median <= limit
}

export function describeTarget(target: Target): string {
  const { name, bound, limit, unit, measured } = target
  const verdict = isMet(target) ? 'met' : '**missed**'
  return `${name}: ${formatSpread(measured)} ${unit}; target ${bound} ${formatNumber(limit)} ${unit}: ${verdict}`
}
