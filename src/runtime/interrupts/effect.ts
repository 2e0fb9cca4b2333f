import { fromCallback } from 'xstate'
import type { InterruptEvent, InterruptEventType } from '../../../machines/interrupt.ts'

export type Work = (signal: AbortSignal) => Promise<InterruptEventType>

/** Who is told what happens to the work of a state. */
export interface EffectWatcher {
  /** The state was entered; what is sent after it was left goes nowhere. */
  began(send: (type: InterruptEventType) => void): void
  crashed(error: unknown): void
}

/** The work of one state of a rule: aborted when the state is left, else its end is the next event. */
export function toEffect(work: Work, watcher: EffectWatcher) {
  return fromCallback<InterruptEvent>(({ sendBack }) => {
    const controller = new AbortController()
    const { signal } = controller
    const send = (type: InterruptEventType) => {
      if (!signal.aborted) sendBack({ type })
    }
    watcher.began(send)
    work(signal).then(send, (error: unknown) => {
      watcher.crashed(error)
      send('effect.crashed')
    })
    return () => controller.abort()
  })
}
