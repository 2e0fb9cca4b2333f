import { toJson } from '../../core/json.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { byKey, type FactWrite, noFact } from '../notes.ts'

/** Facts by kind and key. */
export class Facts {
  readonly #kinds = new Map<string, Map<string, Fact>>()

  get(kind: string, key: string): Fact | undefined {
    const fact = this.#kinds.get(kind)?.get(key)
    return fact && toReader(fact)
  }

  of(kind: string): readonly Fact[] {
    return Array.from(this.#kinds.get(kind)?.values() ?? [], toReader).sort(byKey)
  }

  write({ read, next }: FactWrite): { readonly written: boolean; readonly fact: Fact } {
    const { kind, key } = next
    const present = this.get(kind, key) ?? noFact(next)
    if (present.version !== read) return { written: false, fact: present }
    const facts = this.#kinds.get(kind) ?? new Map<string, Fact>()
    if (next.version === 0) facts.delete(key)
    else this.#kinds.set(kind, facts.set(key, next))
    return { written: true, fact: toReader(next) }
  }
}

/** A fact that shares no value with the stored one. */
function toReader(fact: Fact): Fact {
  return { ...fact, value: toJson(fact.value, 'value') }
}
