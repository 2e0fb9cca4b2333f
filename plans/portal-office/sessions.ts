import { randomUUID } from 'node:crypto'
import type { Room } from './rooms.ts'

export interface Session {
  readonly id: string
  readonly user: string
  room: Room
}

/** How the sessions are going to end. */
export interface Outage {
  /** Pieces of statements that are still handed out before. */
  readonly after: number
  /** The request that meets the end gets no answer, as from a portal that hangs. */
  readonly hang: boolean
}

/** Who is signed in. Kept in memory: the end of the portal is the end of every session. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  #outage: Outage | undefined

  begin(user: string): Session {
    const session: Session = { id: randomUUID(), user, room: 'desk' }
    this.#sessions.set(session.id, session)
    return session
  }

  get(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.#sessions.get(id)
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }

  /** Ends every session, now or after some pieces of statements. */
  plan(outage: Outage): void {
    this.#outage = outage
    if (outage.after === 0 && !outage.hang) this.#endAll()
  }

  /** A piece is about to be handed out. */
  piece(): 'given' | 'ended' | 'hangs' {
    const outage = this.#outage
    if (outage === undefined) return 'given'
    if (outage.after > 0) {
      this.#outage = { ...outage, after: outage.after - 1 }
      return 'given'
    }
    this.#endAll()
    return outage.hang ? 'hangs' : 'ended'
  }

  #endAll(): void {
    this.#outage = undefined
    this.#sessions.clear()
  }
}
