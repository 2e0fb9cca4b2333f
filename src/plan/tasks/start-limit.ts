import { type Duration, toMilliseconds } from '../../core/duration.ts'
import type { StartLimit } from '../model.ts'

/** How often something may start: at most `count` times in any window of `per`. */
export interface StartLimitSettings {
  readonly count: number
  readonly per: Duration
  /** `group`: each group has a window of its own. */
  readonly by?: 'group' | undefined
}

export function toStartLimit({ count, per, by }: StartLimitSettings): StartLimit {
  return { count, per: toMilliseconds(per), perGroup: by === 'group' }
}
