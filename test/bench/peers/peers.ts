import type { Contender } from '../benchmark.ts'
import type { Outcome } from '../outcome.ts'
import type { Results } from '../results.ts'
import { bullmq } from './bullmq.ts'
import { graphileWorker } from './graphile-worker.ts'
import type { Open, Peer, Session, SessionOptions } from './peer.ts'
import { pgBoss } from './pg-boss.ts'
import {
  setpoint,
  setpointOnMysql,
  setpointOnMysqlAndRedis,
  setpointOnPostgres,
} from './setpoint.ts'

export const OURS = setpoint.name

const THEIRS: readonly Peer[] = [pgBoss, graphileWorker, bullmq]
const OWN: readonly Peer[] = [
  setpoint,
  setpointOnPostgres,
  setpointOnMysql,
  setpointOnMysqlAndRedis,
]

/** Ours in a file first, then theirs. */
export const PEERS: readonly Peer[] = [setpoint, ...THEIRS]

/** As `PEERS`, and ours on the servers that theirs run on. */
export const PEERS_AND_ENGINES: readonly Peer[] = [...OWN, ...THEIRS]

/** What each peer was set up with, one line each. */
export const SETTINGS = PEERS.map(({ name, settings }) => `**${name}**: ${settings}.`).join(' ')

export interface Round {
  readonly favour: SessionOptions['favour']
  readonly concurrency: number
  readonly peers?: readonly Peer[]
}

/** One contender for each peer; each run has a session of its own, closed afterwards. */
export function toContenders(
  { favour, concurrency, peers = PEERS }: Round,
  measure: (open: Open) => Promise<Outcome>,
): readonly Contender[] {
  return peers.map((peer) => ({
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
  return PEERS_AND_ENGINES.filter(({ name }) => results.has(group, name))
}

/** The peer with the lowest median of the figure, without ours; undefined when none was measured. */
export function bestPeer(
  results: Results,
  group: string,
  figure: string,
  among: (peer: Peer) => boolean = () => true,
): Peer | undefined {
  const median = ({ name }: Peer) => results.spread(group, name, figure).median
  return THEIRS.filter((peer) => results.has(group, peer.name) && among(peer)).sort(
    (a, b) => median(a) - median(b),
  )[0]
}
