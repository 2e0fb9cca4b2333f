import { toErrorRecord } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Explanation, ReasonCode } from '../runtime/operations/reason.ts'
import type { Screen } from './screen.ts'

const INTERVAL = 1000

/** What progress shows by itself, or what is no waiting. */
const NOT_WAITING: readonly ReasonCode[] = ['running', 'settled', 'retrying']

/**
 * As long as a tasklet waits to be started, shows why: once a second, so that a run which goes well
 * says nothing. The returned function ends it.
 */
export function showWaiting(
  explain: () => Promise<Explanation>,
  screen: Screen,
  clock: Clock,
): () => void {
  let disarm = () => {}
  let isOver = false

  const look = async (): Promise<void> => {
    const { reasons } = await explain()
    const waiting = reasons.filter(({ code }) => !NOT_WAITING.includes(code))
    if (isOver) return
    if (waiting.length > 0) {
      const why = waiting.map(({ message }) => message).join('; ')
      const text = /^(waits|sleeps)\b/.test(why) ? why : `waits: ${why}`
      screen.activity(text, text)
    }
    arm()
  }

  const arm = () => {
    disarm = clock.setTimer(clock.now() + INTERVAL, () => {
      look().catch((error) => {
        screen.line(`why it waits cannot be said: ${toErrorRecord('error', error).message}`)
      })
    })
  }

  arm()
  return () => {
    isOver = true
    disarm()
  }
}
