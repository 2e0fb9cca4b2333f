import { type ZodType, z } from 'zod'
import type { Finding, Path } from '../finding.ts'
import { describeIssue } from '../problems.ts'

/** What gives a task its input without knowing anything that is known only later. */
export interface ConstantInput {
  readonly rule: string
  readonly value: unknown
  /** What the task is given when that is undefined. */
  readonly otherwise?: unknown
  /** Where the value stands or would stand. */
  readonly path: Path
  /** What is at fault when nothing is given. */
  readonly owner: Path
  /** Such as `this edge`. */
  readonly giver: string
  /** What takes it; `the task` unless given. */
  readonly taker?: string | undefined
}

/** Whether the task takes the input, as far as that can be known before it runs. */
export function checkConstantInput(
  { rule, value, otherwise, path, owner, giver, taker = 'the task' }: ConstantInput,
  schema: ZodType | undefined,
): readonly Finding[] {
  const issues = issuesOf(schema, value ?? otherwise)
  if (value === undefined && issues.length > 0) {
    const message = `${taker} needs an input, and ${giver} gives none`
    return [{ rule, path: owner, at: 'key', message }]
  }
  return issues.map((issue) => {
    const place = nearest([...path, ...(issue.path as Path)], value, path.length)
    return {
      rule,
      path: place,
      message: `${taker} does not take this input: ${describeIssue(issue)}`,
    }
  })
}

/** What is wrong with it; nothing where only time can tell. */
export function issuesOf(schema: ZodType | undefined, value: unknown): readonly z.core.$ZodIssue[] {
  try {
    return schema?.safeParse(value).error?.issues ?? []
  } catch (error) {
    // A schema from code may have to ask somebody first.
    if (error instanceof z.core.$ZodAsyncError) return []
    throw error
  }
}

/** The place of what is there: a missing key has none of its own. */
function nearest(full: Path, input: unknown, base: number): Path {
  let value = input
  const place = [...full.slice(0, base)]
  for (const key of full.slice(base)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) break
    value = (value as Readonly<Record<string | number, unknown>>)[key]
    place.push(key)
  }
  return place
}
