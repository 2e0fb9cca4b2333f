import type { LeaseRef } from './store-messages.ts'

/** Units of a pool: a resource, or a rule about who runs beside whom. Pools are known by their key. */
export interface HeldUnits {
  readonly pool: string
  /** An integer ≥ 1. */
  readonly units: number
}

/** The right to rely on the world of a plan staying as it is, or to change it. */
export interface HeldWorld {
  readonly plan: string
  /** What the paths of the holder's machine stand for; those of another are not compared with them. */
  readonly shape: string | undefined
  /** Where the holder has verified the world to be; undefined while it moves it or keeps it alone. */
  readonly states: readonly string[] | undefined
}

/** What one running tasklet holds. It ends with the lease under which it was taken. */
export interface Hold {
  readonly id: string
  /** The fencing token of the lease. */
  readonly token: number
  readonly owner: string
  /** End of the lease, if it is not renewed; milliseconds since the epoch. */
  readonly until: number
  readonly units: readonly HeldUnits[]
  readonly world: HeldWorld | undefined
}

export interface HoldRequest {
  readonly lease: LeaseRef
  /** At most one entry a pool. */
  readonly units: readonly (HeldUnits & {
    /** How many units of the pool there are. */
    readonly capacity: number
  })[]
  readonly world?:
    | {
        readonly plan: string
        readonly shape: string | undefined
        /** It joins others who have verified one of these, or a state below one. */
        readonly requires: readonly string[]
        /** Its work changes the world: nobody else may rely on it meanwhile. */
        readonly alone: boolean
      }
    | undefined
}

export type HoldOutcome =
  | { readonly held: true; readonly hold: Hold }
  /** Nothing was taken. `holders` are in the way; none: the lease is not held under that token. */
  | { readonly held: false; readonly holders: readonly Hold[] }

/** What a holder needs from now on: at most what it has. */
export interface HoldRevision {
  readonly lease: LeaseRef
  readonly units: readonly HeldUnits[]
  /** Where it has verified the world to be, for others to join; undefined: nobody joins it. */
  readonly states: readonly string[] | undefined
}
