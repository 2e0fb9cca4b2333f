import type { Lineage } from '../../core/tasklet.ts'
import type { Plan, World } from '../../plan/model.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { FactWriter } from '../worlds/fact-writer.ts'
import type { Belief } from './belief.ts'
import { Twin, type TwinServices } from './twin.ts'
import { parseTwinRecord } from './twin-record.ts'

export interface TwinVersionServices extends Pick<TwinServices, 'clock' | 'failed'> {
  readonly store: Pick<Store, 'fact' | 'writeFact'>
  /** What the current version believes has changed; undefined: it is void. */
  changed(belief: Belief | undefined, cause?: Lineage): void
}

const KIND = 'twin'

/**
 * The twins of one plan: that of its current version, and those of older versions that still run.
 * Outside there is one world, so what one of them learns the others follow, each in terms of its own
 * machine. What the current one believes is kept in the store.
 */
export class TwinVersions {
  readonly #name: string
  readonly #services: TwinVersionServices
  readonly #twins = new Map<Plan, Twin>()
  readonly #writer: FactWriter
  #current: { readonly plan: Plan; readonly twin: Twin } | undefined
  #isFollowing = false

  constructor(name: string, services: TwinVersionServices) {
    this.#name = name
    this.#services = services
    this.#writer = this.#createWriter()
  }

  /** Undefined: the current version has no world. */
  get current(): Twin | undefined {
    return this.#current?.twin
  }

  of(plan: Plan): Twin | undefined {
    return this.#twins.get(plan)
  }

  /** From now on the version is the current one; the one before goes on until it is retired. */
  replace(plan: Plan): void {
    const before = this.#current?.twin
    this.#current = undefined
    if (plan.world === undefined) return
    const twin = this.#createTwin(plan, plan.world)
    if (before !== undefined) this.#following(() => twin.follow(before))
    this.#twins.set(plan, twin)
    this.#current = { plan, twin }
    // What was believed and is no longer has to be told, and so has where it is believed anew.
    if (before?.belief() !== undefined && twin.belief() === undefined) {
      this.#services.changed(undefined)
    }
    if (before !== undefined) this.#writer.changed()
  }

  /** Nothing runs with the version any more. */
  retire(plan: Plan): void {
    this.#twins.get(plan)?.close()
    this.#twins.delete(plan)
  }

  /** Why the fact was not taken up; undefined: it was. */
  restore(fact: Fact): string | undefined {
    if (this.#current === undefined) return 'the plan has no machine any more'
    this.#writer.read(fact)
    const { plan, twin } = this.#current
    const record = parseTwinRecord(fact.value)
    if (record === undefined) return 'it is not in a form that this version knows'
    if (record.planVersion !== plan.version) return 'the plan has changed since'
    try {
      twin.restore(record)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /**
   * Whether another process has told of the world since this one did. What it believes is taken over
   * if it is newer; what was believed here is not fresh any more. `marking`: the world is about to be
   * moved or relied on here, which other processes will see by this having been told last, even if
   * nothing more is ever told. Rejects as the store does.
   */
  async visit(marking: boolean): Promise<boolean> {
    await this.#writer.flush()
    for (let wereOthers = false; ; ) {
      const fact = await this.#services.store.fact(KIND, this.#name)
      if (fact !== undefined && this.#writer.isOwn(fact)) return wereOthers
      if (fact !== undefined) this.#hear(fact)
      wereOthers ||= fact !== undefined
      if (!marking) return wereOthers
      await this.#writer.write()
    }
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await this.#writer.close()
    for (const twin of this.#twins.values()) twin.close()
  }

  /** Apart from where the twin before is known: what is made here must not keep that in memory. */
  #createTwin(plan: Plan, world: World): Twin {
    const twin: Twin = new Twin(plan, world, {
      clock: this.#services.clock,
      keep: (cause) => this.#learned(twin, cause),
      failed: (error) => this.#services.failed(error),
      changed: (belief, cause) => {
        if (this.#current?.twin === twin) this.#services.changed(belief, cause)
      },
    })
    return twin
  }

  #learned(twin: Twin, cause: Lineage | undefined): void {
    if (this.#isFollowing) return
    if (this.#twins.size > 1) {
      this.#following(() => {
        for (const other of this.#twins.values()) if (other !== twin) other.follow(twin, cause)
      })
    }
    this.#writer.changed()
  }

  #hear(fact: Fact): void {
    this.#writer.read(fact)
    if (this.#current === undefined) return
    const { plan, twin } = this.#current
    const record = parseTwinRecord(fact.value)
    for (const each of this.#twins.values()) each.overtaken()
    if (record?.planVersion !== plan.version || record.at <= twin.toRecord().at) return
    this.#following(() => {
      twin.takeOver(record)
      for (const other of this.#twins.values()) if (other !== twin) other.follow(twin)
    })
  }

  /** What a twin learns from another is not told back to it. */
  #following(work: () => void): void {
    this.#isFollowing = true
    try {
      work()
    } finally {
      this.#isFollowing = false
    }
  }

  #createWriter(): FactWriter {
    const { store, failed } = this.#services
    let last: unknown
    return new FactWriter(
      store,
      { kind: KIND, key: this.#name },
      {
        value: () => {
          last = this.#current?.twin.toRecord() ?? last
          return last
        },
        met: (theirs) => {
          if (this.#current === undefined) return 'theirs'
          const { plan, twin } = this.#current
          const record = parseTwinRecord(theirs.value)
          const isLater = record?.planVersion === plan.version && record.at > twin.toRecord().at
          // It may have been at the world since, whatever it knew of it when it told.
          for (const each of this.#twins.values()) each.overtaken()
          return isLater ? 'theirs' : 'ours'
        },
        failed,
      },
    )
  }
}
