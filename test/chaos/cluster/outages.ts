import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Service, Services } from './services.ts'

/** Something that is taken away and comes back. */
export interface Outage {
  readonly name: string
  /** Resolves when everything is there again. */
  inflict(): Promise<void>
}

/** Milliseconds. */
export interface Lengths {
  /** For which the network is cut. */
  readonly cut: number
  /** For which one worker is cut off: longer than its leases. */
  readonly isolation: number
}

/** What can go wrong with these services, each once; the rest is chosen by chance. */
export function outagesOf(
  services: Services,
  lengths: Lengths,
  random: () => number,
): readonly Outage[] {
  const { store, dispatch } = services
  const place = Math.floor(random() * store.ways.length)
  return [
    ...failuresOf(store, lengths, random),
    isolation(store, lengths, place),
    ...(dispatch === undefined ? [] : failuresOf(dispatch, lengths, random)),
    ...(dispatch?.title === 'Redis' ? [flush(dispatch)] : []),
  ]
}

function failuresOf(
  { title, server, ways }: Service,
  { cut }: Lengths,
  random: () => number,
): readonly Outage[] {
  const heal = () => {
    for (const way of ways) way.heal()
  }
  // As when the machine of the service has been started again meanwhile.
  const areGone = random() < 0.5
  return [
    {
      name: `${title} killed and started again`,
      async inflict() {
        await server.kill()
        await server.start()
      },
    },
    {
      name: `connections to ${title} reset and refused`,
      async inflict() {
        for (const way of ways) way.cut()
        await pause(cut)
        heal()
      },
    },
    {
      name: `nothing comes through to ${title}${areGone ? ', then its connections are gone' : ''}`,
      async inflict() {
        for (const way of ways) way.blackhole()
        await pause(cut)
        if (areGone) for (const way of ways) way.cut()
        heal()
      },
    },
  ]
}

function isolation({ title, ways }: Service, { isolation }: Lengths, place: number): Outage {
  return {
    name: `nothing of one worker comes through to ${title}, longer than its leases last`,
    async inflict() {
      ways[place]?.blackhole()
      await pause(isolation)
      ways[place]?.heal()
    },
  }
}

function flush({ title, server }: Service): Outage {
  return {
    name: `${title} flushed`,
    async inflict() {
      const client = new Redis(server.url)
      try {
        await client.flushall()
      } finally {
        client.disconnect()
      }
    },
  }
}
