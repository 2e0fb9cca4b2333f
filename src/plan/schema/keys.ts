import type { z } from 'zod'
import type { Path } from '../finding.ts'

/** The keys that a schema knows in the map at this path; none when there is no closed map. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const maps = path.reduce<readonly z.core.$ZodType[]>(
    (schemas, part) => schemas.flatMap((each) => step(each, part)),
    alternativesOf(schema),
  )
  const keys = maps.flatMap(({ _zod: { def } }) =>
    def.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [],
  )
  return [...new Set(keys)]
}

function step(schema: z.core.$ZodType, part: string | number): readonly z.core.$ZodType[] {
  const { def } = schema._zod
  switch (def.type) {
    case 'object': {
      const { shape } = def as z.core.$ZodObjectDef
      const inner = Object.hasOwn(shape, part) ? shape[part] : undefined
      return inner === undefined ? [] : alternativesOf(inner)
    }
    case 'record':
      return alternativesOf((def as z.core.$ZodRecordDef).valueType)
    case 'array':
      return alternativesOf((def as z.core.$ZodArrayDef).element)
    default:
      return []
  }
}

/** The schemas that a value may be checked against: a union is all of its options. */
function alternativesOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod
  switch (def.type) {
    case 'union':
      return (def as z.core.$ZodUnionDef).options.flatMap(alternativesOf)
    case 'optional':
    case 'readonly':
      return alternativesOf((def as z.core.$ZodOptionalDef).innerType)
    default:
      return [schema]
  }
}
