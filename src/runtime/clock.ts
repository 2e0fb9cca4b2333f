import type { Clock } from '../ports/clock.ts'

/** The longest wait that a Node timer takes; a longer one fires at once. */
const LONGEST_WAIT = 2 ** 31 - 1

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(at, fn) {
    let timer: NodeJS.Timeout
    const arm = () => {
      const wait = Math.max(0, at - Date.now())
      timer = wait > LONGEST_WAIT ? setTimeout(arm, LONGEST_WAIT) : setTimeout(fn, wait)
    }
    arm()
    return () => clearTimeout(timer)
  },
}
