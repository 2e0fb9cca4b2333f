import { InputError } from '../../core/errors.ts'
import type { StartLimit } from '../../plan/model.ts'
import type { StartLimitSettings } from '../../plan/tasks/start-limit.ts'
import { toCount, toLimit } from './option-values.ts'

/** A capacity, alone or with how often tasks that use the resource may start. */
export type ResourceOptions =
  | number
  | { readonly capacity: number; readonly limit?: StartLimitSettings | undefined }

/** A resource that all plans of a runtime draw on. */
export interface SharedResource {
  readonly capacity: number
  readonly limit: StartLimit | undefined
}

/** @throws {InputError} that names the resource. */
export function toSharedResources(
  options: Readonly<Record<string, ResourceOptions>>,
): Readonly<Record<string, SharedResource>> {
  const entries = Object.entries(options).map(([name, given]) => {
    const { capacity, limit = undefined } = typeof given === 'number' ? { capacity: given } : given
    const what = `resource "${name}"`
    const resource: SharedResource = {
      capacity: toCount(`the capacity of ${what}`, capacity),
      limit: limit && toLimitOf(what, limit),
    }
    return [name, resource] as const
  })
  return Object.fromEntries(entries)
}

function toLimitOf(what: string, { count, per, by }: StartLimitSettings): StartLimit {
  if (by !== undefined && by !== 'group') {
    throw new InputError(`the limit of ${what}: by can only be "group"`)
  }
  return {
    count: toCount(`the limit of ${what}, count`, count),
    per: toLimit(`the limit of ${what}, per`, per),
    perGroup: by === 'group',
  }
}
