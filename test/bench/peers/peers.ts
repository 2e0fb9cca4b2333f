import type { Contender } from '../benchmark.ts'
import type { Outcome } from '../outcome.ts'
import type { Results } from '../results.ts'
import { bullmq } from './bullmq.ts'
import { graphileWorker } from './graphile-worker.ts'
import type { Open, Peer, Session, SessionOptions } from './peer.ts'
import { pgBoss } from './pg-boss.ts'
import { setpoint } from './setpoint.ts'

export const OURS = setpoint.name

/** Ours first, then theirs. */
export const PEERS: readonly Peer[] = [setpoint, pgBoss, graphileWorker, bullmq]

/** What each peer was set up with, one line each. */
export const SETTINGS = PEERS.map(({ name, settings }) => `**${name}**: ${settings}.`).join(' ')

/** One contender for each peer; each run has a session of its own, closed afterwards. */
export function toContenders(
  favour: SessionOptions['favour'],
  measure: (open: Open) => Promise<Outcome>,
  concurrency: number,
): readonly Contender[] {
  return PEERS.map((peer) => ({
    name: peer.name,
    ...(peer.needs !== undefined && { needs: peer.needs }),
    async run() {
      const sessions: Session[] = []
      try {
        return await measure(async (deliver) => {
          const session = await peer.open({ concurrency, deliver, favour })
          sessions.push(session)
          return session
        })
      } finally {
        await Promise.all(sessions.map((session) => session.close()))
      }
    },
  }))
}

/** The peers that were measured in the group, ours among them. */
export function measuredIn(results: Results, group: string): readonly Peer[] {
  return PEERS.filter(({ name }) => results.has(group, name))
}

/** The peer with the lowest median of the figure, without ours; undefined when none was measured. */
export function bestPeer(
  results: Results,
  group: string,
  figure: string,
  among: (peer: Peer) => boolean = () => true,
): Peer | undefined {
  const median = ({ name }: Peer) => results.spread(group, name, figure).median
  return measuredIn(results, group)
    .filter((peer) => peer.name !== OURS && among(peer))
    .sort((a, b) => median(a) - median(b))[0]
}
