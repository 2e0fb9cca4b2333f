import type { Code } from '../declaration.ts'
import type { Finding } from '../finding.ts'
import type { Edge } from '../world/edges.ts'
import type { Outline } from '../world/outline.ts'

/** What a rule looks at: a plan without errors. */
export interface Subject {
  /** The plan's value, all its files together. */
  readonly value: unknown
  readonly code: Code
  /** Undefined for a plan without a machine. */
  readonly outline: Outline | undefined
  readonly edges: readonly Edge[]
}

/** Something that is allowed and yet probably a mistake. */
export interface Rule {
  /** Kebab-case; it is switched by this name. */
  readonly name: string
  /** What it looks for, for the documentation. */
  readonly about: string
  check(subject: Subject): readonly Omit<Finding, 'rule' | 'severity'>[]
}
